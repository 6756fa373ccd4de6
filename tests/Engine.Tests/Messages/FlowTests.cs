using System.Runtime.CompilerServices;
using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Messages;

public sealed class FlowTests
{
    private static readonly PeerAddress s_peer = PeerAddress.FromV6([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 5061, scope: 7);

    [Fact]
    public void A_flow_has_32_octets() => Assert.Equal(32, Unsafe.SizeOf<Flow>());

    [Theory]
    [InlineData(Transport.Udp, 0, 0)]
    [InlineData(Transport.Wss, Flow.MaxListeners - 1, long.MaxValue)]
    [InlineData(Transport.Tls, 64, 1)]
    public void A_flow_has_what_it_was_made_of(Transport transport, int listener, long connection)
    {
        var flow = new Flow(s_peer, transport, listener, connection);
        Assert.Equal((s_peer, transport, listener, connection), (flow.Remote, flow.Transport, flow.Listener, flow.Connection));
        Assert.Equal(transport != Transport.Udp, flow.IsReliable);
        Assert.Equal(new Flow(s_peer, transport, listener, connection), flow);
        Assert.Equal(new Flow(s_peer, transport, listener, connection).GetHashCode(), flow.GetHashCode());
    }

    [Fact]
    public void Flows_differ_by_each_of_their_parts()
    {
        var flow = new Flow(s_peer, Transport.Tcp, 1, 9);
        Flow[] others =
        [
            new(s_peer.WithPort(5062), Transport.Tcp, 1, 9), new(s_peer, Transport.Tls, 1, 9), new(s_peer, Transport.Tcp, 2, 9), new(s_peer, Transport.Tcp, 1, 8),
        ];
        Assert.All(others, other => Assert.True(flow != other));

        // Which listener it was does not make another peer; anything else does.
        Assert.Equal([false, false, true, false], others.Select(other => flow.SamePeer(other)));
    }

    [Fact]
    public void Another_address_is_not_reached_by_the_same_connection()
    {
        var other = new Flow(s_peer, Transport.Tcp, 3, 9).To(s_peer.WithPort(40_000));
        Assert.Equal(new Flow(s_peer.WithPort(40_000), Transport.Tcp, 3), other);
    }

    [Theory]
    [InlineData("udp", Transport.Udp, 5060, false)]
    [InlineData("TCP", Transport.Tcp, 5060, false)]
    [InlineData("Tls", Transport.Tls, 5061, true)]
    [InlineData("ws", Transport.Ws, 80, false)]
    [InlineData("WSS", Transport.Wss, 443, true)]
    public void A_transport_is_known_by_its_token(string token, Transport transport, int port, bool isSecure)
    {
        Assert.True(Transports.TryParse(Encoding.ASCII.GetBytes(token), out var parsed));
        Assert.Equal((transport, port, isSecure), (parsed, parsed.DefaultPort(), parsed.IsSecure()));
        Assert.Equal(token.ToUpperInvariant(), Encoding.ASCII.GetString(parsed.ViaToken()));
    }

    [Theory]
    [InlineData("SCTP")]
    [InlineData("UD")]
    [InlineData("")]
    public void Another_token_is_no_transport_of_ours(string token) =>
        Assert.False(Transports.TryParse(Encoding.ASCII.GetBytes(token), out _));

    [Fact]
    public void A_list_gives_its_addresses_in_order_and_the_port_to_those_that_have_none()
    {
        PeerAddress[] addresses = [s_peer.WithPort(0), s_peer.WithPort(6000)];
        var list = new HopList(addresses, 5070);
        Assert.Equal([s_peer.WithPort(5070), s_peer.WithPort(6000)], Enumerable.Range(0, list.Count).Select(i => list[i]));
        var one = new HopList([s_peer.WithPort(0)], 5070);
        Assert.Equal((1, s_peer.WithPort(5070)), (one.Count, one[0]));
        Assert.Equal(0, default(HopList).Count);
    }
}
