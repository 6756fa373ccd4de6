using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// A UDP socket read with recvmmsg and written with sendmmsg. Every message is received into two vectors: a rented
/// datagram of 4,096 octets, and behind it an overflow for what is longer, which is copied into a datagram of the
/// largest size. So a long datagram arrives whole while the pool is asked for short ones.
/// <code>
/// memory of one socket     64 slots
/// datagrams held ready     64 x  4,096 =    262,144 octets, resident
/// overflow                 64 x 61,440 =  3,932,160 octets, untouched pages until long datagrams come
/// headers and the like     64 x    250 =     16,000 octets
/// </code>
/// </summary>
internal sealed unsafe class LinuxBatchSocket : IBatchSocket
{
    /// <summary>Messages of one system call: more gains nothing measurable and delays the first of them.</summary>
    public const int Slots = 64;

    private const int OverflowLength = MessagePool.MaxCapacity - MessagePool.ReceiveCapacity;

    // An IPv4 router quotes up to 548 octets of ours, an IPv6 one up to 1,184 (RFC 1812 §4.3.2.3, RFC 4443 §2.4).
    private const int QuoteLength = 2048;

    private readonly Socket _sendsFrom;
    private readonly SafeSocketHandle _handle;
    private readonly SafeSocketHandle _sendHandle;
    private readonly MessagePool _pool;
    private readonly int _listener;
    private readonly ListenerTable _listeners;
    private readonly bool _isV4;
    private readonly bool _isAny;
    private readonly LinuxMessages _messages = new(Slots, vectorsEach: 2, withControl: true);
    private readonly LinuxMessages _notice = new(1, vectorsEach: 1, withControl: true);
    private readonly Lock _noticeLock = new();
    private readonly RawMessage?[] _slots = new RawMessage?[Slots];
    private readonly byte[] _overflow = GC.AllocateUninitializedArray<byte>(Slots * OverflowLength, pinned: true);
    private uint _lastDrops;
    private PeerAddress _lastLocal;
    private int _lastIndex;

    /// <param name="socket">Bound; it is received on.</param>
    /// <param name="sendsFrom">The same, or a <see cref="SendSocket"/> on its address, which is closed with this.</param>
    /// <param name="listener">Index of the listener.</param>
    /// <param name="listeners">All listeners: the local addresses of one that is bound to any.</param>
    /// <param name="pool">For what is received.</param>
    public LinuxBatchSocket(Socket socket, Socket sendsFrom, int listener, ListenerTable listeners, MessagePool pool)
    {
        _sendsFrom = sendsFrom;
        _handle = socket.SafeHandle;
        _sendHandle = sendsFrom.SafeHandle;
        _listener = _lastIndex = listener;
        _listeners = listeners;
        _pool = pool;
        _isV4 = socket.AddressFamily == AddressFamily.InterNetwork;
        _isAny = PeerAddress.From((IPEndPoint)socket.LocalEndPoint!).IsAny;
        for (var i = 0; i < Slots; i++)
        {
            _messages.Vectors[(2 * i) + 1].Base = (byte*)LinuxMessages.AddressOf(_overflow) + (i * OverflowLength);
            _messages.Vectors[(2 * i) + 1].Length = OverflowLength;
        }
    }

    /// <inheritdoc/>
    public long KernelDrops { get; private set; }

