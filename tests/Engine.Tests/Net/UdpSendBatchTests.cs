using System.Net.Sockets;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class UdpSendBatchTests : IMessageSink
{
    private static readonly PeerAddress s_v4 = PeerAddress.FromV4(0xC0000201, 5060);
    private static readonly PeerAddress s_v6 = PeerAddress.FromV6([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 5060);

    private readonly MessagePool _pool = new(traceLeaks: true);
    private readonly List<RawMessage> _notices = [];

    [Fact]
    public void One_call_a_family_and_run_of_a_listener()
    {
        ScriptedSocket[] sockets = [new(), new(), new()];
        var batch = Batch(sockets);
        foreach (var (listener, peer, text) in new[] { (0, s_v4, "a"), (2, s_v6, "b"), (0, s_v4, "c"), (1, s_v4, "d"), (2, s_v6, "e"), (0, s_v4, "f") })
        {
            batch.Send(new Flow(peer, Transport.Udp, listener), Encoding.ASCII.GetBytes(text));
        }

        Assert.All(sockets, static s => Assert.Equal(0, s.Calls));
        batch.Flush();
        Assert.Equal(["a", "c", "f"], sockets[0].Left);
        Assert.Equal(["d"], sockets[1].Left);
        Assert.Equal(["b", "e"], sockets[2].Left);
        Assert.Equal([2, 1, 1], sockets.Select(static s => s.Calls));
        batch.Flush();
        Assert.Equal(2, sockets[0].Calls);
    }

    [Fact]
    public void An_error_of_an_earlier_datagram_costs_none()
    {
        var socket = new ScriptedSocket((0, SocketError.ConnectionRefused));
        Send(socket, "a", "b");
        Assert.Equal(["a", "b"], socket.Left);
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_storm_to_closed_ports_costs_no_datagram_of_anybody_else()
    {
        var socket = new ScriptedSocket([.. Enumerable.Repeat((0, SocketError.ConnectionRefused), 100)]);
        Assert.Equal(0, Send(socket, "a", "b").Dropped(DropReason.SendFailed));
        Assert.Equal(["a", "b"], socket.Left);
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_batch_cut_short_goes_on_where_it_stopped()
    {
        var socket = new ScriptedSocket((1, SocketError.Success), (1, SocketError.HostUnreachable));
        Assert.Equal(0, Send(socket, "a", "b", "c", "d").Dropped(DropReason.SendFailed));
        Assert.Equal(["a", "b", "c", "d"], socket.Left);
    }

    [Theory]
    [InlineData(SocketError.MessageSize)]
    [InlineData(SocketError.InvalidArgument)]
    [InlineData(SocketError.AccessDenied)]
    [InlineData(SocketError.NetworkUnreachable)]
    public void A_datagram_refused_twice_is_skipped_counted_and_told(SocketError error)
    {
        var socket = new ScriptedSocket((1, SocketError.Success), (0, error), (0, error));
        Assert.Equal(1, Send(socket, "a", "refused", "c").Dropped(DropReason.SendFailed));
        Assert.Equal(["a", "c"], socket.Left);
        var notice = Assert.Single(_notices);
        Assert.Equal("refused"u8, notice.Span);
        Assert.Equal((MessageKind.Undelivered, s_v4), (notice.Kind, notice.Flow.Remote));
        notice.Return();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(SocketError.WouldBlock)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    public void A_full_buffer_is_waited_for_a_few_times(SocketError error)
    {
        var socket = new ScriptedSocket((0, error), (0, error));
        Assert.Equal(0, Send(socket, "a", "b").Dropped(DropReason.SendFailed));
        Assert.Equal(["a", "b"], socket.Left);
        Assert.Equal(2, socket.Waits);
    }

    [Fact]
    public void A_buffer_that_stays_full_delays_a_whole_flush_no_longer_than_one_datagram()
    {
        var socket = new ScriptedSocket([.. Enumerable.Repeat((0, SocketError.NoBufferSpaceAvailable), 1000)]);
        Assert.Equal(50, Send(socket, [.. Enumerable.Repeat("x", 50)]).Dropped(DropReason.SendFailed));
        Assert.Equal(3, socket.Waits);

        // A retransmission will do: nobody is told that the peer is not there.
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_closed_socket_drops_all()
    {
        var socket = new ScriptedSocket { IsClosed = true };
        Assert.Equal(2, Send(socket, "a", "b").Dropped(DropReason.SendFailed));
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_socket_that_is_closed_after_an_error_has_nothing_more_to_tell()
    {
        var socket = new ScriptedSocket((0, SocketError.ConnectionRefused)) { ClosesAfterSend = true };
        Send(socket, "a");
        Assert.Equal(["a"], socket.Left);
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_flush_that_throws_leaves_nothing_to_be_sent_again()
    {
        var faulty = new ScriptedSocket { Fault = new InvalidOperationException() };
        var sound = new ScriptedSocket();
        var batch = Batch(faulty, sound);
        batch.Send(new Flow(s_v4, Transport.Udp, 0), "a"u8);
        batch.Send(new Flow(s_v6, Transport.Udp, 1), "b"u8);
        Assert.Throws<InvalidOperationException>(batch.Flush);
        batch.Send(new Flow(s_v4, Transport.Udp, 0), "c"u8);
        batch.Send(new Flow(s_v6, Transport.Udp, 1), "d"u8);
        batch.Flush();
        Assert.Equal(["a", "c"], faulty.Left);
        Assert.Equal(["d"], sound.Left);
    }

    [Fact]
    public void What_waits_in_the_error_queue_is_fetched_after_an_error()
    {
        var socket = new ScriptedSocket((0, SocketError.ConnectionRefused));
        socket.Notices.Enqueue(_pool.Keep("INVITE"u8));
        Send(socket, "a");
        Assert.Equal("INVITE"u8, Assert.Single(_notices).Span);
    }

    [Fact]
    public void A_batch_that_is_full_leaves_by_itself()
    {
        var socket = new ScriptedSocket();
        var batch = Batch(socket);
        for (var i = 0; i < 65; i++)
        {
            batch.Send(new Flow(s_v4, Transport.Udp, listener: 0), "x"u8);
        }

        Assert.Equal(64, socket.Left.Count);
        batch.Send(new Flow(s_v4, Transport.Udp, listener: 0), new byte[65_000]);
        batch.Send(new Flow(s_v4, Transport.Udp, listener: 0), new byte[65_000]);
        Assert.Equal(64, socket.Left.Count);
        batch.Send(new Flow(s_v4, Transport.Udp, listener: 0), new byte[65_000]);
        Assert.Equal(67, socket.Left.Count);
    }

    void IMessageSink.Post(RawMessage datagram) => _notices.Add(datagram);

    void IMessageSink.DrainEnded(bool batchFull)
    {
    }

    private UdpSendBatch Batch(params ScriptedSocket[] sockets) => new(
        [.. sockets.Select(static (s, i) => new[] { new ListenerSocket(null!, s, i, 0) })],
        new ListenerTable(null, sockets.Select(static (_, i) => PeerAddress.FromV4(0x7F000001, (ushort)(5060 + i))), []),
        shard: 0,
        _pool,
        this);

    private EngineMetrics Send(ScriptedSocket socket, params string[] datagrams)
    {
        var batch = Batch(socket);
        foreach (var datagram in datagrams)
        {
            batch.Send(new Flow(s_v4, Transport.Udp, listener: 0), Encoding.ASCII.GetBytes(datagram));
        }

        batch.Flush();
        return batch.Metrics;
    }
}
