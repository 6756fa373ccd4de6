using System.Buffers;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Parsing;

/// <summary>The URI schemes the engine can tell apart.</summary>
internal enum UriScheme : byte
{
    Other,
    Sip,
    Sips,
    Tel,
}

/// <summary>
/// A URI in parts: views into the bytes it was parsed from (RFC 3261 §19.1.1).
/// <c>sip:user:password@host:port;uri-parameters?headers</c>. For a scheme other than sip and sips only
/// <see cref="Scheme"/> and <see cref="Text"/> mean anything.
/// </summary>
internal ref struct SipUri
{
    // RFC 3261 §25.1, hostname and IPv6reference, plus "_" which labels in the wild do carry.
    private static readonly SearchValues<byte> s_host = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private static readonly SearchValues<byte> s_hostEnd = SearchValues.Create(":;?"u8);

    /// <summary>The whole URI.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>Its scheme.</summary>
    public UriScheme Scheme;

    /// <summary>User part as written, escapes and user parameters included; empty when there is none.</summary>
    public ReadOnlySpan<byte> User;

    /// <summary>True when there is a user part, even an empty one.</summary>
    public bool HasUser;

    /// <summary>Password as written; empty when there is none.</summary>
    public ReadOnlySpan<byte> Password;

    /// <summary>Host as written; an IPv6 literal keeps its brackets.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>Port, or 0 when the URI has none.</summary>
    public int Port;

    /// <summary>The parameters with their leading semicolon; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters;

    /// <summary>The headers without the question mark; empty when there are none.</summary>
    public ReadOnlySpan<byte> Headers;

    /// <summary>Everything before the headers: what may stand in a Request-URI (RFC 3261 §19.1.1, table 1).</summary>
    public readonly ReadOnlySpan<byte> WithoutHeaders => !IsSip ? Text : Headers.IsEmpty ? Text.TrimEnd((byte)'?') : Text[..^(Headers.Length + 1)];

    /// <summary>True for sip and sips.</summary>
    public readonly bool IsSip => Scheme is UriScheme.Sip or UriScheme.Sips;

    /// <summary>The port, or the default of the scheme (RFC 3261 §19.1.2).</summary>
    public readonly int PortOrDefault => Port != 0 ? Port : DefaultPort;

    /// <summary>The port that the scheme means when none is written.</summary>
    public readonly int DefaultPort => Scheme == UriScheme.Sips ? 5061 : 5060;

    /// <summary>
    /// The transport that it asks for: its parameter, else UDP for sip and TLS for sips (RFC 3263 §4.1). A sips URI, and
    /// one that <paramref name="needsSecurity"/>, says tcp and means TLS over it (RFC 3261 §26.2.2), or ws and means
    /// wss (RFC 7118 §5.2). False for a transport that we do not know, or that is not secure and has to be.
    /// </summary>
    public readonly bool TryGetTransport(out Transport transport, bool needsSecurity = false)
    {
        needsSecurity |= Scheme == UriScheme.Sips;
        transport = needsSecurity ? Transport.Tls : Transport.Udp;
        if (!TryGetParameter("transport"u8, out var token))
        {
            return true;
        }

        if (!Transports.TryParse(token, out transport))
        {
            return false;
        }

        if (needsSecurity)
        {
            transport = transport switch
            {
                Transport.Tcp => Transport.Tls,
                Transport.Ws => Transport.Wss,
                _ => transport,
            };
        }

        return !needsSecurity || transport.IsSecure();
    }

    /// <summary>The value of a uri-parameter; false when there is none of that name.</summary>
    public readonly bool TryGetParameter(scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        Parsing.Parameters.TryFind(Parameters, name, out value);

    /// <summary>True when there is a uri-parameter of that name, with or without a value.</summary>
    public readonly bool HasParameter(ReadOnlySpan<byte> name) => Parsing.Parameters.TryFind(Parameters, name, out _);

    /// <summary>
    /// Parses a URI that fills <paramref name="text"/> exactly. False when it is no URI at all, or a sip or sips
    /// URI whose parts break the grammar where routing needs them.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri)
    {
        uri = default;
        uri.Text = text;
        Steps.Walk(text.Length);
        var colon = text.IndexOf((byte)':');
        if (colon <= 0 || !IsScheme(text[..colon]) || text.ContainsAnyInRange((byte)0, (byte)' ') || text.ContainsAny((byte)'<', (byte)'>', (byte)'"'))
        {
            return false;
        }

        uri.Scheme = SchemeOf(text[..(colon + 1)]);
        return uri.IsSip ? uri.ParseRest(text[(colon + 1)..]) : colon + 1 < text.Length;
    }

    /// <summary>The scheme of a URI that has been found to be one before.</summary>
    public static UriScheme SchemeOf(ReadOnlySpan<byte> text) =>
        text.Length < 4 ? UriScheme.Other
        : text[3] != ':' ? text.Length > 4 && text[4] == ':' && Ascii.EqualsIgnoreCase(text[..4], "sips"u8) ? UriScheme.Sips : UriScheme.Other
        : Ascii.EqualsIgnoreCase(text[..3], "sip"u8) ? UriScheme.Sip
        : Ascii.EqualsIgnoreCase(text[..3], "tel"u8) ? UriScheme.Tel
        : UriScheme.Other;

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        // RFC 3986 §3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
        if (!char.IsAsciiLetter((char)text[0]))
        {
            return false;
        }

        foreach (var c in text[1..])
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'+' or (byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }

    private bool ParseRest(ReadOnlySpan<byte> rest)
    {
        // The user part may hold ";", "?" and "/" unescaped, but never "@": the first "@" ends it.
        var at = rest.IndexOf((byte)'@');
        if (at >= 0)
        {
            var userInfo = rest[..at];
            var password = userInfo.IndexOf((byte)':');
            User = password < 0 ? userInfo : userInfo[..password];
            Password = password < 0 ? default : userInfo[(password + 1)..];
            HasUser = true;
            if (User.IsEmpty)
            {
                return false;
            }

            rest = rest[(at + 1)..];
        }

        var hostLength = HostLength(rest);
        if (hostLength <= 0)
        {
            return false;
        }

        Host = rest[..hostLength];
        rest = rest[hostLength..];
        if (!rest.IsEmpty && rest[0] == ':')
        {
            var end = rest[1..].IndexOfAny((byte)';', (byte)'?');
            var port = end < 0 ? rest[1..] : rest.Slice(1, end);
            if (!Scan.TryNumber(port, out var number) || number is 0 or > 65535)
            {
                return false;
            }

            Port = (int)number;
            rest = rest[(1 + port.Length)..];
        }

        var question = rest.IndexOf((byte)'?');
        Parameters = question < 0 ? rest : rest[..question];
        Headers = question < 0 ? default : rest[(question + 1)..];
        return Parameters.IsEmpty || Parameters[0] == ';';
    }

    private static int HostLength(ReadOnlySpan<byte> rest)
    {
        if (!rest.IsEmpty && rest[0] == '[')
        {
            var close = rest.IndexOf((byte)']');
            if (close < 0 || (close + 1 < rest.Length && !s_hostEnd.Contains(rest[close + 1])))
            {
                return -1;
            }

            // RFC 5118 §4.2: what stands in brackets must be an IPv6 address.
            return PeerAddress.TryParseHost(rest[..(close + 1)], 0, out _) ? close + 1 : -1;
        }

        var end = rest.IndexOfAny(s_hostEnd);
        var length = end < 0 ? rest.Length : end;
        return rest[..length].ContainsAnyExcept(s_host) ? -1 : length;
    }
}
