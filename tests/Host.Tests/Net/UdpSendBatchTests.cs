using System.Net;
using System.Text;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Host.Tests.Net;

public sealed class UdpSendBatchTests
{
    public static TheoryData<IoPolicy> BothPaths => UdpTransportTests.BothPaths;

    [Theory, MemberData(nameof(BothPaths))]
    public async Task A_full_batch_leaves_by_itself_and_in_order(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        var peer = net.Peer();
        for (var i = 0; i < 200; i++)
        {
            net.Batch.Send(new Flow(NetFixture.AddressOf(peer), Transport.Udp, 0), Encoding.ASCII.GetBytes($"INVITE {i}"));
        }

        net.Batch.Flush();
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal($"INVITE {i}", Encoding.ASCII.GetString(NetFixture.Read(peer)));
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task The_largest_datagrams_leave(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        var peer = net.Peer();
        foreach (var length in new[] { 65_507, 65_507, 65_507, 10 })
        {
            net.Batch.Send(new Flow(NetFixture.AddressOf(peer), Transport.Udp, 0), new byte[length]);
        }

        net.Batch.Flush();
        foreach (var length in new[] { 65_507, 65_507, 65_507, 10 })
        {
            Assert.Equal(length, NetFixture.Read(peer).Length);
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task A_closed_port_takes_nothing_from_the_datagrams_around_it(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        net.Start();
        var peer = net.Peer();
        var closed = NetFixture.ClosedPort();
        for (var i = 0; i < 300; i++)
        {
            net.Batch.Send(new Flow(closed, Transport.Udp, 0), "INVITE into the void"u8);
            net.Batch.Send(new Flow(NetFixture.AddressOf(peer), Transport.Udp, 0), Encoding.ASCII.GetBytes($"{i}"));
            if (i % 7 == 0)
            {
                net.Batch.Flush();
            }
        }

        net.Batch.Flush();
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"{i}", Encoding.ASCII.GetString(NetFixture.Read(peer)));
        }

        Assert.Equal(0, net.Metrics.Dropped(DropReason.SendFailed));
        peer.Send("still here"u8);
        RawMessage datagram;
        while ((datagram = net.Sink.Take()).Kind == MessageKind.Undelivered)
        {
            datagram.Return();
        }

        Assert.Equal("still here"u8, datagram.Span);
        datagram.Return();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task What_a_closed_port_refused_comes_back_with_its_peer(string host)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only the Linux path reads the socket's error queue");
        var address = IPAddress.Parse(host);
        Assert.SkipUnless(address.GetAddressBytes().Length == 4 || NetFixture.CanV6, "this machine has no IPv6 loopback");
        await using var net = new NetFixture(IoPolicy.Auto, addresses: [address]);
        net.Start();
        var closed = NetFixture.ClosedPort(address);
        var invite = Encoding.ASCII.GetBytes("INVITE sip:b@host.test SIP/2.0\r\nVia: SIP/2.0/UDP p;branch=z9hG4bK1\r\n" + new string('x', 2000));
        net.Batch.Send(new Flow(closed, Transport.Udp, 0), invite);
        net.Batch.Flush();

        var notice = net.Sink.Take();
        Assert.Equal(MessageKind.Undelivered, notice.Kind);
        Assert.Equal(closed, notice.Flow.Remote);
        Assert.True(notice.Length >= 300);
        Assert.True(invite.AsSpan().StartsWith(notice.Span));
        notice.Return();
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task What_the_socket_refuses_is_skipped_counted_and_told(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        var peer = net.Peer();
        var address = NetFixture.AddressOf(peer);

        // Port 0 is invalid to send to on Linux; broadcast is not permitted anywhere.
        PeerAddress.TryParseHost("255.255.255.255"u8, 5060, out var broadcast);
        net.Batch.Send(new Flow(address, Transport.Udp, 0), "one"u8);
        net.Batch.Send(new Flow(broadcast, Transport.Udp, 0), "refused"u8);
        net.Batch.Send(new Flow(address, Transport.Udp, 0), "two"u8);
        net.Batch.Send(new Flow(address, Transport.Udp, 7), "no such listener"u8);
        net.Batch.Send(new Flow(address, Transport.Udp, 0), new byte[65_508]);
        net.Batch.Flush();
        Assert.Equal("one"u8, NetFixture.Read(peer));
        Assert.Equal("two"u8, NetFixture.Read(peer));
        Assert.Equal(3, net.Metrics.Dropped(DropReason.SendFailed));
        var notice = net.Sink.Take();
        Assert.Equal(MessageKind.Undelivered, notice.Kind);
        Assert.Equal(broadcast, notice.Flow.Remote);
        Assert.Equal("refused"u8, notice.Span);
        notice.Return();
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Sending_after_the_sockets_are_closed_is_counted(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        net.Start();
        var peer = net.Peer();
        await net.Transport.StopAsync();
        net.Batch.Send(new Flow(NetFixture.AddressOf(peer), Transport.Udp, 0), "late"u8);
        net.Batch.Flush();
        Assert.Equal(1, net.Metrics.Dropped(DropReason.SendFailed));
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Receiving_and_sending_allocate_nothing(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        using var socket = new OneSocket(io);
        var peer = net.Peer();
        var received = new RawMessage[8];
        long before = 0;
        for (var round = 0; round < 40; round++)
        {
            if (round == 20)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            net.Batch.Send(new Flow(socket.Bound, Transport.Udp, 0), "MESSAGE"u8);
            net.Batch.Send(new Flow(socket.Bound, Transport.Udp, 0), "MESSAGE"u8);
            net.Batch.Flush();
            var count = 0;
            while (count < 2)
            {
                count += socket.ReceiveAndReturn(received);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        _ = peer;
    }
}
