using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group B of the checklist: Route preprocessing and targets (RFC 3261 §16.4, §16.5, §16.6 steps 2 and 6).</summary>
public class Routing : ConformanceTest
{
    [Fact]
    public void C018_our_Record_Route_in_the_Request_URI_means_a_strict_router_sent_it()
    {
        var (invite, atB, _, ok) = Call();
        var strict = A.Within("INFO", invite, ok).Set("Route", "<sip:127.0.0.3:5060;lr>, <sip:b@127.0.0.3>");
        strict.StartLine = $"INFO {WireText.Uri(atB.All("Record-Route")[0])} SIP/2.0";
        A.Send(strict);
        var info = B.Expect("INFO");
        Assert.Equal("sip:b@127.0.0.3", info.RequestUri);
        Assert.Equal(["<sip:127.0.0.3:5060;lr>"], info.All("Route"));
        B.Reply(info, 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData("sip:b@home.test;maddr=127.0.0.1")]
    [InlineData("sip:b@home.test:5060;transport=udp;maddr=127.0.0.1")]
    public void C019_an_maddr_that_is_us_is_stripped(string uri)
    {
        RegisterB();
        A.Ask("MESSAGE", uri);
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:b@127.0.0.3:5060", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C020_an_maddr_elsewhere_is_the_only_target()
    {
        Register(C, "x", "<sip:x@127.0.0.4:5060>");
        A.Ask("MESSAGE", "sip:x@home.test;maddr=127.0.0.3");
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:x@home.test;maddr=127.0.0.3", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
        C.Silence();
    }

    [Fact]
    public void C021_a_first_Route_that_is_us_is_removed()
    {
        A.Send(A.Request("MESSAGE", "sip:x@far.test").Add("Route", "<sip:127.0.0.1;lr>, <sip:127.0.0.3;lr>"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal(["<sip:127.0.0.3;lr>"], atB.All("Route"));
        Assert.Equal("sip:x@far.test", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §16.4 ¶4: "indicates this proxy", however it is written.</summary>
    [Theory]
    [InlineData("<sip:home.test;lr>")]
    [InlineData("<sip:HOME.test;lr>")]
    [InlineData("<sip:127.0.0.1:5060;lr>")]
    [InlineData("<sip:someone@127.0.0.1;lr;x=1>")]
    [InlineData("\"P, the proxy\" <sip:127.0.0.1;lr>;param=y")]
    [InlineData("<sip:127.0.0.1;LR=on>")]
    [InlineData("<sip:127.0.0.1>")]
    [InlineData("<SIP:127.0.0.1;lr>")]
    public void C022_we_are_recognised_in_a_Route_however_it_is_written(string route)
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Route", route));
        var atB = B.Expect("MESSAGE");
        Assert.Empty(atB.All("Route"));
        Assert.Equal("sip:b@127.0.0.3:5060", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C022_another_port_of_our_address_is_not_us()
    {
        RegisterB();
        var neighbour = Agent("neighbour", "127.0.0.1:5070");
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Route", "<sip:127.0.0.1:5070;lr>"));
        var there = neighbour.Expect("MESSAGE");
        Assert.Equal(["<sip:127.0.0.1:5070;lr>"], there.All("Route"));
        neighbour.Reply(there, 200);
        A.Expect(200);
        B.Silence();
    }

    [Fact]
    public void C023_a_Route_without_lr_is_a_strict_router()
    {
        A.Send(A.Request("MESSAGE", "sip:x@far.test").Add("Route", "<sip:127.0.0.3>"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:127.0.0.3", atB.RequestUri);
        Assert.Equal(["<sip:x@far.test>"], atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §16.6 step 6: the Request-URI goes last, the first Route becomes the Request-URI.</summary>
    [Fact]
    public void C024_a_strict_router_gets_the_rest_of_the_route_in_order()
    {
        A.Send(A.Request("MESSAGE", "sip:x@far.test;p=1")
            .Add("Route", "<sip:127.0.0.1;lr>").Add("Route", "<sip:edge@127.0.0.3;x=y>, <sip:second.test;lr>").Add("Route", "<sip:third.test;lr>"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:edge@127.0.0.3;x=y", atB.RequestUri);
        Assert.Equal(["<sip:second.test;lr>", "<sip:third.test;lr>", "<sip:x@far.test;p=1>"], atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>§16.12.1.2 sends on what lr says, and lr may carry a value ("lr=on", "lr=true" are seen).</summary>
    [Theory]
    [InlineData("<sip:127.0.0.3;lr=on>")]
    [InlineData("<sip:127.0.0.3;x=1;LR>")]
    public void C024_an_lr_with_a_value_or_in_upper_case_is_an_lr(string route)
    {
        A.Send(A.Request("MESSAGE", "sip:x@far.test").Add("Route", route));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:x@far.test", atB.RequestUri);
        Assert.Equal([route], atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C025_a_foreign_domain_is_the_only_target_and_stays_as_it_is()
    {
        Bed.SetHost("far.test", B.Host);
        Register(C, "x", "<sip:x@127.0.0.4:5060>");
        A.Ask("MESSAGE", "sip:x@far.test;foo=bar");
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:x@far.test;foo=bar", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
        B.Silence();
        C.Silence();
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void C026_an_unknown_user_gets_404(string method)
    {
        A.Ask(method, "sip:doesnotexist@home.test");
        A.Expect(404, method);
        A.Silence();
    }

    [Theory]
    [InlineData("sip:%62@home.test;user=phone;xyz=1")]
    [InlineData("sip:b@HOME.TEST")]
    [InlineData("sip:b@home.test:5060")]
    public void C027_the_address_of_record_is_canonical(string uri)
    {
        RegisterB();
        A.Ask("MESSAGE", uri);
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void C027_the_user_part_is_case_sensitive()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:B@home.test");
        A.Expect(404, "MESSAGE");
        B.Silence();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void C028_a_redirect_of_a_foreign_URI_is_not_followed(bool recurse)
    {
        Start(options => options.RecurseRedirects = recurse);
        Bed.SetHost("far.test", B.Host);
        var (invite, atB) = Invite("sip:x@far.test");
        B.Send(B.Answer(atB, 302).Add("Contact", "<sip:c@127.0.0.4:5060>"));
        B.Expect("ACK");
        Assert.Equal("<sip:c@127.0.0.4:5060>", ExpectFinal(invite, 302)["Contact"]);
        C.Silence();
    }

    [Fact]
    public void C029_what_may_not_stand_in_a_Request_URI_is_taken_out()
    {
        Register(B, "b", "<sip:b@127.0.0.3;method=INVITE;keep=1?Route=%3Csip:evil%3E&Subject=x>");
        var (_, atB) = Invite();
        Assert.Equal("sip:b@127.0.0.3;keep=1", atB.RequestUri);
        Assert.False(atB.Has("Subject"));
        Assert.False(atB.Has("Route"));
    }

    [Fact]
    public void C030_a_whole_dialog_passes_in_both_directions()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        var ack = B.Expect("ACK");
        Assert.Equal("sip:b@127.0.0.3:5060", ack.RequestUri);
        Assert.Empty(ack.All("Route"));

        var sentOk = B.Answer(atB, 200);
        var reinvite = B.Send(B.WithinAsCallee("INVITE", atB, sentOk));
        B.Expect(100);
        var atA = A.Expect("INVITE");
        Assert.Equal("sip:a@127.0.0.2:5060", atA.RequestUri);
        Assert.Empty(atA.All("Route"));
        A.Reply(atA, 200);
        var reOk = B.Expect(200, "INVITE");
        B.Send(B.WithinAsCallee("ACK", atB, sentOk).Set("CSeq", reinvite["CSeq"].Split(' ')[0] + " ACK"));
        Assert.Equal(reOk["CSeq"].Split(' ')[0] + " ACK", A.Expect("ACK")["CSeq"]);

        A.Send(A.Within("INFO", invite, ok).Set("CSeq", "2 INFO"));
        B.Reply(B.Expect("INFO"), 200);
        A.Expect(200, "INFO");
        A.Send(A.Within("BYE", invite, ok).Set("CSeq", "3 BYE"));
        var bye = B.Expect("BYE");
        Assert.Equal("sip:b@127.0.0.3:5060", bye.RequestUri);
        Assert.Empty(bye.All("Route"));
        B.Reply(bye, 200);
        A.Expect(200, "BYE");
    }
}
