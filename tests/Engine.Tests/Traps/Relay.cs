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

    /// <summary>A dialog has no longest life (RFC 3261 §12), so neither has what our Record-Route grants.</summary>
    [Fact]
    public void A_call_that_was_up_for_days_is_hung_up_by_a_stranger()
    {
        Register(Near, "near", Near.Contact);
        var (invite, there) = Call(Stranger, Near, "sip:near@home.test");
        Bed.Pass(5 * 86_400_000L);
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

    /// <summary>
    /// A stranger that only rang has a Route of ours and knows both tags. What he may send with it goes to the phone
    /// that rang and nowhere else, while it rings and afterwards.
    /// </summary>
    [Theory]
    [InlineData("INVITE", false)]
    [InlineData("MESSAGE", false)]
    [InlineData("INVITE", true)]
    [InlineData("MESSAGE", true)]
    public void A_stranger_that_rang_and_cancelled_reaches_nobody_else(string method, bool withToTag)
    {
        Register(Near, "near", Near.Contact);
        var (invite, there, ringing) = Ring(Stranger, Near, "sip:near@home.test");
        Stranger.Cancel(invite);
        Stranger.Expect(200, "CANCEL");
        Near.Reply(Near.Expect("CANCEL"), 200);
        Near.Reply(there, 487);
        Near.Expect("ACK");
        Stranger.AckNon2xx(invite, Stranger.Expect(487, "INVITE"));

        var abuse = Stranger.Within(method, invite, ringing).Set("To", withToTag ? ringing["To"] : "<sip:x@198.51.100.9>");
        abuse.StartLine = $"{method} sip:x@198.51.100.9 SIP/2.0";
        Stranger.Send(abuse);
        Stranger.Expect(403, method);
        Elsewhere.Silence();
    }

    [Theory]
    [InlineData("sip:x@198.51.100.9")]
    [InlineData("sip:near@198.51.100.9")]
    [InlineData("sip:near@192.168.1.10:5060;maddr=198.51.100.9")]
    [InlineData("sip:other@192.168.1.10:5060")]
    public void While_it_rings_a_stranger_reaches_only_what_its_Contact_names(string target)
    {
        Register(Near, "near", Near.Contact);
        var (invite, there, ringing) = Ring(Stranger, Near, "sip:near@home.test");
        Stranger.Send(Stranger.Within("PRACK", invite, ringing));
        Near.Reply(Near.Expect("PRACK"), 200);
        Stranger.Expect(200, "PRACK");
        Stranger.Send(Stranger.Within("UPDATE", invite, ringing).Set("CSeq", "3 UPDATE"));
        Near.Reply(Near.Expect("UPDATE"), 200);
        Stranger.Expect(200, "UPDATE");

        var abuse = Stranger.Within("MESSAGE", invite, ringing).Set("CSeq", "4 MESSAGE");
        abuse.StartLine = $"MESSAGE {target} SIP/2.0";
        Stranger.Send(abuse);
        Stranger.Expect(403, "MESSAGE");
        Near.Silence();
        Elsewhere.Silence();
        Near.Reply(there, 486);
        Near.Expect("ACK");
        Stranger.AckNon2xx(invite, Stranger.Expect(486, "INVITE"));
    }

    /// <summary>RFC 3261 §13.2.2.4 lets the 2xx replace the route set of the 180; a phone that keeps the old one hangs up all the same.</summary>
    [Fact]
    public void A_stranger_that_keeps_the_Route_of_the_180_hangs_up()
    {
        Register(Near, "near", Near.Contact);
        var (invite, there, ringing) = Ring(Stranger, Near, "sip:near@home.test");
        Near.Reply(there, 200);
        Stranger.Expect(200, "INVITE");
        Stranger.Ack(invite, ringing);
        Near.Expect("ACK");
        Stranger.Send(Stranger.Within("BYE", invite, ringing));
        Near.Reply(Near.Expect("BYE"), 200);
        Stranger.Expect(200, "BYE");
    }

    [Theory]
    [InlineData("From", "<sip:stranger@home.test>;tag=another")]
    [InlineData("To", "<sip:near@home.test>;tag=another")]
    [InlineData("To", "<sip:near@home.test>")]
    public void A_Route_that_we_made_is_good_with_both_tags_of_its_dialog_only(string header, string value)
    {
        Register(Near, "near", Near.Contact);
        var (invite, there) = Call(Stranger, Near, "sip:near@home.test");
        var abuse = Stranger.Within("MESSAGE", invite, there.Ok).Set(header, value);
        abuse.StartLine = "MESSAGE sip:x@198.51.100.9 SIP/2.0";
        Stranger.Send(abuse);
        Stranger.Expect(403, "MESSAGE");
        Elsewhere.Silence();
    }

    /// <summary>Each side has a Route of its own: it leads to the other one, so who writes the tags the other way round has none.</summary>
    [Fact]
    public void A_Route_that_we_made_is_good_for_the_side_that_it_was_made_for()
    {
        Register(Near, "near", Near.Contact);
        var (invite, there) = Call(Stranger, Near, "sip:near@home.test");
        var abuse = Stranger.Within("MESSAGE", invite, there.Ok).Set("From", there.Ok["To"]).Set("To", invite["From"]);
        abuse.StartLine = "MESSAGE sip:x@198.51.100.9 SIP/2.0";
        Stranger.Send(abuse);
        Stranger.Expect(403, "MESSAGE");
        Elsewhere.Silence();
    }

    /// <summary>A phone that copies Record-Route into every response tells a stranger nothing by it.</summary>
    [Theory]
    [InlineData(404)]
    [InlineData(486)]
    public void A_refusal_gives_no_right(int status)
    {
        Register(Near, "near", Near.Contact);
        var invite = Stranger.Ask("INVITE", "sip:near@home.test");
        Stranger.Expect(100);
        var there = Near.Expect("INVITE");
        Near.Send(Near.Answer(there, status).Add("Record-Route", there["Record-Route"]));
        Near.Expect("ACK");
        var refusal = Stranger.Expect(status, "INVITE");
        Stranger.AckNon2xx(invite, refusal);
        Stranger.Send(Stranger.Request("MESSAGE", "sip:x@198.51.100.9").Set("Call-ID", invite["Call-ID"])
            .Set("From", "<sip:a@b>;tag=made-up").Set("To", invite["From"]).Add("Route", refusal["Record-Route"]));
        Stranger.Expect(403, "MESSAGE");
        Stranger.Send(Stranger.Request("MESSAGE", "sip:x@198.51.100.9").Set("Call-ID", invite["Call-ID"])
            .Set("From", invite["From"]).Set("To", refusal["To"]).Add("Route", refusal["Record-Route"]));
        Stranger.Expect(403, "MESSAGE");
        Elsewhere.Silence();
    }

    /// <summary>Many phones answer a NOTIFY that nobody asked for with 200: that is no dialog to relay in.</summary>
    [Fact]
    public void A_subscription_gives_the_right_to_its_own_phone_only()
    {
        Register(Near, "near", Near.Contact);
        var subscribe = Stranger.Ask("SUBSCRIBE", "sip:near@home.test");
        var there = Near.Expect("SUBSCRIBE");
        var sentOk = Near.Reply(there, 200);
        var ok = Stranger.Expect(200, "SUBSCRIBE");
        Near.Send(Near.WithinAsCallee("NOTIFY", there, sentOk));
        var notify = Stranger.Expect("NOTIFY");
        Stranger.Reply(notify, 200);
        Near.Expect(200, "NOTIFY");
        Stranger.Send(Stranger.Within("SUBSCRIBE", subscribe, ok));
        Near.Reply(Near.Expect("SUBSCRIBE"), 200);
        Stranger.Expect(200, "SUBSCRIBE");

        foreach (var routes in (List<string>[])[ok.All("Record-Route"), notify.All("Record-Route")])
        {
            var abuse = Stranger.Within("MESSAGE", subscribe, ok).Set("Route", string.Join(", ", routes)).Set("Via", Stranger.NewVia());
            abuse.StartLine = "MESSAGE sip:x@198.51.100.9 SIP/2.0";
            Stranger.Send(abuse);
            Stranger.Expect(403, "MESSAGE");
        }

        Elsewhere.Silence();
    }

    /// <summary>A response goes on without a transaction only when its Via proves that its request went through us.</summary>
    [Theory]
    [InlineData("Call-ID", "another-call")]
    [InlineData("CSeq", "2 CANCEL")]
    [InlineData("From", "<sip:near@home.test>;tag=another")]
    [InlineData("branch", "")]
    public void A_response_with_a_Via_that_is_not_quite_ours_goes_nowhere(string what, string value)
    {
        var cancel = Near.Send(Near.Request("CANCEL", "sip:x@198.51.100.9").Set("CSeq", "1 CANCEL"));
        var there = Elsewhere.Expect("CANCEL");
        Elsewhere.Reply(there, 200);
        Assert.Equal(cancel["Call-ID"], Near.Expect(200, "CANCEL")["Call-ID"]);

        var forged = Elsewhere.Answer(there, 200);
        if (what == "branch")
        {
            var lastDigit = there.Branch[^1] == '0' ? '1' : '0';
            Elsewhere.Send(forged.ToString().Replace(there.Branch, there.Branch[..^1] + lastDigit, StringComparison.Ordinal), there.From);
        }
        else
        {
            Elsewhere.Send(forged.Set(what, value), there.From);
        }

        Near.Silence();
    }

    private static (WireMessage Invite, WireMessage There, WireMessage Ringing) Ring(SimUserAgent from, SimUserAgent to, string uri)
    {
        var invite = from.Ask("INVITE", uri);
        from.Expect(100);
        var there = to.Expect("INVITE");
        to.Reply(there, 180);
        return (invite, there, from.Expect(180, "INVITE"));
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
