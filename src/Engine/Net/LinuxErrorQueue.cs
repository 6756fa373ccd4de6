namespace ImsSipFast.Engine.Net;

/// <summary>
/// Reads what stands in a socket's error queue beside the quoted datagram.
/// <code>
/// struct sock_extended_err { u32 errno; u8 origin; u8 type; u8 code; u8 pad; u32 info; u32 data; };
/// </code>
/// </summary>
internal static class LinuxErrorQueue
{
    private const int Origin = 4;
    private const int Type = 5;
    private const int Code = 6;
    private const int Length = 16;

    private const byte OriginIcmp = 2;
    private const byte OriginIcmpV6 = 3;

    /// <summary>True when the error says that the datagram did not reach its peer and will not.</summary>
    public static bool IsUndelivered(LinuxMessages message, bool isV4)
    {
        var error = isV4
            ? message.FindControl(0, LinuxSocketCalls.IpLevel, LinuxSocketCalls.IpReceiveErrors)
            : message.FindControl(0, LinuxSocketCalls.Ipv6Level, LinuxSocketCalls.Ipv6ReceiveErrors);
        return error.Length >= Length && error[Origin] switch
        {
            OriginIcmp => IsFailure(error[Type], error[Code]),
            OriginIcmpV6 => IsFailureV6(error[Type]),
            _ => false,
        };
    }

    // RFC 3261 §18.4: host, network, port or protocol unreachable and parameter problem are failures in sending;
    // source quench and TTL exceeded are ignored. So is "fragmentation needed": the kernel has noted the path's MTU
    // and the next retransmission fits.
    private static bool IsFailure(byte type, byte code) => type switch
    {
        3 => code != 4,
        12 => true,
        _ => false,
    };

    // RFC 4443 §3: 1 is destination unreachable, 4 parameter problem; 2 is packet too big, 3 time exceeded.
    private static bool IsFailureV6(byte type) => type is 1 or 4;
}