    /// <summary>
    /// Asks the kernel to count what it discards, to keep the errors that come back, and for the local address where
    /// the socket has many.
    /// </summary>
    public static void Prepare(Socket socket)
    {
        if (PeerAddress.From((IPEndPoint)socket.LocalEndPoint!).IsAny)
        {
            LinuxPacketInfo.Ask(socket);
        }

        socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ReceiveQueueOverflow, One);
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.SetRawSocketOption(LinuxSocketCalls.IpLevel, LinuxSocketCalls.IpReceiveErrors, One);
        }
        else
        {
            socket.SetRawSocketOption(LinuxSocketCalls.Ipv6Level, LinuxSocketCalls.Ipv6ReceiveErrors, One);
        }
    }

    /// <summary>The value 1 as a socket option.</summary>
    public static ReadOnlySpan<byte> One => BitConverter.IsLittleEndian ? [1, 0, 0, 0] : [0, 0, 0, 1];

    /// <inheritdoc/>
    public int Receive(RawMessage[] received, out SocketError error)
    {
        if (_slots[0] is null)
        {
            for (var i = 0; i < Slots; i++)
            {
                Refill(i);
            }
        }

        var limit = (uint)Math.Min(received.Length, Slots);
        var count = LinuxSocketCalls.ReceiveMany(_handle, _messages.Messages, limit, LinuxSocketCalls.DontWait, null);
        error = count < 0 ? LinuxSocketCalls.LastError() : SocketError.Success;
        if (count <= 0)
        {
            return 0;
        }

        // The kernel's counter is cumulative: the newest message tells it all.
        CountDrops(count - 1);
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            if (TryTake(i, out received[taken]))
            {
                taken++;
            }
        }

        return taken;
    }

    /// <inheritdoc/>
    public int Send(SendLane lane, int start, int end, out SocketError error)
    {
        var messages = lane.Messages ??= new LinuxMessages(lane.Capacity, vectorsEach: 1, withControl: true);
        var bytes = (byte*)LinuxMessages.AddressOf(lane.Bytes);
        for (var i = start; i < end; i++)
        {
            ref readonly var entry = ref lane[i];
            var name = messages.NameOf(i);
            MemoryMarshal.Write(name, lane.IsV4 ? LinuxSocketCalls.FamilyV4 : LinuxSocketCalls.FamilyV6);
            SocketAddressBytes.Write(entry.Flow.Remote, name);
            messages.Messages[i].Header.NameLength = lane.IsV4 ? (uint)SocketAddressBytes.V4Length : SocketAddressBytes.V6Length;
            messages.Vectors[i].Base = bytes + entry.Offset;
            messages.Vectors[i].Length = (nuint)entry.Length;

            // RFC 3581 §4, RFC 3261 §18.2.2: an answer leaves from the address that its request came to.
            LinuxPacketInfo.Write(messages, i, _isAny ? _listeners[entry.Flow.Listener].Source : default);
        }

        var sent = LinuxSocketCalls.SendMany(_sendHandle, messages.Messages + start, (uint)(end - start), LinuxSocketCalls.DontWait);
        error = sent < 0 ? LinuxSocketCalls.LastError() : SocketError.Success;
        return Math.Max(sent, 0);
    }

    /// <inheritdoc/>
    public void WaitForRoom(int microseconds) => SocketErrorPolicy.WaitForRoom(_sendsFrom, microseconds);

    /// <inheritdoc/>
    public void Dispose() => _sendsFrom.Dispose();

    /// <inheritdoc/>
    public bool TryTakeUndelivered(out RawMessage notice)
    {
        // Rare, and asked for by the receive loop and by a sender that was refused.
        lock (_noticeLock)
        {
            var rented = _pool.Rent(QuoteLength);
            notice = null!;
            try
            {
                if (TryReadUndelivered(rented))
                {
                    notice = rented;
                }
            }
            finally
            {
                // Also when the socket was closed meanwhile, and the call throws.
                if (notice is null)
                {
                    rented.Return();
                }
            }

            return notice is not null;
        }
    }

    /// <inheritdoc/>
    public void ReturnSlots()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            slot?.Return();
            slot = null;
        }
    }

    private bool TryReadUndelivered(RawMessage notice)
    {
        _notice.Vectors[0].Base = (byte*)LinuxMessages.AddressOf(notice.Buffer);
        _notice.Vectors[0].Length = QuoteLength;
        while (true)
        {
            _notice.Reset(0);
            var flags = LinuxSocketCalls.FromErrorQueue | LinuxSocketCalls.DontWait;
            var length = LinuxSocketCalls.ReceiveOne(_handle, &_notice.Messages->Header, flags);
            if (length < 0)
            {
                return false;
            }

            if (LinuxErrorQueue.IsUndelivered(_notice, _isV4))
            {
                notice.Length = (int)length;
                notice.Kind = MessageKind.Undelivered;
                notice.Flow = new Flow(SocketAddressBytes.Read(_notice.NameOf(0), _isV4), Transport.Udp, _listener);
                return true;
            }
        }
    }

    private bool TryTake(int index, out RawMessage datagram)
    {
        try
        {
            datagram = Take(index);
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The machine has no room for one more: it is lost like one for which the kernel had none, and its buffer
            // receives the next.
            KernelDrops++;
            datagram = null!;
            return false;
        }
        finally
        {
            _messages.Reset(index);
        }
    }

    private RawMessage Take(int index)
    {
        var length = (int)_messages.Messages[index].Length;
        var datagram = _slots[index]!;
        if (length > MessagePool.ReceiveCapacity)
        {
            var head = datagram;
            datagram = _pool.Rent(length);
            head.Buffer.AsSpan().CopyTo(datagram.Buffer);
            _overflow.AsSpan(index * OverflowLength, length - MessagePool.ReceiveCapacity)
                .CopyTo(datagram.Buffer.AsSpan(MessagePool.ReceiveCapacity));
        }
        else
        {
            Refill(index);
        }

        datagram.Length = length;
        datagram.Kind = MessageKind.Received;
        datagram.Flow = new Flow(SocketAddressBytes.Read(_messages.NameOf(index), _isV4), Transport.Udp, _isAny ? ListenerOf(index) : _listener);
        return datagram;
    }

    /// <summary>Which of the socket's local addresses a datagram came to; most come to that of the one before.</summary>
    private int ListenerOf(int index)
    {
        var local = LinuxPacketInfo.Read(_messages, index, _isV4);
        if (local != _lastLocal)
        {
            (_lastLocal, _lastIndex) = (local, _listeners.IndexOf(_listener, local));
        }

        return _lastIndex;
    }

    private void Refill(int index)
    {
        var datagram = _pool.Rent(MessagePool.ReceiveCapacity);
        _slots[index] = datagram;
        _messages.Vectors[2 * index].Base = (byte*)LinuxMessages.AddressOf(datagram.Buffer);
        _messages.Vectors[2 * index].Length = MessagePool.ReceiveCapacity;
    }

    private void CountDrops(int newest)
    {
        var value = _messages.FindControl(newest, LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ReceiveQueueOverflow);
        if (value.Length >= sizeof(uint))
        {
            var drops = MemoryMarshal.Read<uint>(value);
            KernelDrops += drops - _lastDrops;
            _lastDrops = drops;
        }
    }
}
