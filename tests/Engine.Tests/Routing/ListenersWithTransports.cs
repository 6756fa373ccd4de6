using System.Net;
using System.Text;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Tests.Parsing;
using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Routing;

/// <summary>Listeners of several transports: one address and port is as many places as it has transports.</summary>
public sealed class ListenersWithTransports
{
    // 0: udp:192.0.2.1:5060   1: tcp:192.0.2.1:5060   2: tls:192.0.2.1:5061   3: tcp:127.0.0.1:5062
    private static readonly ListenAddress[] s_listen =
    [
        new(IPEndPoint.Parse("192.0.2.1:5060")), new(IPEndPoint.Parse("192.0.2.1:5060"), Transport.Tcp),
        new(IPEndPoint.Parse("192.0.2.1:5061"), Transport.Tls), new(IPEndPoint.Parse("127.0.0.1:5062"), Transport.Tcp),
    ];

    private readonly ListenerTable _listeners = new(null);
    private readonly LocalIdentity _identity;

    public ListenersWithTransports()
    {
        foreach (var listen in s_listen)
        {
            _listeners.AddSocket(PeerAddress.From(listen.EndPoint), [], listen.Transport);
        }

        _identity = new LocalIdentity(new SipEngineOptions { Mode = NetworkMode.Lan, Listen = s_listen, Domains = ["home.test"] }, _listeners);
    }

    [Theory]
    [InlineData("sip:192.0.2.1", true)]
    [InlineData("sip:192.0.2.1;transport=TCP", true)]
    [InlineData("sip:192.0.2.1;transport=tls", true)]
    [InlineData("sips:192.0.2.1", true)]
    [InlineData("sips:192.0.2.1;transport=tcp", true)]
    [InlineData("sip:192.0.2.1:5061", false)]
    [InlineData("sip:192.0.2.1:5060;transport=tls", false)]
    [InlineData("sips:192.0.2.1:5060", false)]
    [InlineData("sips:192.0.2.1;transport=udp", false)]
    [InlineData("sip:192.0.2.1;transport=sctp", false)]
    [InlineData("sip:127.0.0.1:5062", false)]
    [InlineData("sip:127.0.0.1:5062;transport=tcp", true)]
    [InlineData("sip:home.test:5062", false)]
    [InlineData("sip:home.test:5062;transport=tcp", true)]
    public void A_Route_is_ours_by_the_transport_that_it_names(string route, bool isOurs)
    {
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes(route), out var uri));
        Assert.Equal(isOurs, _identity.IsOwn(uri));
    }

    [Theory]
    [InlineData("sip:b@192.0.2.1:5061")]
    [InlineData("sip:b@192.0.2.1;transport=sctp")]
    [InlineData("sip:b@home.test:5062;transport=udp")]
    public void A_user_is_ours_whatever_transport_leads_to_us(string user)
    {
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes(user), out var uri));
        Assert.True(_identity.IsResponsibleFor(uri));
    }

    [Theory]
    [InlineData("203.0.113.9", Transport.Udp, 2, 0)]
    [InlineData("203.0.113.9", Transport.Tcp, 0, 1)]
    [InlineData("127.0.0.5", Transport.Tcp, 3, 3)]
    [InlineData("203.0.113.9", Transport.Tcp, 3, 1)]
    [InlineData("203.0.113.9", Transport.Tls, 0, 2)]
    [InlineData("203.0.113.9", Transport.Ws, 0, -1)]
    [InlineData("2001:db8::9", Transport.Tcp, 1, -1)]
    public void A_flow_leaves_by_a_listener_of_its_transport(string host, Transport transport, int preferred, int listener)
    {
        var to = PeerAddress.From(IPAddress.Parse(host), 5060);
        Assert.Equal(listener, new ListenerChoice(_listeners, new SimRoutes()).Facing(to, transport, preferred, nowTick: 0));
    }

    [Fact]
    public void A_token_gives_the_flow_of_a_connection_back_and_of_a_datagram_its_address()
    {
        var caller = new Flow(PeerAddress.FromV4(0xC000_0209, 40_000), Transport.Tls, 2, 0x1234_5678_9ABC_DEF0);
        var callee = new Flow(PeerAddress.From(IPAddress.Parse("2001:db8::9"), 5060), Transport.Udp, 7);
        var mac = new MessageMac(new byte[EngineKeys.RootLength]);
        var invite = Corpus.Parse(Text("INVITE", from: ";tag=a", to: ""), out _);
        var bye = Corpus.Parse(Text("BYE", from: ";tag=b", to: ";tag=a"), out _);
        Assert.True(SipUri.TryParse("sip:a@192.0.2.9"u8, out var target));
        var writer = new SipWriter(new byte[256]);
        FlowToken.Write(ref writer, mac, invite, caller, callee);
        Assert.True(FlowToken.HasShape(writer.Written));
        Assert.True(FlowToken.TryRead(writer.Written, mac, bye, target, 5, out var destination));
        Assert.Equal(caller, destination);

        // What the caller gets leads to who was called.
        var ok = Corpus.Parse(Text("INVITE", from: ";tag=a", to: ";tag=b").Replace("INVITE sip:a@192.0.2.9 SIP/2.0", "SIP/2.0 200 OK"), out _);
        var answered = writer.Written.ToArray();
        Assert.True(FlowToken.TryAnswer(writer.Written, mac, ok, invite, answered));
        Assert.True(FlowToken.TryRead(answered, mac, Corpus.Parse(Text("BYE", from: ";tag=a", to: ";tag=b"), out _), target, 5, out destination));
        Assert.Equal(new Flow(callee.Remote, Transport.Udp, 5), destination);

        // Another connection, though its peer is the same, is not what was signed.
        var other = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(writer.Written).Replace("def0", "def1", StringComparison.OrdinalIgnoreCase));
        Assert.False(writer.Written.SequenceEqual(other));
        Assert.False(FlowToken.TryRead(other, mac, bye, target, 5, out _));

        static string Text(string method, string from, string to) =>
            $"{method} sip:a@192.0.2.9 SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:x@h>{from}\nTo: <sip:y@h>{to}\nCall-ID: call\nCSeq: 1 {method}\nContact: <sip:a@192.0.2.9>\n\n";
    }

    [Fact]
    public void A_transport_that_cannot_be_listened_on_yet_is_refused()
    {
        var error = new SipEngineOptions { Listen = s_listen }.Validate([]);
        Assert.Equal(("Listen", "tcp:192.0.2.1:5060"), (error?.Key, error?.Value));
    }
}
