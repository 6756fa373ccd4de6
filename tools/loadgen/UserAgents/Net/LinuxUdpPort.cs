using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.Engine.Net;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Net;

/// <summary>A UDP socket read with recvmmsg and written with sendmmsg; messages are rendered where they are sent from.</summary>
internal sealed unsafe class LinuxUdpPort : IUdpPort
{
    private const int Slots = 64;
    private const int MaxDatagram = 65_536;
    private const int ArenaLength = (Slots * 4096) + MaxDatagram;
    private const int MostRetries = 100;

    private readonly SafeSocketHandle _handle;
    private readonly bool _isV6;
    private readonly LinuxMessages _received = new(Slots, vectorsEach: 1, withControl: true);
    private readonly LinuxMessages _sent = new(Slots, vectorsEach: 1, withControl: false);

    // Untouched pages of a slot cost nothing until a long datagram comes.
    private readonly byte[] _rooms = GC.AllocateUninitializedArray<byte>(Slots * MaxDatagram, pinned: true);
    private readonly byte[] _arena = GC.AllocateUninitializedArray<byte>(ArenaLength, pinned: true);
    private int _count;
    private int _used;
    private uint _lastDrops;

    public LinuxUdpPort(Socket socket)
    {
        Socket = socket;
        _handle = socket.SafeHandle;
        _isV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        Bound = Peer.From((IPEndPoint)socket.LocalEndPoint!);
        socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ReceiveQueueOverflow, BitConverter.GetBytes(1));
        for (var i = 0; i < Slots; i++)
        {
            _received.Vectors[i].Base = (byte*)LinuxMessages.AddressOf(_rooms) + (i * MaxDatagram);
            _received.Vectors[i].Length = MaxDatagram;
        }
    }

    public Peer Bound { get; }

    public Socket Socket { get; }

    public long KernelDrops { get; private set; }

    public long SendFailures { get; private set; }

    public Span<byte> Room()
    {
        if (_count == Slots || ArenaLength - _used < MaxDatagram)
        {
            Flush();
        }

        return _arena.AsSpan(_used);
    }

    public void Send(int length, in Peer to)
    {
        ref var message = ref _sent.Messages[_count];
        message.Header.NameLength = (uint)PeerBytes.Write(_sent.NameOf(_count), to);
        _sent.Vectors[_count].Base = (byte*)LinuxMessages.AddressOf(_arena) + _used;
        _sent.Vectors[_count].Length = (nuint)length;
        _used += length;
        _count++;
    }

    public void Flush()
    {
        var start = 0;
        var retries = 0;
        while (start < _count)
        {
            var sent = LinuxSocketCalls.SendMany(_handle, _sent.Messages + start, (uint)(_count - start), LinuxSocketCalls.DontWait);
            if (sent > 0)
            {
                start += sent;
                retries = 0;
                continue;
            }

            // An error that a peer's ICMP left behind says nothing about this datagram: once more.
            var error = LinuxSocketCalls.LastError();
            var again = error is SocketError.ConnectionRefused or SocketError.Interrupted or SocketError.HostUnreachable;
            var full = error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable;
            if (!(again || full) || ++retries > MostRetries)
            {
                SendFailures++;
                start++;
                retries = 0;
            }
            else if (full)
            {
                Socket.Poll(1000, SelectMode.SelectWrite);
            }
        }

        _count = 0;
        _used = 0;
    }

    public void Receive(AgentWorld world, Side side, long now)
    {
        var count = LinuxSocketCalls.ReceiveMany(_handle, _received.Messages, Slots, LinuxSocketCalls.DontWait, null);
        if (count <= 0)
        {
            return;
        }

        CountDrops(count - 1);
        for (var i = 0; i < count; i++)
        {
            var peer = PeerBytes.Read(_received.NameOf(i), _isV6);
            world.Receive(side, _rooms.AsSpan(i * MaxDatagram, (int)_received.Messages[i].Length), peer, now);
            _received.Reset(i);
        }
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>The kernel's counter is cumulative: the newest message tells it all.</summary>
    private void CountDrops(int newest)
    {
        var value = _received.FindControl(newest, LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ReceiveQueueOverflow);
        if (value.Length >= sizeof(uint))
        {
            var drops = MemoryMarshal.Read<uint>(value);
            KernelDrops += drops - _lastDrops;
            _lastDrops = drops;
        }
    }
}
