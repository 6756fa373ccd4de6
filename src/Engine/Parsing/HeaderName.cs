using System.Runtime.CompilerServices;
using System.Text;

namespace ImsSipFast.Engine.Parsing;

/// <summary>The header fields that the engine reads; every other one is <see cref="Other"/> and passes untouched.</summary>
internal enum HeaderName : byte
{
    Other,
    Via,
    From,
    To,
    CallId,
    CSeq,
    MaxForwards,
    ContentLength,
    Contact,
    Route,
    RecordRoute,
    Expires,
    Require,
    ProxyRequire,
    Supported,
    Path,
    Timestamp,
    MaxBreadth,
    WwwAuthenticate,
    ProxyAuthenticate,
    Authorization,
    ProxyAuthorization,
    RetryAfter,
    Event,
    Reason,
}

/// <summary>Recognises a header field name in any case, long or compact (RFC 3261 §7.3.1, §7.3.3, §20).</summary>
internal static class HeaderNames
{
    /// <summary>One more than the highest <see cref="HeaderName"/>.</summary>
    public const int Count = (int)HeaderName.Reason + 1;

    /// <summary>The name that <paramref name="name"/> spells, or <see cref="HeaderName.Other"/>.</summary>
    public static HeaderName Recognise(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return HeaderName.Other;
        }

        var first = name[0] | 0x20;
        return name.Length switch
        {
            1 => Compact(first),
            2 => Is(name, "To"u8, HeaderName.To),
            3 => Is(name, "Via"u8, HeaderName.Via),
            4 => first switch
            {
                'f' => Is(name, "From"u8, HeaderName.From),
                'c' => Is(name, "CSeq"u8, HeaderName.CSeq),
                _ => Is(name, "Path"u8, HeaderName.Path),
            },
            5 => first == 'r' ? Is(name, "Route"u8, HeaderName.Route) : Is(name, "Event"u8, HeaderName.Event),
            6 => Is(name, "Reason"u8, HeaderName.Reason),
            7 => first switch
            {
                'c' => (name[1] | 0x20) == 'a' ? Is(name, "Call-ID"u8, HeaderName.CallId) : Is(name, "Contact"u8, HeaderName.Contact),
                'e' => Is(name, "Expires"u8, HeaderName.Expires),
                _ => Is(name, "Require"u8, HeaderName.Require),
            },
            9 => first == 's' ? Is(name, "Supported"u8, HeaderName.Supported) : Is(name, "Timestamp"u8, HeaderName.Timestamp),
            11 => first == 'm' ? Is(name, "Max-Breadth"u8, HeaderName.MaxBreadth) : Is(name, "Retry-After"u8, HeaderName.RetryAfter),
            12 => first == 'm' ? Is(name, "Max-Forwards"u8, HeaderName.MaxForwards) : Is(name, "Record-Route"u8, HeaderName.RecordRoute),
            13 => first == 'p' ? Is(name, "Proxy-Require"u8, HeaderName.ProxyRequire) : Is(name, "Authorization"u8, HeaderName.Authorization),
            14 => Is(name, "Content-Length"u8, HeaderName.ContentLength),
            16 => Is(name, "WWW-Authenticate"u8, HeaderName.WwwAuthenticate),
            18 => Is(name, "Proxy-Authenticate"u8, HeaderName.ProxyAuthenticate),
            19 => Is(name, "Proxy-Authorization"u8, HeaderName.ProxyAuthorization),
            _ => HeaderName.Other,
        };
    }

    private static HeaderName Compact(int letter) => letter switch
    {
        'v' => HeaderName.Via,
        'f' => HeaderName.From,
        't' => HeaderName.To,
        'i' => HeaderName.CallId,
        'm' => HeaderName.Contact,
        'l' => HeaderName.ContentLength,
        'k' => HeaderName.Supported,
        'o' => HeaderName.Event,
        _ => HeaderName.Other,
    };

    // Inlined, the candidate is a constant: as the RFC writes it, a name is known by one or two comparisons of words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HeaderName Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> candidate, HeaderName value) =>
        name.SequenceEqual(candidate) || Ascii.EqualsIgnoreCase(name, candidate) ? value : HeaderName.Other;
}
