using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// A UDP socket read and written with the framework, one datagram a call, on any platform. The socket is
/// non-blocking and looked at before it is read, because a read that finds nothing would throw. A peer that is not
/// there is not noticed: its transactions time out. The framework tells which local address a datagram came to (at the
/// cost of some objects, so it is asked only where the socket has many) but cannot send from a chosen one: from a socket
/// bound to any address datagrams leave by the system's choice, which is the right address unless an interface has two.
/// </summary>
internal sealed class PortableSocket : IBatchSocket
{
    private readonly Socket _socket;
    private readonly MessagePool _pool;
    private readonly int _listener;
    private readonly ListenerTable _listeners;
    private readonly bool _isV4;
    private readonly bool _isAny;
    private readonly SocketAddress _from;
    private readonly byte[] _arrived = GC.AllocateUninitializedArray<byte>(MessagePool.MaxCapacity, pinned: true);

    public PortableSocket(Socket socket, int listener, ListenerTable listeners, MessagePool pool)
    {
        socket.Blocking = false;
        _socket = socket;
        _listener = listener;
        _listeners = listeners;
        _pool = pool;
        _isV4 = socket.AddressFamily == AddressFamily.InterNetwork;
        _isAny = PeerAddress.From((IPEndPoint)socket.LocalEndPoint!).IsAny;
        _from = new SocketAddress(socket.AddressFamily);
    }

    /// <inheritdoc/>
    public long KernelDrops => 0;

    /// <inheritdoc/>
    public int Receive(RawMessage[] received, out SocketError error)
    {
        error = SocketError.Success;
        var count = 0;
        try
        {
            while (count < received.Length && _socket.Poll(0, SelectMode.SelectRead))
            {
                var length = Read(out var peer, out var listener);
                var datagram = _pool.Rent(Math.Max(length, MessagePool.ReceiveCapacity));
                _arrived.AsSpan(0, length).CopyTo(datagram.Buffer);
                datagram.Length = length;
                datagram.Kind = MessageKind.Received;
                datagram.Flow = new Flow(peer, Transport.Udp, listener);
                received[count++] = datagram;
            }
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
        }

        return count;
    }

    private int Read(out PeerAddress peer, out int listener)
    {
        if (!_isAny)
        {
            var length = _socket.ReceiveFrom(_arrived, SocketFlags.None, _from);
            peer = SocketAddressBytes.Read(_from.Buffer.Span, _isV4);
            listener = _listener;
            return length;
        }

        var flags = SocketFlags.None;
        EndPoint from = new IPEndPoint(_isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var count = _socket.ReceiveMessageFrom(_arrived, ref flags, ref from, out var information);
        peer = PeerAddress.From((IPEndPoint)from);
        var local = PeerAddress.From(information.Address, 0);
        listener = _listeners.IndexOf(_listener, local.IsLinkLocalV6 ? local.WithScope((uint)information.Interface) : local);
        return count;
    }

    /// <inheritdoc/>
    public int Send(SendLane lane, int start, int end, out SocketError error)
    {
        error = SocketError.Success;
        var at = start;
        try
        {
            for (; at < end; at++)
            {
                SocketAddressBytes.Write(lane[at].Flow.Remote, lane.Address.Buffer.Span);
                _socket.SendTo(lane.BytesOf(at), SocketFlags.None, lane.Address);
            }
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
        }

        return at - start;
    }

    /// <inheritdoc/>
    public void WaitForRoom(int microseconds) => SocketErrorPolicy.WaitForRoom(_socket, microseconds);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public bool TryTakeUndelivered(out RawMessage notice)
    {
        notice = null!;
        return false;
    }

    /// <inheritdoc/>
    public void ReturnSlots()
    {
    }
}
