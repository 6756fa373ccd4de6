using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.LoadGen.Net;

/// <summary>Opens the sockets of a run.</summary>
internal static class UdpSocket
{
    /// <summary>A burst of half a second at 20,000 calls a second fits.</summary>
    private const int BufferBytes = 32 * 1024 * 1024;

    // Linux: SO_SNDBUFFORCE.
    private const int ForceSendBuffer = 32;

    /// <summary>Binds one; port 0 is any.</summary>
    public static IUdpPort Open(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            AskForBuffers(socket);
            socket.Bind(new IPEndPoint(address, port));
            return OperatingSystem.IsLinux() ? new LinuxUdpPort(socket) : new PortableUdpPort(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The own address from which the target is reached.</summary>
    public static IPAddress AddressTowards(IPEndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(target.Port == 0 ? new IPEndPoint(target.Address, 9) : target);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    private static void AskForBuffers(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // Beyond net.core.rmem_max, for who may (CAP_NET_ADMIN).
                var octets = BitConverter.GetBytes(BufferBytes);
                socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ForceReceiveBuffer, octets);
                socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, ForceSendBuffer, octets);
                return;
            }
            catch (SocketException)
            {
                // Others get what the system's limit allows.
            }
        }

        socket.ReceiveBufferSize = BufferBytes;
        socket.SendBufferSize = BufferBytes;
    }
}
