using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group B of the checklist, part 2: finer points of Route preprocessing and targets.</summary>
public sealed class RoutingFiner : ConformanceTest
{
    /// <summary>RFC 3261 §16.4 ¶1: the last Route value becomes the Request-URI, "as if it received this".</summary>
    [Fact]
    public void C126_the_only_Route_value_becomes_the_Request_URI()
    {
        SendAsStrictRouter("<sip:b@127.0.0.3:5060>");
        var info = B.Expect("INFO");
        Assert.Equal("sip:b@127.0.0.3:5060", info.RequestUri);
        Assert.Empty(info.All("Route"));
        B.Reply(info, 200);
        A.Expect(200);
    }

    [Fact]
    public void C126_after_that_the_address_of_record_is_looked_up_as_usual()
    {
        SendAsStrictRouter("<sip:b@home.test>");
        B.Reply(B.Expect("INFO"), 200);
        A.Expect(200);
    }

    [Fact]
    public void C126_our_Record_Route_without_a_Route_is_a_request_to_us()
    {
        SendAsStrictRouter(null);
        Assert.InRange(A.Next().Status, 200, 599);
        B.Silence();
    }

    /// <summary>RFC 3261 §16.4 ¶2: domains count as well as addresses, and a foreign domain is then forwarded without maddr.</summary>
    [Theory]
    [InlineData("sip:b@home.test;maddr=home.test", "sip:b@127.0.0.3:5060")]
    [InlineData("sip:x@far.test;maddr=127.0.0.1", "sip:x@far.test")]
    [InlineData("sip:x@far.test:5060;maddr=127.0.0.1;transport=udp;q=1", null)]
    public void C127_an_maddr_of_ours_is_as_if_it_were_not_there(string uri, string? expected)
    {
        RegisterB();
        Bed.SetHost("far.test", B.Host);
        A.Ask("MESSAGE", uri);
        var atB = B.Expect("MESSAGE");
        Assert.Null(WireText.UriParam(atB.RequestUri, "maddr"));
        Assert.Equal(expected ?? atB.RequestUri, atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C127_an_maddr_of_ours_with_another_port_is_sent_there()
    {
        RegisterB();
        var neighbour = Agent("neighbour", "127.0.0.1:5070");
        A.Ask("MESSAGE", "sip:b@home.test:5070;maddr=127.0.0.1");
        var there = neighbour.Expect("MESSAGE");
        Assert.Equal("sip:b@home.test:5070;maddr=127.0.0.1", there.RequestUri);
        neighbour.Reply(there, 200);
        A.Expect(200);
        B.Silence();
    }

    [Fact]
    public void C128_the_Route_decides_where_and_the_Request_URI_stays()
    {
        A.Send(A.Request("MESSAGE", "sip:c@127.0.0.4:5060").Add("Route", "<sip:127.0.0.3;lr>"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:c@127.0.0.4:5060", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
        C.Silence();
    }

    [Fact]
    public void C129_a_user_without_bindings_gets_480()
    {
        RegisterB();
        Register(B, "b", "<sip:b@127.0.0.3:5060>;expires=0");
        A.Ask("MESSAGE", "sip:b@home.test");
        A.Expect(480, "MESSAGE");
        B.Silence();
    }

    /// <summary>RFC 3261 §16.5: a target is in the set once, by the equality of its URI type; a redirect adds no second one.</summary>
    [Fact]
    public void C130_a_target_is_tried_once()
    {
        Start(static options => options.RecurseRedirects = true);
        RegisterSeq();
        var (invite, atB) = Invite("sip:seq@home.test");
        B.Send(B.Answer(atB, 302).Add("Contact", "<sip:b@127.0.0.3:5060>, <sip:%63@127.0.0.4:5060>, <sip:d@127.0.0.5:5060>"));
        B.Expect("ACK");

        // Which of the two comes first is not the RFC's to say.
        var second = D.Endpoint.Take(100) is { } arrival ? (Agent: D, Request: WireMessage.Read(arrival)) : (Agent: C, Request: C.Expect("INVITE"));
        second.Agent.Reply(second.Request, 404);
        second.Agent.Expect("ACK");
        var third = second.Agent == C ? D : C;
        third.Reply(third.Expect("INVITE"), 404);
        third.Expect("ACK");

        ExpectFinal(invite, 404);
        Assert.Single(B.Log, static m => m.StartLine.StartsWith("INVITE", StringComparison.Ordinal));
        Assert.Single(C.Log, static m => m.StartLine.StartsWith("INVITE", StringComparison.Ordinal));
    }

    /// <summary>§16.5: no targets are added when the Request-URI is not ours, and a known target set is not looked up again.</summary>
    [Fact]
    public void C130_an_IP_literal_target_needs_no_registration()
    {
        A.Ask("MESSAGE", "sip:whoever@127.0.0.3");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void C131_other_parameters_of_a_binding_stay_in_the_Request_URI()
    {
        Register(B, "b", "<sip:b@127.0.0.3;ob;x-unknown=1>");
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:b@127.0.0.3;ob;x-unknown=1", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §16.6 step 7, §26.2.2: a SIPS target goes over TLS or not at all.</summary>
    [Theory]
    [InlineData("sips:x@127.0.0.3", null)]
    [InlineData("sips:x@far.test", "<sip:127.0.0.3;lr>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3;lr>")]
    public void C132_a_SIPS_target_is_never_sent_over_UDP(string uri, string? route)
    {
        Bed.SetHost("far.test", B.Host);
        var request = A.Request("MESSAGE", uri);
        if (route is not null)
        {
            request.Add("Route", route);
        }

        A.Send(request);
        Assert.InRange(A.Next().Status, 400, 599);
        B.Silence();
    }

    [Fact]
    public void C134_targets_are_tried_in_the_order_of_their_q()
    {
        RegisterSeq();
        var (invite, atB) = Invite("sip:seq@home.test");
        C.Silence(300);
        B.Reply(atB, 404);
        B.Expect("ACK");
        var atC = C.Expect("INVITE");
        Assert.Equal("sip:c@127.0.0.4:5060", atC.RequestUri);
        C.Reply(atC, 486);
        C.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[404, 486]);
        A.AckNon2xx(invite, final);
        A.Silence();
    }

    /// <summary>A request of a call with our Record-Route in its Request-URI, as a strict router sends it on.</summary>
    private void SendAsStrictRouter(string? route)
    {
        var (invite, atB, _, ok) = Call();
        var info = A.Within("INFO", invite, ok).Remove("Route");
        info.StartLine = $"INFO {WireText.Uri(atB.All("Record-Route")[0])} SIP/2.0";
        if (route is not null)
        {
            info.Add("Route", route);
        }

        A.Send(info);
    }
}
