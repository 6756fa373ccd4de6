using System.Net;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// A proxy that listens on all addresses of a machine with more than one: each peer sees the address that it uses, on the
/// wire and in our Via and Record-Route.
/// </summary>
public sealed class ManyAddresses : ConformanceTest
{
    private const string Left = "192.168.1.5:5060";
    private const string Right = "10.0.0.5:5060";

    private SimRoutes _routes = new("192.168.1.5/24", "10.0.0.5/8");

    private SimUserAgent Near => Agent("near", "192.168.1.10:5060");

    private SimUserAgent Far => Agent("far", "10.0.0.20:5060");

    protected override void Configure(SipEngineOptions options) => options.Listen = [new ListenAddress(IPEndPoint.Parse("0.0.0.0:5060"))];

    private void OnThisMachine(Action<SipEngineOptions>? configure = null)
    {
        TestBeds.Use(options => new SimTestBed(options, routes: _routes));
        Start(configure ?? (static _ => { }));
        TestBeds.Use(null);
    }

    [Theory]
    [InlineData(Left)]
    [InlineData(Right)]
    public void An_answer_leaves_from_the_address_that_was_asked(string address)
    {
        OnThisMachine();
        Near.Send(Near.Request("OPTIONS", $"sip:{address}"), address);
        Assert.Equal(address, Near.Expect(200).From);
    }

    [Fact]
    public void A_call_between_two_networks_shows_each_side_the_address_that_faces_it()
    {
        OnThisMachine();
        Register(Far, "far", Right);
        var invite = Near.Send(Near.Request("INVITE", "sip:far@home.test"), Left);
        Assert.Equal(Left, Near.Expect(100).From);
        var there = Far.Expect("INVITE");
        Assert.Equal((Right, Right), (there.From, WireText.SentBy(there.Vias[0])));

        // RFC 5658 §3: two values, each reachable for one side.
        Assert.Equal([Right, Left], there.All("Record-Route").Select(static value => WireText.HostPort(WireText.Uri(value))));
        var sentOk = Far.Reply(there, 200);
        var ok = Near.Expect(200, "INVITE");
        Assert.Equal(Left, ok.From);
        Near.Send(Near.AckOf(invite, ok), Left);
        var ack = Far.Expect("ACK");
        Assert.Equal((Right, Right), (ack.From, WireText.SentBy(ack.Vias[0])));
        Far.Send(Far.WithinAsCallee("BYE", there, sentOk), Right);
        var bye = Near.Expect("BYE");
        Assert.Equal((Left, Left), (bye.From, WireText.SentBy(bye.Vias[0])));
        Near.Reply(bye, 200);
        Assert.Equal(Right, Far.Expect(200, "BYE").From);
    }

    [Fact]
    public void Within_one_network_there_is_one_Record_Route()
    {
        OnThisMachine();
        var other = Agent("other", "192.168.1.11:5060");
        Register(other, "other", Left);
        Near.Send(Near.Request("INVITE", "sip:other@home.test"), Left);
        Near.Expect(100);
        var there = other.Expect("INVITE");
        Assert.Equal(Left, WireText.HostPort(WireText.Uri(there.All("Record-Route").Single())));
        other.Reply(there, 486);
        other.Expect("ACK");
        Near.Expect(486);
    }

    [Fact]
    public void A_host_that_never_registered_is_faced_by_the_address_of_its_network()
    {
        OnThisMachine();
        Near.Send(Near.Request("MESSAGE", "sip:x@10.0.0.20"), Left);
        var there = Far.Expect("MESSAGE");
        Assert.Equal((Right, Right), (there.From, WireText.SentBy(there.Vias[0])));
        Far.Reply(there, 200);
        Assert.Equal(Left, Near.Expect(200).From);
    }

