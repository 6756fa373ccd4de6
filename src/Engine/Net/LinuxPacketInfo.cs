using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Which of this machine's addresses a datagram came to, and which one it is to leave from (ip(7), ipv6(7)).
/// <code>
/// struct in_pktinfo  { int interface; in_addr local; in_addr destination; };
/// struct in6_pktinfo { in6_addr address; int interface; };
/// </code>
/// </summary>
internal static class LinuxPacketInfo
{
    private const int V4Length = 12;
    private const int V4Local = 4;
    private const int V6Length = 20;
    private const int V6Interface = 16;

    /// <summary>Asks for the local address of every datagram.</summary>
    public static void Ask(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.SetRawSocketOption(LinuxSocketCalls.IpLevel, LinuxSocketCalls.IpPacketInfo, LinuxBatchSocket.One);
        }
        else
        {
            socket.SetRawSocketOption(LinuxSocketCalls.Ipv6Level, LinuxSocketCalls.Ipv6ReceivePacketInfo, LinuxBatchSocket.One);
        }
    }

    /// <summary>The local address of a datagram just received, without a port; none when the kernel did not say.</summary>
    public static PeerAddress Read(LinuxMessages messages, int index, bool isV4)
    {
        if (isV4)
        {
            var info = messages.FindControl(index, LinuxSocketCalls.IpLevel, LinuxSocketCalls.IpPacketInfo);

            // The local address is also right for a datagram that was sent to all of a network.
            return info.Length >= V4Length ? PeerAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(info[V4Local..]), 0) : default;
        }

        var info6 = messages.FindControl(index, LinuxSocketCalls.Ipv6Level, LinuxSocketCalls.Ipv6PacketInfo);
        if (info6.Length < V6Length)
        {
            return default;
        }

        var address = PeerAddress.FromV6(info6[..V6Interface], 0);
        return address.IsLinkLocalV6 ? address.WithScope(MemoryMarshal.Read<uint>(info6[V6Interface..])) : address;
    }

    /// <summary>Lets a datagram leave from <paramref name="source"/>; none leaves the choice to the kernel.</summary>
    public static void Write(LinuxMessages messages, int index, in PeerAddress source)
    {
        if (source.IsNone)
        {
            messages.SetControl(index, 0, 0, 0);
        }
        else if (source.IsV4)
        {
            var info = messages.SetControl(index, LinuxSocketCalls.IpLevel, LinuxSocketCalls.IpPacketInfo, V4Length);
            info.Clear();
            BinaryPrimitives.WriteUInt32BigEndian(info[V4Local..], source.V4);
        }
        else
        {
            var info = messages.SetControl(index, LinuxSocketCalls.Ipv6Level, LinuxSocketCalls.Ipv6PacketInfo, V6Length);
            source.WriteV6(info);
            MemoryMarshal.Write(info[V6Interface..], source.Scope);
        }
    }
}
