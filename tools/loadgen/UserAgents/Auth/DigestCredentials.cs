using System.Text;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Auth;

/// <summary>The Authorization and Proxy-Authorization headers that answer a challenge.</summary>
internal sealed class DigestCredentials(string password)
{
    private readonly byte[] _password = Encoding.UTF8.GetBytes(password);
    private readonly byte[] _scratch = new byte[8192];

    /// <summary>
    /// Writes the header with its line end; returns its length. The first octet of <paramref name="challenge"/> says
    /// who asked: 'W' for a 401, 'P' for a 407.
    /// </summary>
    public int Write(Span<byte> to, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> user,
        uint nonceCount)
    {
        if (!DigestChallenge.TryRead(challenge[1..], out var digest))
        {
            return 0;
        }

        Span<byte> nc = stackalloc byte[16];
        Digits.WriteHex(nc, nonceCount);
        nc = nc[8..];

        // The same request again must be the same octets, so the client nonce is no random number.
        Span<byte> clientNonce = stackalloc byte[16];
        Digits.WriteHex(clientNonce, Agents.BranchTable.KeyOf(digest.Nonce) ^ nonceCount);
        Span<byte> response = stackalloc byte[DigestResponse.MaxLength];
        var length = new DigestResponse(_scratch, digest.Sha256).Write(response, digest, user, _password, method, uri, nc, clientNonce);

        var writer = new TextWriterSpan(to);
        writer.Add(challenge[0] == 'P' ? "Proxy-Authorization: Digest username=\""u8 : "Authorization: Digest username=\""u8);
        writer.Add(user);
        writer.AddQuoted("\", realm=\""u8, digest.Realm);
        writer.AddQuoted(", nonce=\""u8, digest.Nonce);
        writer.AddQuoted(", uri=\""u8, uri);
        writer.AddQuoted(", response=\""u8, response[..length]);
        if (!digest.AlgorithmName.IsEmpty)
        {
            writer.Add(", algorithm="u8);
            writer.Add(digest.AlgorithmName);
        }

        if (!digest.Opaque.IsEmpty)
        {
            writer.AddQuoted(", opaque=\""u8, digest.Opaque);
        }

        if (digest.Auth)
        {
            writer.Add(", qop=auth, nc="u8);
            writer.Add(nc);
            writer.AddQuoted(", cnonce=\""u8, clientNonce);
        }

        writer.Add("\r\n"u8);
        return writer.Length;
    }

    private ref struct TextWriterSpan(Span<byte> to)
    {
        private readonly Span<byte> _to = to;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> text)
        {
            text.CopyTo(_to[Length..]);
            Length += text.Length;
        }

        public void AddQuoted(scoped ReadOnlySpan<byte> before, scoped ReadOnlySpan<byte> text)
        {
            Add(before);
            Add(text);
            Add("\""u8);
        }
    }
}
