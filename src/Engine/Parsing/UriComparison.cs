using System.Text;
using ImsSipFast.Engine.Diagnostics;
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
        Steps.Block(one.Text.Length);
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
        Steps.Walk(Math.Min(one.Length, other.Length));
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
        // Of a name that stands twice the first one counts.
        var table = default(ComponentTable);
        for (var known = new Parameters(other); known.Next();)
        {
            table.Add(TextHash(known.Name, ignoreCase: true), Place(known.Name, other), Place(known.Value, other));
        }

        var walk = new Parameters(one);
        while (walk.Next())
        {
            var found = table.Find(TextHash(walk.Name, ignoreCase: true), 0);
            while (found >= 0 && !walk.Is(table.TextOf(found, other)))
            {
                found = table.Find(TextHash(walk.Name, ignoreCase: true), found + 1);
            }

            if (found >= 0 ? !TextsEqual(walk.Value, table.ValueOf(found, other), ignoreCase: true) : MustBeInBoth(walk))
            {
                return false;
            }
        }

        return !walk.IsMalformed;
    }

    private static bool MustBeInBoth(scoped in Parameters walk) =>
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

        var table = default(ComponentTable);
        foreach (var range in other.Split((byte)'&'))
        {
            table.Add(TextHash(other[range], ignoreCase: true), Place(other[range], other), default);
        }

        var used = 0UL;
        foreach (var range in one.Split((byte)'&'))
        {
            var hash = TextHash(one[range], ignoreCase: true);
            var found = table.Find(hash, 0);
            while (found >= 0 && ((used & (1UL << found)) != 0 || !TextsEqual(one[range], table.TextOf(found, other), ignoreCase: true)))
            {
                found = table.Find(hash, found + 1);
            }

            if (found < 0)
            {
                return false;
            }

            used |= 1UL << found;
        }

        return true;
    }

    /// <summary>
    /// The same for two URIs that are equivalent. Left out is what only one of them may have; so it may be the same for
    /// others too.
    /// </summary>
    public static int HashOf(in SipUri uri)
    {
        var hash = default(HashCode);
        if (!uri.IsSip)
        {
            hash.AddBytes(AfterScheme(uri.Text, out var scheme));
            hash.Add(TextHash(scheme, ignoreCase: true));
            return hash.ToHashCode();
        }

        // sip and sips may be one (RFC 5630 §5.2).
        hash.Add(uri.Port);
        hash.Add(uri.HasUser);
        hash.Add(TextHash(uri.User, ignoreCase: false));
        hash.Add(TextHash(uri.Password, ignoreCase: false));
        hash.Add(uri.Host[0] == '[' && PeerAddress.TryParseHost(uri.Host, 0, out var address)
            ? address.GetHashCode()
            : TextHash(uri.Host, ignoreCase: true));

        // The order of headers is free, so theirs are added up.
        var headers = 0;
        foreach (var range in uri.Headers.Split((byte)'&'))
        {
            headers += TextHash(uri.Headers[range], ignoreCase: true);
        }

        hash.Add(headers);
        return hash.ToHashCode();
    }

    private static Slice Place(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> whole)
    {
        var start = 0;
        return piece.IsEmpty || !whole.Overlaps(piece, out start) ? default : new Slice((ushort)start, (ushort)piece.Length);
    }

    private static int TextHash(ReadOnlySpan<byte> text, bool ignoreCase)
    {
        Steps.Walk(text.Length);
        var hash = default(HashCode);
        for (var at = 0; at < text.Length;)
        {
            hash.Add(NextCharacter(text, ref at, ignoreCase));
        }

        return hash.ToHashCode();
    }
}
