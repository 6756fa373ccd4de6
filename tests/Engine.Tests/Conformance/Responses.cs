using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group D of the checklist: responses on their way back (RFC 3261 §16.7, §17.1.3, §18.1.2).</summary>
public sealed class Responses : ConformanceTest
{
    [Fact]
    public void C041_the_100_of_the_next_hop_stays_there()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 100);
        B.Reply(atB, 100);
        A.Silence();
    }

    [Fact]
    public void C042_provisional_responses_pass_at_once_and_in_order()
    {
        RegisterB();
        var (_, atB) = Invite();
        foreach (var status in (int[])[180, 183, 199, 180])
        {
            var sent = B.Send(B.Answer(atB, status).Set("To", atB["To"] + $";tag=t{status}"), null);
            var seen = A.Expect(status, "INVITE", 50);
            Assert.Equal(sent["To"], seen["To"]);
        }
    }

    /// <summary>RFC 3261 §16.7 step 8: what we put into Record-Route we may rewrite, and do for who called; its URI stays as it was.</summary>
    [Fact]
    public void C043_only_our_Via_is_taken_off_a_response()
    {
        RegisterB();
        var invite = A.Request("INVITE", "sip:b@home.test");
        invite.Set("Via", invite.Vias[0] + ";rport").Add("Via", "SIP/2.0/TCP below.test;branch=z9hG4bKx;received=192.0.2.7;rport=9");
        var (_, atB) = Invite(invite);
        var sent = B.Send(B.Answer(atB, 200, "Fine \u00C3\u00BC").Add("X-Unknown", "1, 2").Add("X-Unknown", "3").Add("Server", "").With("v=0\r\n"));
        var seen = A.Expect(200, "INVITE");
        Assert.Equal(sent.StartLine, seen.StartLine);
        Assert.Equal(sent.Vias[1..], seen.Vias);
        Assert.Equal(sent.Body, seen.Body);
        Assert.All(sent.Names.Where(static n => n is not ("Via" or "Record-Route")).Distinct(), name => Assert.Equal(sent.Lines(name), seen.Lines(name)));
        Assert.Equal(sent.All("Record-Route").Select(OwnHost), seen.All("Record-Route").Select(OwnHost));

        static string OwnHost(string route) => WireText.HostPort(WireText.Uri(route));
    }

    [Fact]
    public void C044_no_tag_is_added_to_a_response_of_others()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Send(B.Answer(atB, 180).Set("To", atB["To"]));
        Assert.Null(A.Expect(180).ToTag);
        B.Send(B.Answer(atB, 200).Set("To", atB["To"] + ";tag=Only-One"));
        Assert.Equal("Only-One", A.Expect(200).ToTag);
    }

    /// <summary>RFC 3261 §16.7 step 3: without a Via below ours the response was meant for us; it is not forwarded.</summary>
    [Fact]
    public void C045_a_response_with_our_Via_only_is_not_forwarded()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Send(B.Answer(atB, 180).Set("Via", atB.Vias[0]));
        A.Silence();
    }

    [Fact]
    public void C045_nor_is_such_a_final_response()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        B.Send(B.Answer(atB, 200).Set("Via", atB.Vias[0]));

        // The transaction has ended by it (§17.1.3), so its sender learns that nothing better will come.
        A.Expect(502);
        A.Silence(3000);
        B.Silence(0);
    }

    [Theory]
    [InlineData("10.9.9.9:5060")]
    [InlineData("127.0.0.1:5061")]
    [InlineData("127.0.0.2:5060")]
    public void C046_a_response_whose_top_Via_is_not_ours_is_dropped(string sentBy)
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Send(B.Answer(atB, 180).Set("Via", $"SIP/2.0/UDP {sentBy};branch={atB.Branch}").Add("Via", atB.Vias[1]));
        A.Silence(300);
        B.Reply(atB, 183);
        A.Expect(183);
    }

    /// <summary>RFC 6026 §6, §7.3: a response that matches no client transaction MUST NOT be forwarded.</summary>
    [Theory]
    [InlineData(180)]
    [InlineData(200)]
    [InlineData(486)]
    public void C047_a_stray_response_is_not_forwarded(int status)
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        B.Send(B.Answer(atB, status).Set("Via", atB.Vias[0] + "x").Add("Via", atB.Vias[1]));
        A.Silence();
        B.Silence();
    }

    [Fact]
    public void C048_a_lone_503_becomes_500()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Send(B.Answer(atB, 503).Add("Retry-After", "60"));
        B.Expect("ACK");
        ExpectFinal(invite, 500);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void C049_one_final_response_to_a_non_INVITE(int second)
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        B.Reply(atB, 200);
        B.Reply(atB, second);
        A.Expect(200);
        A.Silence();
    }

    /// <summary>RFC 3261 §17.1.3: branch and CSeq method together name the client transaction.</summary>
    [Theory]
    [InlineData("1 OPTIONS")]
    [InlineData("1 CANCEL")]
    [InlineData("1 ACK")]
    public void C138_a_response_of_another_method_does_not_match(string cseq)
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        B.Send(B.Answer(atB, 200).Set("CSeq", cseq));
        A.Silence();
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>RFC 3261 §7.3.1: a parameter value that is a token compares without case.</summary>
    [Fact]
    public void C138_a_branch_matches_in_any_case()
    {
        RegisterB();
        var (_, atB) = Invite();
        var via = atB.Vias[0].Replace(atB.Branch, "Z9HG4BK" + atB.Branch[7..].ToUpperInvariant(), StringComparison.Ordinal);
        B.Send(B.Answer(atB, 180).Set("Via", via).Add("Via", atB.Vias[1]));
        A.Expect(180, "INVITE");
    }

    [Theory]
    [InlineData(188, "Almost there")]
    [InlineData(299, "\u00D0\u009E\u00D0\u009A")]
    [InlineData(399, "")]
    [InlineData(499, "a  b\tc ")]
    [InlineData(599, "100% \"odd\" <reason>")]
    [InlineData(699, "No")]
    public void C139_any_status_and_phrase_passes_byte_for_byte(int status, string reason)
    {
        RegisterB();
        var (invite, atB) = Invite();
        var sent = B.Reply(atB, status, reason);
        var seen = A.Expect(status, "INVITE");
        Assert.Equal(sent.StartLine, seen.StartLine);
        if (status >= 300)
        {
            A.AckNon2xx(invite, seen);
        }
    }

    [Fact]
    public void C140_a_second_final_of_a_branch_is_acknowledged_and_kept()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        ExpectFinal(invite, 486);
        B.Reply(atB, 404);
        B.Expect("ACK");
        B.Reply(atB, 486);
        B.Expect("ACK");
        B.Reply(atB, 180);
        A.Silence();
        B.Silence();
    }

    /// <summary>RFC 3261 §7.1, §7.2: what is no status line of this version ends nothing; the INVITE is sent on.</summary>
    [Theory]
    [InlineData("SIP/3.0 200 OK")]
    [InlineData("SIP/2.0 099 Low")]
    [InlineData("SIP/2.0 700 High")]
    [InlineData("SIP/2.0 4294967301 Wraps")]
    [InlineData("SIP/2.0 20 OK")]
    [InlineData("SIP/2.0 -200 OK")]
    public void C141_an_impossible_status_line_is_dropped(string statusLine)
    {
        RegisterB();
        var (_, atB) = Invite();
        var bad = B.Answer(atB, 200);
        bad.StartLine = statusLine;
        B.Send(bad);
        A.Silence(300);
        Assert.Equal(atB.ToString(), B.Expect("INVITE", 300).ToString());
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §16.7 step 8: our own Record-Route may be rewritten, those of others may not.</summary>
    [Fact]
    public void C142_Record_Route_comes_back_and_still_leads_to_us()
    {
        RegisterB();
        var (_, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Add("Record-Route", "<sip:upstream.test;lr>"));
        foreach (var status in (int[])[183, 200])
        {
            B.Send(B.Answer(atB, status).Remove("Record-Route").Add("Record-Route", "<sip:downstream.test;lr>, " + atB.All("Record-Route")[0])
                .Add("Record-Route", "<sip:upstream.test;lr>"));
            var values = A.Expect(status).All("Record-Route");
            Assert.Equal(3, values.Count);
            Assert.Equal("<sip:downstream.test;lr>", values[0]);
            Assert.Equal("<sip:upstream.test;lr>", values[2]);
            Assert.Equal(Bed.Proxy, WireText.HostPort(WireText.Uri(values[1])));
            Assert.NotNull(WireText.UriParam(WireText.Uri(values[1]), "lr"));
        }
    }
}
