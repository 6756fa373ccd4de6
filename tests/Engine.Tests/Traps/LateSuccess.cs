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
}
