using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Are two URIs equivalent (RFC 3261 §19.1.4)? The relation is not transitive: a parameter that only one URI has is
/// mostly ignored.
/// </summary>
internal static class UriComparison
{
    /// <summary>
    /// Parameters, or headers, of one URI that are compared in any order. A URI with more equals only its own
    /// octets: the work would grow with the square of what a sender cares to write.
    /// </summary>
    public const int MaxComponents = 32;

    /// <summary>
    /// True when the URIs are equivalent. With <paramref name="sipsIsSip"/> the schemes sip and sips are one, as for a registrar
    /// (RFC 5630 §5.2).
    /// </summary>
    public static bool AreEqual(in SipUri one, in SipUri other, bool sipsIsSip = false)
    {
        if (one.Text.SequenceEqual(other.Text))
        {
            return true;
        }

        if (one.Scheme != other.Scheme && !(sipsIsSip && one.IsSip && other.IsSip))
        {
            return false;
        }

        if (!one.IsSip)
        {
            // Only the scheme of a foreign URI is known to ignore case (RFC 3986 §6.2.2.1).
            return AfterScheme(one.Text, out var oneScheme).SequenceEqual(AfterScheme(other.Text, out var otherScheme))
                && Ascii.EqualsIgnoreCase(oneScheme, otherScheme);
        }

        // RFC 3261 §19.1.4: a component that only one URI has never matches, even with its default value; so a
        // port that is not written (0 here) is not 5060.
        return one.Port == other.Port
            && one.HasUser == other.HasUser
            && one.Password.IsEmpty == other.Password.IsEmpty
            && HostsEqual(one.Host, other.Host)
            && TextsEqual(one.User, other.User, ignoreCase: false)
            && TextsEqual(one.Password, other.Password, ignoreCase: false)
            && ParametersEqual(one.Parameters, other.Parameters)
            && HeadersEqual(one.Headers, other.Headers);
    }

    private static ReadOnlySpan<byte> AfterScheme(ReadOnlySpan<byte> uri, out ReadOnlySpan<byte> scheme)
    {
        var colon = uri.IndexOf((byte)':');
        scheme = uri[..colon];
        return uri[colon..];
    }

    private static bool HostsEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        Ascii.EqualsIgnoreCase(one, other)
        || (one[0] == '[' && other[0] == '['
            && PeerAddress.TryParseHost(one, 0, out var oneAddress)
            && PeerAddress.TryParseHost(other, 0, out var otherAddress)
            && oneAddress == otherAddress);

    /// <summary>
    /// RFC 3261 §19.1.4: characters other than the reserved ones equal their escapes; an escaped reserved character
    /// equals only its escape.
    /// </summary>
    private static bool TextsEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, bool ignoreCase)
    {
        int i = 0, j = 0;
        while (i < one.Length && j < other.Length)
        {
            if (NextCharacter(one, ref i, ignoreCase) != NextCharacter(other, ref j, ignoreCase))
            {
                return false;
            }
        }

        return i == one.Length && j == other.Length;
    }

    private static int NextCharacter(ReadOnlySpan<byte> text, ref int at, bool ignoreCase)
    {
        const int Escaped = 0x100;
        int character = text[at];
        if (Escape.TryRead(text, at, out var unescaped))
        {
            at += 2;
            character = unescaped == '%' || ";/?:@&=+$,"u8.Contains(unescaped) ? unescaped | Escaped : unescaped;
        }

        at++;
        return ignoreCase && character is >= 'A' and <= 'Z' ? character | 0x20 : character;
    }

    private static bool ParametersEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
        {
            return true;
        }

        return one.Count((byte)';') <= MaxComponents
            && other.Count((byte)';') <= MaxComponents
            && ParametersMatch(one, other)
            && ParametersMatch(other, one);
    }

    /// <summary>Every parameter of <paramref name="one"/> has its equal in <paramref name="other"/>, or may lack it.</summary>
    private static bool ParametersMatch(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var walk = new Parameters(one);
        while (walk.Next())
        {
            var found = Parameters.TryFind(other, walk.Name, out var value);
            if (found ? !TextsEqual(walk.Value, value, ignoreCase: true) : MustBeInBoth(walk))
            {
                return false;
            }
        }

        return !walk.IsMalformed;
    }

    private static bool MustBeInBoth(in Parameters walk) =>
        walk.Is("transport"u8) || walk.Is("user"u8) || walk.Is("maddr"u8) || walk.Is("ttl"u8) || walk.Is("method"u8);

    private static bool HeadersEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
        {
            return true;
        }

        // RFC 3261 §19.1.4: header components are never ignored. The same number of them, and each as often in
        // the one as in the other, leaves only their order free.
        var count = one.Count((byte)'&');
        if (count != other.Count((byte)'&') || count >= MaxComponents || one.IsEmpty || other.IsEmpty)
        {
            return false;
        }

        foreach (var range in one.Split((byte)'&'))
        {
            if (Occurrences(one, one[range]) != Occurrences(other, one[range]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Occurrences(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> header)
    {
        var count = 0;
        foreach (var range in headers.Split((byte)'&'))
        {
            count += TextsEqual(headers[range], header, ignoreCase: true) ? 1 : 0;
        }

        return count;
    }
}
