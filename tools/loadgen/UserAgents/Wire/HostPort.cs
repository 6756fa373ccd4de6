using System.Net;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>Where a SIP URI leads, as far as it says so by an address. Names are not looked up.</summary>
internal static class HostPort
{
    private const ushort DefaultPort = 5060;

    /// <summary>The address of a URI; false for a name and for what is no SIP URI.</summary>
    public static bool TryRead(ReadOnlySpan<byte> uri, out Peer peer)
    {
        peer = default;
        var colon = uri.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        var rest = uri[(colon + 1)..];
        var at = rest.IndexOf((byte)'@');
        rest = at < 0 ? rest : rest[(at + 1)..];
        var end = rest.IndexOfAny(";?> \t"u8);
        return TryReadSentBy(end < 0 ? rest : rest[..end], out peer);
    }

    /// <summary>The same for <c>host [":" port]</c> alone, as in a Via.</summary>
    public static bool TryReadSentBy(ReadOnlySpan<byte> text, out Peer peer)
    {
        peer = default;
        var close = text.IndexOf((byte)']');
        var colon = text[(close + 1)..].IndexOf((byte)':');
        var host = colon < 0 ? text : text[..(close + 1 + colon)];
        uint port = DefaultPort;
        if (colon >= 0 && (!Digits.TryRead(text[(close + 1 + colon + 1)..].Trim((byte)' '), out port) || port is 0 or > ushort.MaxValue))
        {
            return false;
        }

        host = host.Trim(" \t"u8);
        if (close >= 0)
        {
            var is6 = host.Length > 2 && host[0] == '[' && IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily
                == System.Net.Sockets.AddressFamily.InterNetworkV6;
            peer = is6 ? Peer.From(IPAddress.Parse(host[1..^1]), (int)port) : default;
            return is6;
        }

        return TryReadV4(host, (ushort)port, out peer);
    }

    private static bool TryReadV4(ReadOnlySpan<byte> host, ushort port, out Peer peer)
    {
        peer = default;
        uint address = 0;
        for (var part = 0; part < 4; part++)
        {
            var dot = host.IndexOf((byte)'.');
            if ((dot < 0) != (part == 3) || !Digits.TryRead(dot < 0 ? host : host[..dot], out var octet) || octet > 255)
            {
                return false;
            }

            address = (address << 8) | octet;
            host = dot < 0 ? default : host[(dot + 1)..];
        }

        peer = Peer.V4(address, port);
        return true;
    }
}
