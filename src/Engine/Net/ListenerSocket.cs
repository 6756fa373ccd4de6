using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Datagrams;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// One bound socket of a listener. A listener has several when several loops receive on it; the kernel then shares
/// the peers out among them, and any of them may send, because all have the listener's address and port.
/// </summary>
internal sealed class ListenerSocket : IDisposable
{
    // Windows: SIO_UDP_CONNRESET. Unless told otherwise it fails the next receive after an ICMP port unreachable.
    private const int UdpConnectionReset = unchecked((int)0x9800000C);

    /// <param name="socket">Bound.</param>
    /// <param name="io">How it is read and written.</param>
    /// <param name="listener">Index of the listener.</param>
    /// <param name="index">Index among the sockets of its listener.</param>
    public ListenerSocket(Socket socket, IBatchSocket io, int listener, int index)
    {
        Socket = socket;
        Io = io;
        Listener = listener;
        Index = index;
    }

    /// <summary>The socket itself.</summary>
    public Socket Socket { get; }

    /// <summary>How it is read and written.</summary>
    public IBatchSocket Io { get; }

    /// <summary>Index of the listener.</summary>
    public int Listener { get; }

    /// <summary>Index among the sockets of its listener.</summary>
    public int Index { get; }

    /// <summary>Where it is bound.</summary>
    public PeerAddress Bound => PeerAddress.From((IPEndPoint)Socket.LocalEndPoint!);

    /// <summary>SO_RCVBUF as the kernel granted it, in octets. Linux says twice as much, for its own bookkeeping (socket(7)).</summary>
    public int ReceiveBufferBytes => Socket.ReceiveBufferSize / (OperatingSystem.IsLinux() ? 2 : 1);

    /// <summary>Binds <paramref name="count"/> sockets to one address.</summary>
    /// <exception cref="ListenException">The address or port cannot be had.</exception>
    public static ListenerSocket[] Bind(int listener, int count, SipEngineOptions options, DatagramPool pool)
    {
        var address = options.Listen[listener];
        var sockets = new List<Socket>();
        try
        {
            var endPoint = address.EndPoint;
            for (var i = 0; i < count; i++)
            {
                var socket = Open(endPoint.AddressFamily, options.ReceiveBufferBytes);
                sockets.Add(socket);

                // The first is bound alone, so that a second engine on the same port is told that it is in use;
                // only then is the port shared with the others. SO_REUSEPORT of two processes would split the peers.
                Share(socket, i > 0);
                socket.Bind(endPoint);
                Share(socket, i == 0 && count > 1);
                endPoint = (IPEndPoint)socket.LocalEndPoint!;
            }

            return [.. sockets.Select((socket, index) => new ListenerSocket(socket, OpenIo(socket, listener, options.Io, pool), listener, index))];
        }
        catch (SocketException e)
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw new ListenException(address, e);
        }
    }

    /// <summary>Posts what came back as undeliverable. True when there was anything.</summary>
    public bool PostUndelivered(IDatagramSink sink)
    {
        var any = false;
        while (Io.TryTakeUndelivered(out var notice))
        {
            sink.Post(notice);
            any = true;
        }

        return any;
    }

    /// <summary>Closes the socket; a wait on it ends.</summary>
    public void Dispose() => Socket.Dispose();

    private static Socket Open(AddressFamily family, int receiveBufferBytes)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        if (family == AddressFamily.InterNetworkV6)
        {
            // One family a socket: a peer has one form, and 0.0.0.0 may be bound beside ::.
            socket.DualMode = false;
        }

        if (OperatingSystem.IsWindows())
        {
            socket.ExclusiveAddressUse = true;
            socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
        }

        AskForReceiveBuffer(socket, receiveBufferBytes);
        return socket;
    }

    private static IBatchSocket OpenIo(Socket socket, int listener, IoPolicy policy, DatagramPool pool)
    {
        if (!OperatingSystem.IsLinux() || policy == IoPolicy.Portable)
        {
            return new PortableSocket(socket, listener, pool);
        }

        LinuxBatchSocket.Prepare(socket);
        return new LinuxBatchSocket(socket, listener, pool);
    }

    private static void AskForReceiveBuffer(Socket socket, int octets)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // Beyond net.core.rmem_max, for who may (CAP_NET_ADMIN).
                socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ForceReceiveBuffer, BitConverter.GetBytes(octets));
                return;
            }
            catch (SocketException)
            {
                // Others get what the system's limit allows.
            }
        }

        socket.ReceiveBufferSize = octets;
    }

    private static void Share(Socket socket, bool wanted)
    {
        if (wanted)
        {
            socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ReusePort, LinuxBatchSocket.One);
        }
    }
}
