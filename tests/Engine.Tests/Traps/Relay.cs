using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// No open relay: outside loopback mode a stranger reaches our users, and foreign domains only within a dialog that
/// we let through.
/// </summary>
public sealed class Relay : ConformanceTest
{
    private SimUserAgent Near => Agent("near", "192.168.1.10:5060");

    private SimUserAgent Stranger => Agent("stranger", "203.0.113.7:5060");

    private SimUserAgent Elsewhere => Agent("elsewhere", "198.51.100.9:5060");

    protected override void Configure(SipEngineOptions options) =>
        options.Listen = [new ListenAddress(IPEndPoint.Parse("192.168.1.5:5060"))];

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("REGISTER")]
    public void A_stranger_is_not_passed_on_to_a_foreign_domain(string method)
    {
        Bed.SetHost("far.test", Elsewhere.Host);
        Stranger.Ask(method, "sip:x@far.test");
        Stranger.Expect(403, method);
        Elsewhere.Silence();
    }

    [Fact]
    public void With_the_relay_option_he_is()
    {
        Start(static options => options.Relay = true);
        Bed.SetHost("far.test", Elsewhere.Host);
        Stranger.Ask("MESSAGE", "sip:x@far.test");
        Elsewhere.Reply(Elsewhere.Expect("MESSAGE"), 200);
        Stranger.Expect(200);
    }

    [Fact]
    public void A_neighbour_reaches_a_foreign_domain()
    {
        Bed.SetHost("far.test", Elsewhere.Host);
        Near.Ask("MESSAGE", "sip:x@far.test");
        Elsewhere.Reply(Elsewhere.Expect("MESSAGE"), 200);
        Near.Expect(200);
    }

    [Fact]
    public void A_stranger_calls_our_user_and_hangs_up()
    {
        Register(Near, "near", Near.Contact);
        var (invite, there) = Call(Stranger, Near, "sip:near@home.test");
        Stranger.Send(Stranger.Within("BYE", invite, there.Ok));
        Near.Reply(Near.Expect("BYE"), 200);
        Stranger.Expect(200, "BYE");
    }

    [Fact]
    public void A_foreign_callee_hangs_up()
    {
        Bed.SetHost("far.test", Elsewhere.Host);
        var (_, there) = Call(Near, Elsewhere, "sip:x@far.test");
        Elsewhere.Send(Elsewhere.WithinAsCallee("BYE", there.Invite, there.SentOk));
        Near.Reply(Near.Expect("BYE"), 200);
        Elsewhere.Expect(200, "BYE");
    }

    [Theory]
    [InlineData("<sip:192.168.1.5;lr>")]
    [InlineData("<sip:0123456789abcdef@192.168.1.5:5060;lr>")]
    [InlineData("<sip:home.test;lr>")]
    public void A_Route_through_us_that_we_did_not_make_opens_nothing(string route)
    {
        Bed.SetHost("far.test", Elsewhere.Host);
        Stranger.Send(Stranger.Request("MESSAGE", "sip:x@far.test").Add("Route", route));
        Stranger.Expect(403);
        Elsewhere.Silence();
    }

    [Fact]
    public void A_Route_that_we_made_opens_its_own_dialog_only()
    {
        Register(Near, "near", Near.Contact);
        var (invite, there) = Call(Stranger, Near, "sip:near@home.test");
        var abuse = Stranger.Within("INVITE", invite, there.Ok).Set("Call-ID", "another-call");
        abuse.StartLine = "INVITE sip:x@198.51.100.9 SIP/2.0";
        Stranger.Send(abuse);
        Stranger.Expect(403);
        Elsewhere.Silence();
    }

    /// <summary>Our user in the Request-URI and somebody else's host in the Route is a foreign destination all the same.</summary>
    [Fact]
    public void A_Route_to_a_foreign_host_is_no_way_round()
    {
        Register(Near, "near", Near.Contact);
        Stranger.Send(Stranger.Request("MESSAGE", "sip:near@home.test").Add("Route", "<sip:198.51.100.9;lr>"));
        Stranger.Expect(403);
        Elsewhere.Silence();
    }

    [Fact]
    public void An_ACK_of_a_stranger_to_a_foreign_domain_is_dropped()
    {
        Bed.SetHost("far.test", Elsewhere.Host);
        Stranger.Send(Stranger.Request("ACK", "sip:x@far.test").Set("To", "<sip:x@far.test>;tag=1"));
        Stranger.Send(Stranger.Request("ACK", "sip:x@198.51.100.9").Set("To", "<sip:x@far.test>;tag=1"));
        Elsewhere.Silence();
        Stranger.Silence(1);
    }

    private static (WireMessage Invite, (WireMessage Invite, WireMessage SentOk, WireMessage Ok) There) Call(SimUserAgent from, SimUserAgent to, string uri)
    {
        var invite = from.Ask("INVITE", uri);
        from.Expect(100);
        var there = to.Expect("INVITE");
        var sentOk = to.Reply(there, 200);
        var ok = from.Expect(200, "INVITE");
        from.Ack(invite, ok);
        to.Expect("ACK");
        return (invite, (there, sentOk, ok));
    }
}
