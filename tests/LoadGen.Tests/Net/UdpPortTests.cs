using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Net;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Net;

/// <summary>Both ways to use a socket do the same.</summary>
public sealed class UdpPortTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Datagrams_of_any_length_arrive_whole_and_in_order(bool portable)
    {
        using var sender = Open(portable);
        using var receiver = Open(portable);
        var peer = new ScriptedPeer(Plans.Of(Profile.Options));
        for (var n = 0; n < 200; n++)
        {
            var text = $"OPTIONS sip:b1@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{n}\r\nFrom: <sip:x@h>;tag=1\r\nTo: <sip:b1@h>\r\n"
                + $"Call-ID: {n}\r\nCSeq: 1 OPTIONS\r\nSubject: {new string('x', n % 10 == 0 ? 40_000 : 300)}\r\nContent-Length: 0\r\n\r\n";
            var length = System.Text.Encoding.ASCII.GetBytes(text, sender.Room());
            sender.Send(length, receiver.Bound);
        }

        sender.Flush();
        for (var turn = 0; turn < 200 && peer.Sent.Count < 200; turn++)
        {
            receiver.Socket.Poll(100_000, SelectMode.SelectRead);
            receiver.Receive(peer.World, Side.Called, turn);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(n => n.ToString()), peer.Sent.Select(message => message.Text["Call-ID"]));
        Assert.All(peer.Sent, message => Assert.Equal("127.0.0.1", message.To.EndPoint.Address.ToString()));
        Assert.Equal(0, sender.SendFailures);
        Assert.Equal(0, receiver.KernelDrops);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_cannot_be_sent_is_counted_and_the_rest_goes_on(bool portable)
    {
        using var sender = Open(portable);
        using var receiver = Open(portable);
        foreach (var to in new[] { receiver.Bound, Peer.V4(0xFFFFFFFF, 9), receiver.Bound })
        {
            // A broadcast that nobody allowed is refused at once (EACCES).
            "hello\r\n"u8.CopyTo(sender.Room());
            sender.Send(7, to);
        }

        sender.Flush();
        Assert.Equal(1, sender.SendFailures);
        var peer = new ScriptedPeer(Plans.Of(Profile.Options));
        for (var turn = 0; turn < 10 && peer.Counters.MessagesReceived < 2; turn++)
        {
            receiver.Socket.Poll(100_000, SelectMode.SelectRead);
            receiver.Receive(peer.World, Side.Called, turn);
        }

        Assert.Equal(2, peer.Counters.MessagesReceived);
    }

    private static IUdpPort Open(bool portable)
    {
        if (!portable)
        {
            return UdpSocket.Open(IPAddress.Loopback, 0);
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = 1 << 22 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new PortableUdpPort(socket);
    }
}
