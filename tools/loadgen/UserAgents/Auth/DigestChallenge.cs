using System.Text;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Auth;

/// <summary>A Digest challenge, cut into its parameters (RFC 3261 §22.4, RFC 8760). Parts lie in the challenge's text.</summary>
internal readonly ref struct DigestChallenge
{
    private DigestChallenge(ReadOnlySpan<byte> text) => Text = text;

    public ReadOnlySpan<byte> Text { get; }

    public ReadOnlySpan<byte> Realm { get; private init; }

    public ReadOnlySpan<byte> Nonce { get; private init; }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<byte> Opaque { get; private init; }

    /// <summary>As given; empty when not.</summary>
    public ReadOnlySpan<byte> AlgorithmName { get; private init; }

    public bool Sha256 { get; private init; }

    /// <summary>True for qop=auth; without, as in RFC 2069.</summary>
    public bool Auth { get; private init; }

    /// <summary>False when it is not Digest, or asks for what is not done here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DigestChallenge challenge)
    {
        challenge = default;
        if (text.Length < 8 || !Ascii.EqualsIgnoreCase(text[..6], "Digest"u8) || !Lines.IsSpace(text[6]))
        {
            return false;
        }

        var realm = Find(text, "realm"u8);
        var nonce = Find(text, "nonce"u8);
        var algorithm = Find(text, "algorithm"u8);
        var qop = Find(text, "qop"u8);
        var sha256 = Ascii.EqualsIgnoreCase(algorithm, "SHA-256"u8);
        var auth = Has(qop, "auth"u8);
        challenge = new(text)
        {
            Realm = realm,
            Nonce = nonce,
            Opaque = Find(text, "opaque"u8),
            AlgorithmName = algorithm,
            Sha256 = sha256,
            Auth = auth,
        };
        return !nonce.IsEmpty && (qop.IsEmpty || auth)
            && (algorithm.IsEmpty || sha256 || Ascii.EqualsIgnoreCase(algorithm, "MD5"u8));
    }

    /// <summary>The value of a parameter without its quotes, escapes as they stand.</summary>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var rest = new Slice(6, text.Length - 6);
        while (CommaList.TryNext(text, ref rest, out var one))
        {
            var parameter = one.Of(text);
            var equals = parameter.IndexOf((byte)'=');
            if (equals > 0 && Ascii.EqualsIgnoreCase(parameter[..equals].Trim(" \t\r\n"u8), name))
            {
                var value = parameter[(equals + 1)..].Trim(" \t\r\n"u8);
                return value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
            }
        }

        return default;
    }

    private static bool Has(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[range].Trim(" \t"u8), token))
            {
                return true;
            }
        }

        return false;
    }
}
