using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group E of the checklist: CANCEL (RFC 3261 §9, §16.10) and ACK (§17.1.1.3, §13).</summary>
public class CancelAndAck : ConformanceTest
{
    [Fact]
    public void C050_cancel_is_answered_before_the_callee_reacts()
    {
        var (invite, atB) = Ringing();
        A.Cancel(invite);
        A.Expect(200, "CANCEL", 50);
        var cancel = B.Expect("CANCEL");
        A.Silence(100);
        B.Reply(cancel, 200);
        A.Silence(100);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
        A.Silence();
    }

    [Fact]
    public void C051_our_CANCEL_is_built_from_the_INVITE_as_it_was_sent()
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Add("Route", "<sip:127.0.0.1;lr>, <sip:127.0.0.3;lr>")
            .Add("Require", "foo").Add("Supported", "x"));
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        var cancel = B.Expect("CANCEL");
        Assert.Equal(atB.RequestUri, cancel.RequestUri);
        Assert.All((string[])["Call-ID", "From", "To"], name => Assert.Equal(atB[name], cancel[name]));
        Assert.Equal("1 CANCEL", cancel["CSeq"]);
        Assert.Equal([atB.Vias[0]], cancel.Vias);
        Assert.Equal(atB.All("Route"), cancel.All("Route"));
        Assert.False(cancel.Has("Require"));
        Assert.False(cancel.Has("Proxy-Require"));
        Assert.True(cancel.Has("Max-Forwards"));
        Assert.Equal(atB.From, cancel.From);
    }

    /// <summary>RFC 3261 §9.1: no CANCEL before a provisional response; it waits for one.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(180)]
    public void C052_a_CANCEL_waits_for_the_first_provisional(int provisional)
    {
        RegisterB();
        var (invite, atB) = Invite();
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Silence(300);
        B.Reply(atB, provisional);
        B.Reply(B.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        var seen = A.Drain(0);
        Assert.Equal(487, seen[^1].Status);
        A.AckNon2xx(invite, seen[^1]);
    }

    [Fact]
    public void C052_no_CANCEL_after_a_final_response()
    {
        RegisterB();
        var (invite, atB) = Invite();
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(atB, 486);
        Assert.Equal("ACK", B.Next().Method);
        ExpectFinal(invite, 486);
        B.Silence();
    }

    /// <summary>RFC 3261 §9.1: a cancelled request without a final response counts as cancelled after 64·T1.</summary>
    [Fact]
    public void C053_a_callee_that_ignores_the_CANCEL_is_given_up_after_32_s()
    {
        var (invite, _) = Ringing();
        var cancelled = Bed.Now;
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        A.Silence(31_900);
        var final = A.Next(300);
        Assert.Contains(final.Status, (int[])[487, 408]);
        AssertTimes([32_000], [final.At - cancelled]);
        A.AckNon2xx(invite, final);
        A.Silence(10_000);
    }

    [Theory]
    [InlineData(486)]
    [InlineData(200)]
    public void C054_a_CANCEL_after_the_final_changes_nothing(int status)
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, status);
        A.Expect(status, "INVITE");
        if (status >= 300)
        {
            B.Expect("ACK");
        }

        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Silence(300);
    }

    /// <summary>RFC 3261 §16.10: a CANCEL that matches nothing is forwarded statelessly (§16.11), and so is its answer.</summary>
    [Theory]
    [InlineData("sip:x@far.test")]
    [InlineData("sip:b@home.test")]
    public void C055_a_CANCEL_that_matches_nothing_is_forwarded_statelessly(string uri)
    {
        RegisterB();
        Bed.SetHost("far.test", B.Host);
        var cancel = A.Ask("CANCEL", uri);
        var first = B.Expect("CANCEL");
        Assert.Equal(2, first.Vias.Count);
        A.Silence(5000);
        B.Silence(1);

        // Stateless: no retransmission of our own, and the same request gives the same branch.
        A.Send(cancel);
        var second = B.Expect("CANCEL");
        Assert.Equal(first.ToString(), second.ToString());
        B.Reply(second, 481);
        Assert.Equal(cancel.Vias[0], A.Expect(481, "CANCEL").Vias[0]);
    }

    /// <summary>RFC 3261 §17.2.3: branch, sent-by and method; the same branch of another sender is another transaction.</summary>
    [Fact]
    public void C057_the_same_branch_from_another_sent_by_is_another_transaction()
    {
        RegisterB();
        var (invite, first) = Invite();
        C.Send(C.Request("INVITE", "sip:b@home.test").Set("Via", invite.Vias[0].Replace(A.Address, C.Address, StringComparison.Ordinal)));
        C.Expect(100);
        var second = B.Expect("INVITE");
        Assert.NotEqual(first.Branch, second.Branch);
        B.Reply(first, 180);
        A.Expect(180);
        B.Reply(second, 183);
        C.Expect(183);

        // And another's CANCEL with that branch cancels nothing of A's.
        C.Send(C.CancelOf(C.Request("INVITE", "sip:b@home.test")).Set("Via", invite.Vias[0].Replace(A.Address, "127.0.0.4:5061", StringComparison.Ordinal)));
        Assert.Equal(2, B.Expect("CANCEL").Vias.Count);
        A.Silence(300);
    }

    /// <summary>RFC 3261 §17.2.3: without the magic cookie, the rules of RFC 2543 match retransmission, ACK and CANCEL.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(";branch=1")]
    public void C057_a_caller_of_RFC_2543_is_matched_by_its_headers(string branch)
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Set("Via", $"SIP/2.0/UDP {A.Address}{branch}"));
        A.Send(invite);
        A.Expect(100);
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
        A.Silence(5000);
        B.Silence(1);
    }

    /// <summary>RFC 3261 §9.2: a CANCEL has no effect on a transaction that is not an INVITE's.</summary>
    [Fact]
    public void C058_a_CANCEL_of_a_non_INVITE_is_answered_and_has_no_effect()
    {
        RegisterB();
        var message = A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        A.Cancel(message);
        A.Expect(200, "CANCEL");
        B.Silence(300);
        B.Reply(atB, 200);
        A.Expect(200, "MESSAGE");
    }

    [Fact]
    public void C059_we_acknowledge_a_non_2xx_ourselves()
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Add("Route", "<sip:127.0.0.1;lr>, <sip:127.0.0.3;lr>"));
        B.Reply(atB, 486);
        var ack = B.Expect("ACK");
        AssertAcknowledges(ack, atB, ";tag=" + B.Tag);
        ExpectFinal(invite, 486);
        B.Silence();
    }

    [Fact]
    public void C060_the_ACK_of_a_2xx_passes_each_time_it_is_sent()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 200);
        var ok = A.Expect(200);
        var ack = A.AckOf(invite, ok).With("v=0\r\n");
        for (var i = 0; i < 3; i++)
        {
            A.Send(ack);
            var seen = B.Expect("ACK");
            Assert.Equal(2, seen.Vias.Count);
            Assert.Equal(Bed.Proxy, WireText.SentBy(seen.Vias[0]));
            Assert.Equal("v=0\r\n", seen.Body);
            Assert.Empty(seen.All("Route"));
        }

        A.Silence(300);
        B.Silence(1);
    }

    /// <summary>RFC 3261 §17.2.3: an ACK with another branch is not of this transaction; Timer G goes on.</summary>
    [Fact]
    public void C061_an_ACK_with_another_branch_acknowledges_nothing()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        var final = A.Expect(486);
        A.Send(A.AckNon2xxOf(invite, final).Set("Via", A.NewVia()));
        A.Expect(486, "INVITE", 600);
        A.AckNon2xx(invite, final);
        A.Silence(5000);
    }

    /// <summary>RFC 3261 §16.10: the CANCEL ends the search; no further target is tried.</summary>
    [Fact]
    public void C062_after_a_CANCEL_no_further_target_is_tried()
    {
        RegisterSeq();
        var (invite, atB) = Invite("sip:seq@home.test");
        B.Reply(atB, 180);
        A.Expect(180);
        A.Send(A.CancelOf(invite).Set("Max-Forwards", "0"));
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
        C.Silence(40_000);
    }

    private (WireMessage Invite, WireMessage AtB) Ringing()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        return (invite, atB);
    }

    private static void AssertAcknowledges(WireMessage ack, WireMessage invite, string tag)
    {
        Assert.Equal(invite.RequestUri, ack.RequestUri);
        Assert.Equal([invite.Vias[0]], ack.Vias);
        Assert.Equal(invite["From"], ack["From"]);
        Assert.Equal(invite["To"] + tag, ack["To"]);
        Assert.Equal(invite["Call-ID"], ack["Call-ID"]);
        Assert.Equal(invite["CSeq"].Split(' ')[0] + " ACK", ack["CSeq"]);
        Assert.Equal(invite.All("Route"), ack.All("Route"));
        Assert.Equal("", ack.Body);
        Assert.Equal(invite.From, ack.From);
    }
}
