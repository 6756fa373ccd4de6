using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>A socket that is bound to any address, and the many addresses of 127.0.0.0/8 that lead to it.</summary>
public sealed class LocalAddressTests
{
    [Theory]
    [InlineData(IoPolicy.Auto)]
    [InlineData(IoPolicy.Portable)]
    public async Task Each_datagram_says_which_local_address_it_came_to(IoPolicy io)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has all of 127.0.0.0/8 without being told");
        await using var net = new NetFixture(io, addresses: [IPAddress.Any]);
        net.Start();
        var count = net.Transport.Listeners.Count;
        foreach (var address in (string[])["127.0.0.9", "127.0.0.10", "127.0.0.9"])
        {
            using var peer = Peer(net, address);
            peer.Send("OPTIONS"u8);
            var datagram = net.Sink.Take();
            var listener = net.Transport.Listeners[datagram.Flow.Listener];
            Assert.Equal((IPAddress.Parse(address), net.Transport.Bound[0].Port), (listener.Reached.ToIPAddress(), listener.Reached.Port));
            datagram.Return();
        }

        Assert.Equal(count + 2, net.Transport.Listeners.Count);
    }

    [Fact]
    public async Task Answers_of_one_batch_leave_each_from_the_address_that_was_asked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has all of 127.0.0.0/8 without being told");
        await using var net = new NetFixture(IoPolicy.Auto, addresses: [IPAddress.Any]);
        net.Sink.OnPost = d => net.Batch.Send(d.Flow, d.Span);
        net.Sink.OnDrainEnded = _ => net.Batch.Flush();
        var peers = Enumerable.Range(9, 20).Select(i => Peer(net, $"127.0.0.{i}")).ToList();
        peers.ForEach(static peer => peer.Send("OPTIONS"u8));
        net.Start();

        // A connected socket hears nobody but whom it wrote to.
        Assert.All(peers, static peer => Assert.Equal("OPTIONS"u8, NetFixture.Read(peer)));
        peers.ForEach(static peer => peer.Dispose());
    }

    [Fact]
    public void The_table_of_local_addresses_has_an_end()
    {
        var table = new ListenerTable(null, [PeerAddress.FromV4(0, 5060), PeerAddress.FromV4(0x7F000001, 5061)], []);
        for (uint i = 0; i < 2 * ListenerTable.MaxCount; i++)
        {
            var index = table.IndexOf(0, PeerAddress.FromV4(0x7F010000 + i, 0));
            Assert.Equal(index == 0, i + 2 >= ListenerTable.MaxCount);
            Assert.Equal(index, table.IndexOf(0, PeerAddress.FromV4(0x7F010000 + i, 0)));
        }

        Assert.Equal(ListenerTable.MaxCount, table.Count);
        Assert.Equal(1, table.IndexOf(1, PeerAddress.FromV4(0x7F000002, 0)));
    }

    [Theory]
    [InlineData("127.0.0.77", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public void The_routing_table_knows_the_address_that_faces_a_peer(string peer, string expected)
    {
        using var routes = new RouteLookup();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(routes.TryFind(PeerAddress.From(IPAddress.Parse(peer), 5060), out var local));
            Assert.Equal(IPAddress.Parse(expected), local.ToIPAddress());
            Assert.False(routes.TryFind(PeerAddress.From(IPAddress.Broadcast, 5060), out _));
        }
    }

    private static Socket Peer(NetFixture net, string address)
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)NetFixture.Patience.TotalMilliseconds };
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        peer.Connect(IPAddress.Parse(address), net.Transport.Bound[0].Port);
        return peer;
    }
}
