using System.Text;

namespace ImsSipFast.Engine.Messages;

/// <summary>What carries a message between two hops (RFC 3261 §18, RFC 7118).</summary>
public enum Transport : byte
{
    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>TLS over TCP.</summary>
    Tls,

    /// <summary>WebSocket over TCP.</summary>
    Ws,

    /// <summary>WebSocket over TLS.</summary>
    Wss,
}

/// <summary>What a transport is and how it is written.</summary>
internal static class Transports
{
    /// <summary>
    /// True when what was sent arrives or the connection ends: nothing is retransmitted there (RFC 3261 §17) and a
    /// response goes back over the connection that its request came by (§18.2.2).
    /// </summary>
    public static bool IsReliable(this Transport transport) => transport != Transport.Udp;

    /// <summary>True when a third party on the way cannot read it.</summary>
    public static bool IsSecure(this Transport transport) => transport is Transport.Tls or Transport.Wss;

    /// <summary>Its name in a Via (RFC 3261 §20.42, RFC 7118 §5.1).</summary>
    public static ReadOnlySpan<byte> ViaToken(this Transport transport) => transport switch
    {
        Transport.Tcp => "TCP"u8,
        Transport.Tls => "TLS"u8,
        Transport.Ws => "WS"u8,
        Transport.Wss => "WSS"u8,
        _ => "UDP"u8,
    };

    /// <summary>Its value of a URI's transport parameter; RFC 7118 §5.2: <c>ws</c> for both kinds of WebSocket.</summary>
    public static ReadOnlySpan<byte> UriToken(this Transport transport) => transport switch
    {
        Transport.Tcp => "tcp"u8,
        Transport.Tls => "tls"u8,
        Transport.Ws or Transport.Wss => "ws"u8,
        _ => "udp"u8,
    };

    /// <summary>RFC 3261 §18.1.1, §19.1.2 and RFC 7118 §5.5: the port that is meant where none is written.</summary>
    public static int DefaultPort(this Transport transport) => transport switch
    {
        Transport.Tls => 5061,
        Transport.Ws => 80,
        Transport.Wss => 443,
        _ => 5060,
    };

    /// <summary>Reads a Via's transport, in any case; false for one that we do not know, such as SCTP.</summary>
    public static bool TryParse(ReadOnlySpan<byte> token, out Transport transport)
    {
        if (Ascii.EqualsIgnoreCase(token, "UDP"u8))
        {
            transport = Transport.Udp;
            return true;
        }

        for (transport = Transport.Tcp; transport <= Transport.Wss; transport++)
        {
            if (Ascii.EqualsIgnoreCase(token, transport.ViaToken()))
            {
                return true;
            }
        }

        return false;
    }
}
