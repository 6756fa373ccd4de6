namespace ImsSipFast.Engine.Parsing;

/// <summary>How header field names are written: the long forms of RFC 3261 §20 and of the IANA registry.</summary>
internal static class HeaderSpelling
{
    /// <summary>A name that the engine reads, as its RFC writes it; empty for <see cref="HeaderName.Other"/>.</summary>
    public static ReadOnlySpan<byte> Of(HeaderName name) => name switch
    {
        HeaderName.Via => "Via"u8,
        HeaderName.From => "From"u8,
        HeaderName.To => "To"u8,
        HeaderName.CallId => "Call-ID"u8,
        HeaderName.CSeq => "CSeq"u8,
        HeaderName.MaxForwards => "Max-Forwards"u8,
        HeaderName.ContentLength => "Content-Length"u8,
        HeaderName.Contact => "Contact"u8,
        HeaderName.Route => "Route"u8,
        HeaderName.RecordRoute => "Record-Route"u8,
        HeaderName.Expires => "Expires"u8,
        HeaderName.Require => "Require"u8,
        HeaderName.ProxyRequire => "Proxy-Require"u8,
        HeaderName.Supported => "Supported"u8,
        HeaderName.Path => "Path"u8,
        HeaderName.Timestamp => "Timestamp"u8,
        HeaderName.MaxBreadth => "Max-Breadth"u8,
        HeaderName.WwwAuthenticate => "WWW-Authenticate"u8,
        HeaderName.ProxyAuthenticate => "Proxy-Authenticate"u8,
        HeaderName.Authorization => "Authorization"u8,
        HeaderName.ProxyAuthorization => "Proxy-Authorization"u8,
        HeaderName.RetryAfter => "Retry-After"u8,
        HeaderName.Event => "Event"u8,
        HeaderName.Reason => "Reason"u8,
        _ => default,
    };

    /// <summary>
    /// The long form of a name that the engine does not read (RFC 3261 §7.3.3): two spellings are one name. What is no
    /// registered compact form stays as it is.
    /// </summary>
    public static ReadOnlySpan<byte> LongForm(ReadOnlySpan<byte> name) => name.Length != 1 ? name : (name[0] | 0x20) switch
    {
        'a' => "Accept-Contact"u8,
        'b' => "Referred-By"u8,
        'c' => "Content-Type"u8,
        'd' => "Request-Disposition"u8,
        'e' => "Content-Encoding"u8,
        'j' => "Reject-Contact"u8,
        'n' => "Identity-Info"u8,
        'r' => "Refer-To"u8,
        's' => "Subject"u8,
        'u' => "Allow-Events"u8,
        'x' => "Session-Expires"u8,
        'y' => "Identity"u8,
        _ => name,
    };
}
