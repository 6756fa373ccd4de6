using System.Net;
using System.Net.Sockets;
using System.Text;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImsSipFast.Host.Tests.Net;

public sealed class UdpTransportTests
{
    public static TheoryData<IoPolicy> BothPaths => [IoPolicy.Auto, IoPolicy.Portable];

    [Theory, MemberData(nameof(BothPaths))]
    public async Task A_datagram_comes_in_and_its_echo_goes_out(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        net.Sink.OnPost = d => net.Batch.Send(d.Flow, d.Span);
        net.Sink.OnDrainEnded = _ => net.Batch.Flush();
        net.Start();
        var peer = net.Peer();
        peer.Send("OPTIONS sip:home.test SIP/2.0"u8);
        Assert.Equal("OPTIONS sip:home.test SIP/2.0"u8, NetFixture.Read(peer));

        var datagram = net.Sink.Take();
        Assert.Equal(NetFixture.AddressOf(peer), datagram.Flow.Remote);
        Assert.Equal(MessageKind.Received, datagram.Kind);
        datagram.Return();
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Both_families_are_served_by_their_own_listener(IoPolicy io)
    {
        Assert.SkipUnless(NetFixture.CanV6, "this machine has no IPv6 loopback");
        await using var net = new NetFixture(io, addresses: [IPAddress.Loopback, IPAddress.IPv6Loopback]);
        net.Sink.OnPost = d => net.Batch.Send(d.Flow, d.Span);
        net.Sink.OnDrainEnded = _ => net.Batch.Flush();
        net.Start();
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            var peer = net.Peer(address);
            peer.Send("PING"u8);
            Assert.Equal("PING"u8, NetFixture.Read(peer));
            var datagram = net.Sink.Take();
            Assert.Equal(address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1, datagram.Flow.Listener);
            Assert.Equal(NetFixture.AddressOf(peer), datagram.Flow.Remote);
            datagram.Return();
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Datagrams_of_every_length_arrive_whole(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        net.Start();
        var peer = net.Peer();
        foreach (var length in new[] { 1, 500, 4095, 4096, 4097, 60_000, 65_507, 300 })
        {
            var sent = Enumerable.Range(0, length).Select(static i => (byte)('A' + (i % 57))).ToArray();
            peer.Send(sent);
            var datagram = net.Sink.Take();
            Assert.True(datagram.Span.SequenceEqual(sent), $"{length} octets came as {datagram.Length}");
            datagram.Return();
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Long_and_short_datagrams_share_a_batch(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        var peer = net.Peer();
        byte[][] sent = [.. Enumerable.Range(0, 40).Select(static i => Enumerable.Repeat((byte)('A' + (i % 26)), i % 3 == 0 ? 9000 : 400).ToArray())];
        foreach (var bytes in sent)
        {
            peer.Send(bytes);
        }

        net.Start();
        foreach (var bytes in sent)
        {
            var datagram = net.Sink.Take();
            Assert.True(datagram.Span.SequenceEqual(bytes));
            datagram.Return();
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task A_burst_keeps_its_order_in_and_out(IoPolicy io)
    {
        await using var net = new NetFixture(io);
        net.Sink.OnPost = d => net.Batch.Send(d.Flow, d.Span);
        net.Sink.OnDrainEnded = _ => net.Batch.Flush();
        var peer = net.Peer();
        for (var i = 0; i < 100; i++)
        {
            peer.Send(Encoding.ASCII.GetBytes($"MESSAGE {i}"));
        }

        net.Start();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"MESSAGE {i}", Encoding.ASCII.GetString(NetFixture.Read(peer)));
        }
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task What_no_shard_needs_is_dropped_under_its_reason(IoPolicy io)
    {
        await using var net = new NetFixture(io, maxMessageLength: 1024);
        net.Start();
        var peer = net.Peer();
        peer.Send(Array.Empty<byte>());
        peer.Send("\r\n\r\n"u8);
        peer.Send("\0"u8);
        peer.Send([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        peer.Send(new byte[1025].Select(static _ => (byte)'A').ToArray());
        peer.Send("\r\nOPTIONS sip:home.test SIP/2.0"u8);

        var datagram = net.Sink.Take();
        Assert.StartsWith("\r\nOPTIONS", Encoding.ASCII.GetString(datagram.Span), StringComparison.Ordinal);
        datagram.Return();
        var metrics = net.Metrics;
        Assert.Equal(5, metrics.Received);
        Assert.Equal(3, metrics.Dropped(DropReason.KeepAlive));
        Assert.Equal(1, metrics.Dropped(DropReason.Stun));
        Assert.Equal(1, metrics.Dropped(DropReason.TooLong));
    }

    [Theory, MemberData(nameof(BothPaths))]
    public async Task Several_loops_share_one_port(IoPolicy io)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux shares a port out among sockets");
        await using var net = new NetFixture(io, loops: 4);
        net.Start();
        for (var i = 0; i < 32; i++)
        {
            net.Peer().Send("REGISTER"u8);
        }

        for (var i = 0; i < 32; i++)
        {
            net.Sink.Take().Return();
        }
    }

    [Theory]
    [InlineData(IoPolicy.Auto, 1)]
    [InlineData(IoPolicy.Auto, 4)]
    [InlineData(IoPolicy.Portable, 1)]
    [InlineData(IoPolicy.Portable, 4)]
    public async Task A_port_in_use_is_said_even_to_a_second_engine(IoPolicy io, int loops)
    {
        await using var net = new NetFixture(io, OperatingSystem.IsLinux() ? loops : 1);
        net.Start();
        var options = new SipEngineOptions { Io = io, Listen = [new ListenAddress(net.Transport.Bound[0].ToEndPoint())] };
        var error = Assert.Throws<ListenException>(
            () => UdpTransport.Bind(options, net.Pool, OperatingSystem.IsLinux() ? loops : 1, NullLogger.Instance));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.Error);
        Assert.Equal($"udp:127.0.0.1:{net.Transport.Bound[0].Port}: the port is in use by another program", error.Message);
    }

    [Theory]
    [InlineData(IoPolicy.Auto, "127.0.0.1", "127.0.0.1")]
    [InlineData(IoPolicy.Auto, "127.0.0.1", "0.0.0.0")]
    [InlineData(IoPolicy.Auto, "0.0.0.0", "0.0.0.0")]
    [InlineData(IoPolicy.Auto, "0.0.0.0", "127.0.0.1")]
    [InlineData(IoPolicy.Portable, "127.0.0.1", "127.0.0.1")]
    public async Task A_program_that_would_share_the_port_is_kept_out(IoPolicy io, string listen, string program)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux shares a port out among sockets");
        await using var net = new NetFixture(io, loops: 4, addresses: [IPAddress.Parse(listen)]);
        net.Start();
        foreach (var option in (int[])[LinuxSocketCalls.ReusePort, LinuxSocketCalls.ReuseAddress])
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, option, LinuxBatchSocket.One);
            var error = Assert.Throws<SocketException>(() => socket.Bind(new IPEndPoint(IPAddress.Parse(program), net.Transport.Bound[0].Port)));
            Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        }
    }

    [Fact]
    public void An_address_of_another_machine_is_said()
    {
        var options = new SipEngineOptions { Listen = [new ListenAddress(new IPEndPoint(IPAddress.Parse("192.0.2.77"), 0))] };
        var error = Assert.Throws<ListenException>(() => UdpTransport.Bind(options, new MessagePool(), 1, NullLogger.Instance));
        Assert.Contains("no interface of this machine has this address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_granted_receive_buffer_is_known()
    {
        await using var net = new NetFixture(IoPolicy.Auto);
        Assert.InRange(net.Transport.ReceiveBufferBytes[0], 65_536, net.Options.ReceiveBufferBytes);
    }
}
