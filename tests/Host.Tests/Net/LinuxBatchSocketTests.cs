using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Host.Tests.Net;

public sealed class LinuxBatchSocketTests
{
    [Fact]
    public void What_the_kernel_discards_is_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells what it discards");
        using var socket = new OneSocket(IoPolicy.Auto, receiveBufferBytes: 65_536);
        using var source = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        source.Connect(socket.Bound.ToEndPoint());
        const int Sent = 2000;
        for (var i = 0; i < Sent; i++)
        {
            source.Send(new byte[500]);
        }

        var received = new RawMessage[64];
        var arrived = 0;
        for (int count; (count = socket.ReceiveAndReturn(received)) > 0;)
        {
            arrived += count;
        }

        // The kernel tells its count with the next datagram it takes in.
        source.Send(new byte[500]);
        arrived += socket.ReceiveAndReturn(received);
        Assert.InRange(arrived, 1, Sent);
        Assert.Equal(Sent + 1 - arrived, socket.Listener.Io.KernelDrops);
    }

    [Theory, MemberData(nameof(UdpTransportTests.BothPaths), MemberType = typeof(UdpTransportTests))]
    public void An_empty_socket_gives_nothing_and_no_error(IoPolicy io)
    {
        using var socket = new OneSocket(io);
        Assert.Equal(0, socket.Listener.Io.Receive(new RawMessage[4], out var error));
        Assert.True(error is SocketError.Success or SocketError.WouldBlock);
    }

    [Theory, MemberData(nameof(UdpTransportTests.BothPaths), MemberType = typeof(UdpTransportTests))]
    public void No_more_is_taken_than_was_asked_for(IoPolicy io)
    {
        using var socket = new OneSocket(io);
        using var source = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        source.Connect(socket.Bound.ToEndPoint());
        for (var i = 0; i < 10; i++)
        {
            source.Send([(byte)'A']);
        }

        var received = new RawMessage[4];
        Assert.Equal([4, 4, 2, 0], Enumerable.Range(0, 4).Select(_ => socket.ReceiveAndReturn(received)));
    }
}
