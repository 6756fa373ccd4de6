using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Options;

/// <summary>How the text of a value is read. Nothing here throws: a wrong value is an answer, not an exception.</summary>
internal static class OptionValues
{
    /// <summary>The names of the log levels, as users of the Python server know them, and trace.</summary>
    public static readonly IReadOnlyDictionary<string, LogLevel> LogLevels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["critical"] = LogLevel.Critical,
    };

    /// <summary><c>udp:ADDR:PORT</c>, an IPv6 address in brackets.</summary>
    public static bool TryListen(string text, out ListenAddress listen)
    {
        listen = new ListenAddress(new IPEndPoint(IPAddress.None, 0));
        var colon = text.LastIndexOf(':');
        if (!text.StartsWith("udp:", StringComparison.OrdinalIgnoreCase) || colon < 4
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[4..colon];
        var isV6 = host.StartsWith('[') && host.EndsWith(']');
        if (!TryAddress(isV6 ? host[1..^1] : host, out var address)
            || isV6 != (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return false;
        }

        listen = new ListenAddress(new IPEndPoint(address, port));
        return true;
    }

    /// <summary><c>ADDR/BITS</c>; an address alone is a network of one, and bits behind the prefix do not matter.</summary>
    public static bool TryNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        var prefixLength = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
            || prefixLength > bytes.Length * 8))
        {
            return false;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefixLength - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        network = new IPNetwork(new IPAddress(bytes), prefixLength);
        return true;
    }

    /// <summary>A host name or an IP address, without a port.</summary>
    public static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>A plain decimal number; whole when <paramref name="whole"/> asks for it.</summary>
    public static bool TryNumber(string text, bool whole, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
        && (!whole || value == Math.Floor(value));

    /// <summary>A whole number of octets; K, M or G behind it for 1,024 of them, for 1,024 K or M.</summary>
    public static bool TryOctets(string text, out double value)
    {
        var shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        var valid = TryNumber(shift == 0 ? text : text[..^1], whole: true, out value);
        value *= 1L << shift;
        return valid;
    }

    /// <summary>A name of an enum's member in any case; its number is no name.</summary>
    public static bool TryName<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The names of an enum as a user types them, with bars between.</summary>
    public static string NamesOf<T>()
        where T : struct, Enum => string.Join('|', Enum.GetNames<T>().Select(static n => n.ToLowerInvariant()));

    /// <summary>A number as it stands in help, README and messages.</summary>
    public static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    // The framework also takes "1", "0x7f.1" and the like for IPv4; a configuration that says so is a slip.
    private static bool TryAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetworkV6 || parsed.ToString() == text;
    }
}
