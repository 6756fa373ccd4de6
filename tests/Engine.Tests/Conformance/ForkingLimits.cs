using System.Globalization;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group I of the checklist, RFC 5393: a fork must not loop, and its breadth is bounded.</summary>
public sealed class ForkingLimits : ConformanceTest
{
    /// <summary>RFC 5393 §4.1, §4.2.2: a forked request that comes back unchanged is refused with 482.</summary>
    [Fact]
    public void C089_a_fork_that_comes_back_to_us_unchanged_is_a_loop()
    {
        Register(B, "loop", "<sip:loop@home.test>", "<sip:b@127.0.0.3:5060>");
        var (invite, atB) = Invite("sip:loop@home.test");
        B.Reply(atB, 486);
        B.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[482, 486]);
        A.AckNon2xx(invite, final);
        B.Silence(5000);
    }

    /// <summary>The attack of RFC 5393 §3: two users that each fork to both; without a check it makes 2^70 requests.</summary>
    [Fact]
    public void C089_the_attack_of_RFC_5393_dies_at_once()
    {
        Register(A, "x", "<sip:x@home.test>", "<sip:y@home.test>");
        Register(A, "y", "<sip:x@home.test>", "<sip:y@home.test>");
        var invite = A.Ask("INVITE", "sip:x@home.test");
        A.Expect(100);
        var final = A.Next(5000);
        Assert.InRange(final.Status, 400, 599);
        A.AckNon2xx(invite, final);
    }

    /// <summary>RFC 5393 §4.2.1: a changed Request-URI is no loop, also when the request was forked.</summary>
    [Fact]
    public void C089_a_forked_spiral_is_legal()
    {
        RegisterB();
        Register(A, "both", "<sip:b@home.test>", "<sip:c@127.0.0.4:5060>");
        A.Ask("MESSAGE", "sip:both@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200, "MESSAGE");
    }

    /// <summary>RFC 5393 §5.3.3: exactly one Max-Breadth in every proxied request; 60 is recommended where there is none.</summary>
    [Fact]
    public void C090_a_request_without_Max_Breadth_gets_one()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        Assert.Equal(["60"], atB.Lines("Max-Breadth"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("7", 7)]
    [InlineData("60", 60)]
    [InlineData("1000", 60)]
    public void C090_Max_Breadth_is_kept_on_a_single_path_and_capped(string received, int sent)
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Max-Breadth", received));
        var atB = B.Expect("MESSAGE");
        Assert.Equal(sent, Breadth(atB));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("9", 9)]
    [InlineData("2", 2)]
    public void C090_parallel_branches_share_the_breadth(string? received, int all)
    {
        RegisterFork();
        var invite = A.Request("INVITE", "sip:fork@home.test");
        if (received is not null)
        {
            invite.Set("Max-Breadth", received);
        }

        var (_, atB) = Invite(invite);
        var atC = C.Expect("INVITE");
        Assert.True(Breadth(atB) >= 1 && Breadth(atC) >= 1);
        Assert.InRange(Breadth(atB) + Breadth(atC), 2, all);
    }

    /// <summary>RFC 5393 §5.3.3, §5.3.3.1: with too little breadth a proxy forks serially or answers 440, never in parallel.</summary>
    [Fact]
    public void C090_a_breadth_of_one_forbids_parallel_branches()
    {
        RegisterFork();
        var invite = A.Send(A.Request("INVITE", "sip:fork@home.test").Set("Max-Breadth", "1"));
        var first = A.Next();
        if (first.Status == 440)
        {
            A.AckNon2xx(invite, first);
            B.Silence();
            C.Silence();
            return;
        }

        Assert.Equal(100, first.Status);
        Bed.Pass(100);
        var (one, other) = B.Log.Exists(static m => m.IsRequest && m.Method == "INVITE") ? (B, C) : (C, B);
        var request = one.Drain(0)[^1];
        Assert.Equal(1, Breadth(request));
        other.Silence(300);
        one.Reply(request, 404);
        Assert.Equal(1, Breadth(other.Expect("INVITE")));
    }

    /// <summary>RFC 5393 §5.4.1: Max-Breadth means nothing in a CANCEL, and the ACK of a non-2xx is hop by hop.</summary>
    [Fact]
    public void C090_serial_targets_reuse_the_whole_breadth()
    {
        RegisterSeq();
        var (_, atB) = Invite(A.Request("INVITE", "sip:seq@home.test").Set("Max-Breadth", "5"));
        Assert.Equal(5, Breadth(atB));
        B.Reply(atB, 404);
        B.Expect("ACK");
        Assert.Equal(5, Breadth(C.Expect("INVITE")));
    }

    private static int Breadth(WireMessage message) =>
        int.Parse(Assert.Single(message.Lines("Max-Breadth")), CultureInfo.InvariantCulture);
}
