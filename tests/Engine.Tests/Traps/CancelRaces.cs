using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Traps others fell into (ARCHITECTURE: design/engine.md): CANCEL and what it meets on its way.</summary>
public class CancelRaces : ConformanceTest
{
    [Fact]
    public void A_CANCEL_repeated_after_the_487_gets_the_same_200_and_fans_out_once()
    {
        var (invite, atB) = Ringing();
        A.Cancel(invite);
        var first = A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        A.Cancel(invite);
        Assert.Equal(first.ToString(), A.Expect(200, "CANCEL").ToString());
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
        A.Cancel(invite);
        Assert.Equal(first.ToString(), A.Expect(200, "CANCEL").ToString());
        B.Silence();
        A.Silence(1);
    }

    [Fact]
    public void The_200_to_the_CANCEL_leaves_before_the_487_to_the_INVITE()
    {
        // Both messages of A are in one batch, and so is what B makes of them.
        var (invite, atB) = Ringing();
        A.Cancel(invite);
        B.Reply(atB, 487);
        A.Expect(200, "CANCEL");
        A.Expect(487, "INVITE");
    }

    [Fact]
    public void A_200_that_crosses_the_CANCEL_reaches_the_caller()
    {
        var (invite, atB) = Ringing();
        B.Reply(atB, 200);
        A.Cancel(invite);
        var ok = A.Expect(200, "INVITE");
        A.Expect(200, "CANCEL");
        B.Silence(100);
        A.Ack(invite, ok);
        B.Expect("ACK");
    }

    [Fact]
    public void A_200_that_comes_after_the_CANCEL_reaches_the_caller()
    {
        var (invite, atB) = Ringing();
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        var cancel = B.Expect("CANCEL");
        B.Reply(atB, 200);
        B.Reply(cancel, 481);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        Assert.Equal("ACK", B.Expect("ACK").Method);
        A.Silence(40_000);
    }

    [Fact]
    public void A_CANCEL_that_overtakes_its_INVITE_leaves_no_trace()
    {
        RegisterB();
        var invite = A.Request("INVITE", "sip:b@home.test");
        A.Cancel(invite);

        // Unmatched, so it goes on without state and comes back with what the callee says.
        var early = B.Expect("CANCEL");
        B.Reply(early, 481);
        A.Expect(481, "CANCEL");
        A.Send(invite);
        A.Expect(100);
        B.Reply(B.Expect("INVITE"), 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
    }

    [Fact]
    public void Our_CANCEL_is_repeated_until_it_is_answered_and_only_so()
    {
        var (invite, atB) = Ringing();
        var start = Bed.Now;
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        Bed.Pass(1600);
        var copies = B.Log.Where(static m => m.IsRequest && m.Method == "CANCEL").ToList();
        AssertTimes([0, 500, 1500], copies.Select(m => m.At - start));
        B.Reply(copies[0], 200);
        B.Reply(atB, 487);
        B.Drain(10_000);
        Assert.Equal(3, B.Log.Count(static m => m.IsRequest && m.Method == "CANCEL"));
    }

    [Fact]
    public void A_CANCEL_while_the_name_is_looked_up_ends_the_call()
    {
        Bed.SetHost("slow.test", B.Host, 3000);
        var invite = A.Ask("INVITE", "sip:x@slow.test");
        A.Expect(100);
        Bed.Pass(1000);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        var final = A.Next(3000);
        Assert.Contains(final.Status, (int[])[487, 408]);
        A.AckNon2xx(invite, final);
        B.Silence(5000);
    }

    private (WireMessage Invite, WireMessage AtB) Ringing()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        return (invite, atB);
    }
}