    [Fact]
    public void A_phone_is_called_from_that_of_two_addresses_on_one_network_that_it_registered_at()
    {
        const string Second = "192.168.1.6:5060";
        _routes = new SimRoutes("192.168.1.5/24", "192.168.1.6/24");
        OnThisMachine();
        Register(Near, "near", Second);
        var other = Agent("other", "192.168.1.11:5060");
        var invite = other.Send(other.Request("INVITE", "sip:near@home.test"), Left);
        other.Expect(100);
        var there = Near.Expect("INVITE");
        Assert.Equal((Second, Second), (there.From, WireText.SentBy(there.Vias[0])));
        Near.Reply(there, 200);
        var ok = other.Expect(200);
        Assert.Equal(Left, ok.From);
        other.Send(other.AckOf(invite, ok), Left);
        Assert.Equal(Second, Near.Expect("ACK").From);
    }

    [Fact]
    public void Listeners_on_two_addresses_face_their_own_networks()
    {
        OnThisMachine(static options => options.Listen = [new ListenAddress(IPEndPoint.Parse(Left)), new ListenAddress(IPEndPoint.Parse(Right))]);
        Near.Send(Near.Request("MESSAGE", "sip:x@10.0.0.20"), Left);
        var there = Far.Expect("MESSAGE");
        Assert.Equal((Right, Right), (there.From, WireText.SentBy(there.Vias[0])));
        Far.Reply(there, 200);
        Near.Expect(200);
    }

    [Fact]
    public void Link_local_phones_call_each_other_though_no_URI_says_on_which_interface()
    {
        const string Here = "[fe80::1%3]:5060";
        _routes = new SimRoutes("2001:db8::1/64", "fe80::1%3/64");
        OnThisMachine(static options => options.Listen = [new ListenAddress(IPEndPoint.Parse("[::]:5060"))]);
        var one = Agent("one", "[fe80::10%3]:5060", "[fe80::10]:5060");
        var two = Agent("two", "[fe80::20%3]:5060", "[fe80::20]:5060");
        Register(two, "two", Here);
        var invite = one.Send(one.Request("INVITE", "sip:two@home.test"), Here);
        one.Expect(100);
        var there = two.Expect("INVITE");
        Assert.Equal("[fe80::1]:5060", WireText.SentBy(there.Vias[0]));
        Assert.Equal("[fe80::1]:5060", WireText.HostPort(WireText.Uri(there.All("Record-Route").Single())));
        var sentOk = two.Reply(there, 200);
        var ok = one.Expect(200);
        one.Send(one.AckOf(invite, ok), Here);
        two.Expect("ACK");
        two.Send(two.WithinAsCallee("BYE", there, sentOk), Here);
        one.Reply(one.Expect("BYE"), 200);
        two.Expect(200, "BYE");
    }

    [Theory]
    [InlineData("sip:192.168.1.5")]
    [InlineData("sip:10.0.0.5:5060")]
    [InlineData("sip:127.0.0.9:5060")]
    public void A_domain_that_is_any_address_of_ours_is_served(string domain)
    {
        OnThisMachine();
        Near.Send(RegisterRequest(Near, "near", Near.Contact).Set("To", $"<sip:near@{domain[4..]}>").WithStartLine($"REGISTER {domain} SIP/2.0"), Left);
        Near.Expect(200, "REGISTER");
    }

    [Fact]
    public void The_routing_table_is_asked_once_for_a_peer_and_again_after_seconds()
    {
        OnThisMachine();
        for (var i = 0; i < 5; i++)
        {
            Near.Send(Near.Request("MESSAGE", "sip:x@10.0.0.20"), Left);
            Far.Reply(Far.Expect("MESSAGE"), 200);
            Near.Expect(200);
        }

        Assert.Equal(1, _routes.Questions);

        // The network has changed: the second address is gone and the first leads there.
        Bed.Pass(6000);
        _routes.Add("192.168.1.5/0");
        Near.Send(Near.Request("MESSAGE", "sip:x@10.0.0.20"), Left);
        var there = Far.Expect("MESSAGE");
        Assert.Equal((Left, Left), (there.From, WireText.SentBy(there.Vias[0])));
        Far.Reply(there, 200);
        Near.Expect(200);
    }

    private void Register(SimUserAgent phone, string user, string at)
    {
        phone.Send(RegisterRequest(phone, user, phone.Contact), at);
        phone.Expect(200, "REGISTER");
    }
}
