using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>A drain refuses new calls and nothing else, and lasts until the last answer.</summary>
public class Draining : ConformanceTest
{
    private bool HasEnded => Array.TrueForAll([.. ((SimTestBed)Bed).Engine.Shards], static shard => shard.HasDrained);

    [Fact]
    public void It_lasts_until_a_call_that_is_up_has_hung_up_and_its_BYE_is_answered()
    {
        var (invite, _, _, ok) = Call();
        Bed.BeginDrain();
        Assert.False(HasEnded);
        A.Send(A.Within("BYE", invite, ok));
        var bye = B.Expect("BYE");
        Assert.False(HasEnded);
        B.Reply(bye, 200);
        A.Expect(200, "BYE");

        // What only absorbs retransmissions for 64*T1 keeps nobody.
        Assert.True(HasEnded);
    }

    [Fact]
    public void It_does_not_end_before_it_has_begun()
    {
        A.Ask("OPTIONS", $"sip:{Bed.Proxy}");
        A.Expect(200, "OPTIONS");
        Assert.False(HasEnded);
        Bed.BeginDrain();
        Assert.True(HasEnded);
    }

    [Fact]
    public void A_call_that_is_up_may_be_held_and_refreshed_during_a_drain()
    {
        var (invite, _, _, ok) = Call();
        Bed.BeginDrain();
        var hold = A.Send(A.Within("INVITE", invite, ok));
        A.Expect(100);
        B.Reply(B.Expect("INVITE"), 200);
        A.Ack(hold, A.Expect(200, "INVITE"));
        B.Expect("ACK");
        A.Send(A.Within("UPDATE", invite, ok).Set("CSeq", "3 UPDATE"));
        B.Reply(B.Expect("UPDATE"), 200);
        A.Expect(200, "UPDATE");
    }

    [Fact]
    public void The_callee_may_hold_too()
    {
        var (_, atB, sentOk, _) = Call();
        Bed.BeginDrain();
        B.Send(B.WithinAsCallee("INVITE", atB, sentOk));
        B.Expect(100);
        A.Reply(A.Expect("INVITE"), 200);
        B.Expect(200, "INVITE");
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    public void A_request_that_is_no_call_goes_on_during_a_drain(string method)
    {
        RegisterB();
        Bed.BeginDrain();
        A.Ask(method, "sip:b@home.test");
        B.Reply(B.Expect(method), 200);
        A.Expect(200, method);
    }
}
