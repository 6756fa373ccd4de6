using System.Security.Cryptography;

namespace ImsSipFast.LoadGen.Auth;

/// <summary>The response to a Digest challenge, in hexadecimal (RFC 2617 §3.2.2, RFC 7616 §3.4.1, RFC 8760).</summary>
internal ref struct DigestResponse
{
    /// <summary>Hexadecimal digits of the longer of the two hashes.</summary>
    public const int MaxLength = 64;

    private readonly Span<byte> _scratch;
    private readonly bool _sha256;
    private int _length;

    /// <param name="scratch">Room for the longest text that is hashed.</param>
    /// <param name="sha256">Which hash.</param>
    public DigestResponse(Span<byte> scratch, bool sha256)
    {
        _scratch = scratch;
        _sha256 = sha256;
    }

    /// <summary>Writes the response; returns its length.</summary>
    /// <param name="to">At least <see cref="MaxLength"/> octets.</param>
    /// <param name="challenge">The challenge.</param>
    /// <param name="user">User name.</param>
    /// <param name="password">Password.</param>
    /// <param name="method">Method of the request.</param>
    /// <param name="uri">The uri parameter.</param>
    /// <param name="nonceCount">Eight hexadecimal digits.</param>
    /// <param name="clientNonce">The cnonce.</param>
    public int Write(scoped Span<byte> to, scoped in DigestChallenge challenge, scoped ReadOnlySpan<byte> user, scoped ReadOnlySpan<byte> password,
        scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> uri, scoped ReadOnlySpan<byte> nonceCount, scoped ReadOnlySpan<byte> clientNonce)
    {
        Span<byte> a1 = stackalloc byte[MaxLength];
        Span<byte> a2 = stackalloc byte[MaxLength];
        Add(user);
        AddPart(challenge.Realm);
        AddPart(password);
        a1 = a1[..Hash(a1)];
        Add(method);
        AddPart(uri);
        a2 = a2[..Hash(a2)];
        Add(a1);
        AddPart(challenge.Nonce);
        if (challenge.Auth)
        {
            AddPart(nonceCount);
            AddPart(clientNonce);
            AddPart("auth"u8);
        }

        AddPart(a2);
        return Hash(to);
    }

    private void AddPart(scoped ReadOnlySpan<byte> text)
    {
        _scratch[_length++] = (byte)':';
        Add(text);
    }

    private void Add(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_scratch[_length..]);
        _length += text.Length;
    }

    private int Hash(scoped Span<byte> to)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var text = _scratch[.._length];
        _length = 0;
#pragma warning disable CA5351 // RFC 3261 §22.4 asks for MD5
        var size = _sha256 ? SHA256.HashData(text, digest) : MD5.HashData(text, digest);
#pragma warning restore CA5351
        Convert.TryToHexStringLower(digest[..size], to, out var written);
        return written;
    }
}
