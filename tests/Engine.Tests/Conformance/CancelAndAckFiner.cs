using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group E of the checklist, part 2: finer points of CANCEL and ACK.</summary>
public sealed class CancelAndAckFiner : ConformanceTest
{
    /// <summary>RFC 3261 §9.2: the branch names what is cancelled, not the Call-ID.</summary>
    [Fact]
    public void C143_a_CANCEL_with_another_branch_cancels_nothing_here()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        A.Send(A.CancelOf(invite).Set("Via", A.NewVia()));

        // Forwarded statelessly: with both Vias, so it is not the CANCEL of the call.
        var stray = B.Expect("CANCEL");
        Assert.Equal(2, stray.Vias.Count);
        B.Reply(stray, 481);
        A.Expect(481, "CANCEL");
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
    }

    [Fact]
    public void C144_our_answers_to_the_CANCEL_and_to_the_INVITE_have_one_To_tag()
    {
        RegisterB();
        var (invite, _) = Invite();
        A.Cancel(invite);
        var ok = A.Expect(200, "CANCEL");
        var final = A.Next(40_000);
        Assert.Contains(final.Status, (int[])[408, 487]);
        Assert.NotNull(ok.ToTag);
        Assert.Equal(ok.ToTag, final.ToTag);
        A.AckNon2xx(invite, final);
    }

    [Fact]
    public void C145_every_copy_of_a_final_is_acknowledged_and_one_goes_upstream()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        var first = B.Expect("ACK");
        ExpectFinal(invite, 486);
        for (var i = 0; i < 5; i++)
        {
            B.Reply(atB, 486);
            Assert.Equal(first.ToString(), B.Expect("ACK").ToString());
        }

        A.Silence(5000);
    }

    /// <summary>RFC 3261 §17.2.3: an ACK matches by branch and sent-by; its To tag and Request-URI do not matter.</summary>
    [Fact]
    public void C146_an_ACK_matches_by_its_branch_alone()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        var final = A.Expect(486);
        var ack = A.AckNon2xxOf(invite, final).Set("To", "<sip:b@home.test>;tag=wrong");
        ack.StartLine = "ACK sip:b@192.168.7.7;ob SIP/2.0";
        A.Send(ack);
        A.Silence(40_000);
        B.Silence(1);
    }

    /// <summary>RFC 3261 §17.1.1.3: the ACK has the tag of the response it acknowledges, and no body.</summary>
    [Fact]
    public void C146_our_ACK_has_no_body_and_the_tag_of_its_response()
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").With("v=0\r\n"));
        B.Send(B.Answer(atB, 404).Set("To", "\"Other Display\" " + atB["To"] + ";tag=other"));
        var ack = B.Expect("ACK");
        Assert.Equal("other", ack.ToTag);
        Assert.Equal("", ack.Body);
        Assert.False(ack.Has("Content-Type"));
        ExpectFinal(invite, 404);
    }
}
