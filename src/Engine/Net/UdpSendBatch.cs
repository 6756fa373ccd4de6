using System.Net.Sockets;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Collects what one shard sends and puts it on the wire with one system call a listener, in order for each peer.
/// It flushes by itself when it is full. Used by one thread at a time: the one that runs the shard.
/// <code>
/// memory of one shard    octets   2 x 65,536 = 131,072: 64 datagrams of 2 KiB, or two of the largest
///                        headers  2 x 64 x 128 =  16,384
/// </code>
/// </summary>
internal sealed class UdpSendBatch : ISendBatch
{
    private const int Capacity = 64;
    private const int MaxDatagram = 65_507;

    // What one flush may wait for a full socket buffer, in all: three times half a millisecond, then it drops.
    private const int WaitsPerFlush = 3;
    private const int WaitMicroseconds = 500;

    // Errors of other datagrams that one run takes: more than all shards together have on their way.
    private const int ErrorsOfOthersPerRun = 10_000;

    // Enough of a datagram of ours to find its transaction by the top Via.
    private const int QuoteLength = 512;

    private readonly ListenerSocket[][] _sockets;
    private readonly ListenerTable _listeners;
    private readonly int _shard;
    private readonly MessagePool _pool;
    private readonly IMessageSink _undelivered;
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(2 * MessagePool.MaxCapacity, pinned: true);
    private readonly SendLane _v4;
    private readonly SendLane _v6;
    private int _used;
    private int _waitsLeft;

    /// <param name="sockets">The sockets of each listener that the options ask for.</param>
    /// <param name="listeners">All listeners.</param>
    /// <param name="shard">Index of the shard that sends.</param>
    /// <param name="pool">For the notices of what could not be sent.</param>
    /// <param name="undelivered">Takes those notices; it may be called by any shard's thread.</param>
    public UdpSendBatch(ListenerSocket[][] sockets, ListenerTable listeners, int shard, MessagePool pool, IMessageSink undelivered)
    {
        _sockets = sockets;
        _listeners = listeners;
        _shard = shard;
        _pool = pool;
        _undelivered = undelivered;
        _v4 = new SendLane(isV4: true, Capacity, _bytes);
        _v6 = new SendLane(isV4: false, Capacity, _bytes);
    }

    /// <summary>What could not be sent, under <see cref="DropReason.SendFailed"/>.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <inheritdoc/>
    public void Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxDatagram || flow.Transport != Transport.Udp || flow.Listener >= _listeners.Count)
        {
            Metrics.Drop(DropReason.SendFailed);
            return;
        }

        var lane = flow.Remote.IsV4 ? _v4 : _v6;
        if (lane.IsFull || _used + message.Length > _bytes.Length)
        {
            Flush();
        }

        message.CopyTo(_bytes.AsSpan(_used));
        lane.Add(flow, _used, message.Length);
        _used += message.Length;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _waitsLeft = WaitsPerFlush;
        try
        {
            Flush(_v4);
            Flush(_v6);
        }
        finally
        {
            // Whatever went wrong, nothing leaves twice.
            _v4.Clear();
            _v6.Clear();
            _used = 0;
        }
    }

    private void Flush(SendLane lane)
    {
        for (int start = 0, end; start < lane.Count; start = end)
        {
            // A change of socket within a family ends the run: two sockets may lead to one peer, in this order.
            var socket = _listeners[lane[start].Flow.Listener].Socket;
            end = start + 1;
            while (end < lane.Count && (lane[end].Flow.Listener == lane[start].Flow.Listener || _listeners[lane[end].Flow.Listener].Socket == socket))
            {
                end++;
            }

            SendRun(SocketOf(socket), lane, start, end);
        }
    }

    // Of a listener's sockets, that of the loop which runs the shard: a datagram that has left wakes the thread that
    // polls its socket ("writable again"), and this thread is awake.
    private ListenerSocket SocketOf(int socket)
    {
        var sockets = _sockets[socket];
        var loop = UdpReceiveLoop.IndexOnThisThread;
        return sockets[(loop < 0 ? _shard : loop) % sockets.Length];
    }

    private void SendRun(ListenerSocket socket, SendLane lane, int start, int end)
    {
        var refused = -1;
        var errorsOfOthers = 0;
        var sawError = false;
        while (start < end)
        {
            var sent = TrySend(socket, lane, start, end, out var error);
            start += sent;
            if (start == end)
            {
                break;
            }

            sawError = true;
            if (error == SocketError.Success)
            {
                // The kernel stopped after some and keeps its reason to itself; the next call tells, or succeeds.
                continue;
            }

            switch (SocketErrorPolicy.OnSend(error))
            {
                case SendErrorTier.OfAnother when errorsOfOthers < ErrorsOfOthersPerRun:
                    errorsOfOthers++;
                    break;
                case SendErrorTier.TryAgain when refused != start:
                    refused = start;
                    break;
                case SendErrorTier.TryAgain or SendErrorTier.OfAnother:
                    Report(lane, start);
                    Metrics.Drop(DropReason.SendFailed);
                    start++;
                    break;
                case SendErrorTier.WaitBriefly when _waitsLeft > 0:
                    _waitsLeft--;
                    socket.Io.WaitForRoom(WaitMicroseconds);
                    break;
                case SendErrorTier.WaitBriefly:
                    Metrics.Drop(DropReason.SendFailed);
                    start++;
                    break;
                default:
                    Metrics.Drop(DropReason.SendFailed, end - start);
                    return;
            }
        }

        if (sawError)
        {
            // The error that a send was handed has a notice behind it; nothing else would wake the receive loop for it.
            socket.PostUndelivered(_undelivered);
        }
    }

    private static int TrySend(ListenerSocket socket, SendLane lane, int start, int end, out SocketError error)
    {
        try
        {
            return socket.Io.Send(lane, start, end, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
            return 0;
        }
    }

    // RFC 3261 §18.4: a failure in sending is told to the transport user, so that a branch fails now and not in 32 s.
    private void Report(SendLane lane, int index)
    {
        var bytes = lane.BytesOf(index);
        var notice = _pool.Keep(bytes[..Math.Min(bytes.Length, QuoteLength)]);
        notice.Kind = MessageKind.Undelivered;
        notice.Flow = lane[index].Flow;
        _undelivered.Post(notice);
    }
}
