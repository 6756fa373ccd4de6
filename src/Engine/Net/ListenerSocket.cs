using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Messages;

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

    private PortGuard? _guard;

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
    public static ListenerSocket[] Bind(int listener, int count, SipEngineOptions options, ListenerTable listeners, MessagePool pool)
    {
        var address = options.Listen[listener];
        var endPoint = address.EndPoint;
        var sockets = new List<Socket>();
        try
        {
            // The first socket is bound alone, so that a second engine on the same port is told that it is in use;
            // only then is the port shared with the others.
            var silent = options.Io == IoPolicy.Portable || !SendSocket.Fits(endPoint.Address) ? 0 : count;
            for (var i = 0; i < silent + count; i++)
            {
                var socket = Open(endPoint.AddressFamily);
                sockets.Add(socket);
                Set(socket, LinuxSocketCalls.ReuseAddress, silent > 0 && i > 0);
                Set(socket, LinuxSocketCalls.ReusePort, i > silent);
                socket.Bind(endPoint);
                endPoint = (IPEndPoint)socket.LocalEndPoint!;
                Set(socket, LinuxSocketCalls.ReuseAddress, silent > 0);
                if (i < silent)
                {
                    // Before there is a socket to receive on, so that no datagram is ever given to a silent one.
                    SendSocket.Connect(socket);
                }
                else
                {
                    Set(socket, LinuxSocketCalls.ReusePort, count > 1);
                    AskForReceiveBuffer(socket, options.ReceiveBufferBytes);
                }
            }

            var guard = OperatingSystem.IsLinux() && count > 1 ? Guard(sockets, endPoint) : null;

            // SO_REUSEADDR lets a silent socket be beside those that receive, and out of the group that the kernel
            // shares the peers out to (SO_REUSEPORT). Another process has no business in either.
            sockets.ForEach(static socket => Set(socket, LinuxSocketCalls.ReuseAddress, false));
            return [.. sockets.TakeLast(count).Select((socket, index) => new ListenerSocket(
                socket, OpenIo(socket, sockets[index], listener, options.Io, listeners, pool.Part()), listener, index) { _guard = index == 0 ? guard : null })];
        }
        catch (SocketException e)
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw new ListenException(address, e);
        }
    }

    /// <summary>Posts what came back as undeliverable. True when there was anything; a closed socket has nothing to tell.</summary>
    public bool PostUndelivered(IMessageSink sink)
    {
        var any = false;
        try
        {
            while (Io.TryTakeUndelivered(out var notice))
            {
                sink.Post(notice);
                any = true;
            }
        }
        catch (ObjectDisposedException)
        {
            // It was closed between the send that failed and this call.
        }

        return any;
    }

    /// <summary>Closes the socket; a wait on it ends.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        Io.Dispose();
        _guard?.Dispose();
    }

    private static PortGuard Guard(List<Socket> beside, IPEndPoint endPoint)
    {
        beside.ForEach(static socket => Set(socket, LinuxSocketCalls.ReuseAddress, true));
        var guard = new PortGuard(() =>
        {
            var socket = Open(endPoint.AddressFamily);
            Set(socket, LinuxSocketCalls.ReuseAddress, true);
            return socket;
        }, endPoint);
        foreach (var socket in guard.Sockets)
        {
            Set(socket, LinuxSocketCalls.ReuseAddress, false);
        }

        return guard;
    }

    private static Socket Open(AddressFamily family)
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

        return socket;
    }

    private static IBatchSocket OpenIo(Socket socket, Socket sendsFrom, int listener, IoPolicy policy, ListenerTable listeners, MessagePool pool)
    {
        if (!OperatingSystem.IsLinux() || policy == IoPolicy.Portable)
        {
            return new PortableSocket(socket, listener, listeners, pool);
        }

        LinuxBatchSocket.Prepare(socket);
        return new LinuxBatchSocket(socket, sendsFrom, listener, listeners, pool);
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

    private static void Set(Socket socket, int option, bool wanted)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, option, BitConverter.GetBytes(wanted ? 1 : 0));
        }
    }
}
