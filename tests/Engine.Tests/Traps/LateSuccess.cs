using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Traps others fell into: 2xx responses that come late, twice, or from the wrong side.</summary>
public class LateSuccess : ConformanceTest
{
    [Fact]
    public void A_2xx_that_outlives_the_server_transaction_still_reaches_the_caller()
    {
        var (_, atB, atC) = InviteFork();
        C.Reply(atC, 180);
        A.Expect(180);
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        C.Reply(C.Expect("CANCEL"), 200);
        Bed.Pass(20_000);
        C.Reply(atC, 200);
        Assert.Equal(C.Tag, A.Expect(200, "INVITE").ToTag);

        // Timer L ended at 32 s; Timer M of C's branch runs until 52 s.
        Bed.Pass(20_000);
        C.Reply(atC, 200);
        Assert.Equal(C.Tag, A.Expect(200, "INVITE").ToTag);
    }

    [Fact]
    public void Two_forks_that_both_answer_are_two_calls()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 200);
        C.Reply(atC, 200);
        var first = A.Expect(200, "INVITE");
        var second = A.Expect(200, "INVITE");
        foreach (var (agent, ok) in ((SimUserAgent, WireMessage)[])[(B, first), (C, second)])
        {
            A.Ack(invite, ok);
            agent.Expect("ACK");
            A.Send(A.Within("BYE", invite, ok));
            agent.Reply(agent.Expect("BYE"), 200);
            A.Expect(200, "BYE");
        }
    }

    [Fact]
    public void A_6xx_after_a_2xx_changes_nothing()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
        C.Reply(atC, 603);
        C.Expect("ACK");
        A.Silence(40_000);
        B.Silence(1);
    }

    [Fact]
    public void A_2xx_that_arrives_after_the_408_of_Timer_B_is_a_stray()
    {
        RegisterB();
        var (invite, atB) = Invite();
        ExpectFinal(invite, 408, 33_000);
        B.Drain(0);
        B.Reply(atB, 200);
        A.Silence(5000);
    }

    [Fact]
    public void A_200_before_any_provisional_and_its_copies_reach_the_caller()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 200);
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        A.Expect(200, "INVITE");
        A.Silence();
    }

    /// <summary>A lost ACK and a quick BYE; the ledger counts one call, which is over.</summary>
    [Fact]
    public void A_2xx_repeated_after_the_BYE_is_passed_on_and_makes_no_call()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
        foreach (var wait in (int[])[500, 1000, 10_000])
        {
            Bed.Pass(wait);
            B.Reply(atB, 200);
            A.Expect(200, "INVITE");
        }
    }

    /// <summary>Two phones behind another proxy answer one branch; both calls end before their 2xx stop coming.</summary>
    [Fact]
    public void Calls_of_one_branch_that_ended_are_not_begun_again_by_their_2xx()
    {
        RegisterB();
        var (invite, atB) = Invite();
        WireMessage[] answers = [B.Answer(atB, 200), B.Answer(atB, 200).Set("To", atB["To"] + ";tag=second")];
        foreach (var answer in answers)
        {
            B.Send(answer);
            A.Send(A.Within("BYE", invite, A.Expect(200, "INVITE")));
            B.Reply(B.Expect("BYE"), 200);
            A.Expect(200, "BYE");
        }

        foreach (var answer in (WireMessage[])[.. answers, .. answers])
        {
            Bed.Pass(1000);
            B.Send(answer);
            A.Expect(200, "INVITE");
        }
    }

    /// <summary>RFC 3261 §15: a caller may end an early dialog by BYE, and the callee may have answered by then.</summary>
    [Fact]
    public void A_2xx_that_crosses_the_BYE_of_its_early_dialog_makes_no_call()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        var ringing = A.Expect(180, "INVITE").Set("Contact", B.Contact);
        A.Send(A.Within("BYE", invite, ringing));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
    }

    [Fact]
    public void A_2xx_to_a_re_INVITE_that_crosses_the_BYE_makes_no_call()
    {
        var (invite, _, _, ok) = Call();
        A.Send(A.Within("INVITE", invite, ok));
        A.Expect(100);
        var again = B.Expect("INVITE");
        A.Send(A.Within("BYE", invite, ok).Set("CSeq", "3 BYE"));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
        B.Reply(again, 200);
        A.Expect(200, "INVITE");
        B.Reply(again, 200);
        A.Expect(200, "INVITE");
    }
}
