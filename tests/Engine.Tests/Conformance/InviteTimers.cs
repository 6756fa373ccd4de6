using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group F of the checklist: INVITE transactions and their timers (RFC 3261 §17.1.1, §17.2.1, §16.8).</summary>
public class InviteTimers : ConformanceTest
{
    private static readonly long[] s_timerA = [0, 500, 1500, 3500, 7500, 15_500, 31_500];
    private static readonly long[] s_timerG = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

    [Fact]
    public void C063_a_silent_callee_gets_seven_copies_and_the_caller_408()
    {
        RegisterB();
        var start = Bed.Now;
        var (invite, _) = Invite();
        var final = ExpectFinal(invite, 408, 33_000);
        AssertTimes([32_000], [final.At - start]);
        A.Silence(40_000);
        AssertTimes(s_timerA, Times(B, "INVITE", start));
        Assert.Single(Requests(B, "INVITE").Select(static m => m.ToString()).Distinct());
    }

    [Fact]
    public void C064_a_100_stops_the_copies_and_Timer_B()
    {
        RegisterB();
        var start = Bed.Now;
        var (_, atB) = Invite();
        Bed.Pass(700);
        B.Reply(atB, 100);
        A.Silence(60_000);
        AssertTimes([0, 500], Times(B, "INVITE", start));
    }

    [Fact]
    public void C065_a_retransmitted_INVITE_gets_the_last_provisional_again()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        var ringing = A.Expect(180);
        for (var i = 0; i < 3; i++)
        {
            A.Send(invite);
            Assert.Equal(ringing.ToString(), A.Expect(180).ToString());
        }

        A.Silence(300);
        B.Silence(1);
    }

    [Fact]
    public void C066_a_final_without_ACK_is_sent_eleven_times()
    {
        RegisterB();
        var (_, atB) = Invite();
        var start = Bed.Now;
        B.Reply(atB, 486);
        Bed.Pass(60_000);
        AssertTimes(s_timerG, Finals(A, start));
    }

    /// <summary>RFC 3261 §17.1.1.2: Timer D absorbs copies of the final for at least 32 s; then they are strays (RFC 6026 §7.2).</summary>
    [Fact]
    public void C067_copies_of_a_final_are_acknowledged_for_32_s()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        ExpectFinal(invite, 486);
        foreach (var wait in (long[])[10_000, 10_000, 11_900])
        {
            Bed.Pass(wait);
            B.Reply(atB, 486);
            B.Expect("ACK");
        }

        Bed.Pass(40_000);
        B.Reply(atB, 486);
        B.Silence();
        A.Silence(1);
    }

    /// <summary>RFC 3261 §16.6 step 11, §16.8: Timer C ends a call that only rings, with a CANCEL.</summary>
    [Fact]
    public void C068_Timer_C_cancels_a_call_that_rings_too_long()
    {
        RegisterB();
        var (invite, atB) = Invite();
        var start = Bed.Now;
        B.Reply(atB, 180);
        A.Expect(180);
        var cancel = B.Expect("CANCEL", 200_000);
        AssertTimes([181_000], [cancel.At - start]);
        B.Reply(cancel, 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[408, 487]);
        A.AckNon2xx(invite, final);
        A.Silence(5000);
    }

    /// <summary>RFC 3261 §16.7 step 2: a 101 to 199 resets Timer C, a 100 does not.</summary>
    [Theory]
    [InlineData(183, 281_000)]
    [InlineData(100, 181_000)]
    public void C068_a_provisional_other_than_100_resets_Timer_C(int status, long expected)
    {
        RegisterB();
        var (_, atB) = Invite();
        var start = Bed.Now;
        B.Reply(atB, 100);
        Bed.Pass(100_000);
        B.Reply(atB, status);
        var cancel = B.Expect("CANCEL", 300_000);
        AssertTimes([expected], [cancel.At - start]);
    }

    [Fact]
    public void C068_after_Timer_C_a_callee_that_stays_silent_ends_in_408()
    {
        RegisterB();
        var (invite, atB) = Invite();
        var start = Bed.Now;
        B.Reply(atB, 180);
        A.Expect(180);
        var final = A.Next(300_000);
        Assert.Contains(final.Status, (int[])[408, 487]);
        Assert.InRange(final.At - start, 181_000, 181_000 + 32_000 + Bed.ToleranceMilliseconds);
        A.AckNon2xx(invite, final);
        A.Silence(40_000);
    }

    /// <summary>RFC 3261 §16.9: nobody listens there; with or without word from the kernel the caller gets a final.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void C069_a_closed_port_ends_the_call(bool reported)
    {
        if (reported)
        {
            Bed.ReportClosedPorts();
        }

        var start = Bed.Now;
        var invite = A.Ask("INVITE", "sip:x@127.0.0.5:5060");
        A.Expect(100);
        var final = A.Next(33_000);
        Assert.Contains(final.Status, (int[])[408, 500, 503]);
        Assert.InRange(final.At - start, 0, reported ? 2000 : 33_000);
        A.AckNon2xx(invite, final);
        A.Silence(5000);
    }

    [Fact]
    public void C149_the_ACK_ends_the_copies_and_a_late_INVITE_is_absorbed()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        A.Expect(486);
        A.Expect(486, "INVITE", 600);
        var third = A.Expect(486, "INVITE", 1100);
        A.AckNon2xx(invite, third);
        A.Silence(3000);
        A.Send(invite);
        A.Send(A.AckNon2xxOf(invite, third));
        Bed.Pass(20_000);
        B.Silence(1);
    }

    [Fact]
    public void C150_a_retransmitted_INVITE_gets_the_final_again_at_once()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        var final = A.Expect(486);
        Bed.Pass(100);
        A.Send(invite);
        Assert.Equal(final.ToString(), A.Expect(486, "INVITE", 50).ToString());
        A.AckNon2xx(invite, final);
        B.Silence();
    }

    /// <summary>RFC 3261 §16.8: without a provisional response Timer C acts like a 408, and there is nothing to cancel.</summary>
    [Fact]
    public void C151_Timer_C_before_any_provisional_is_a_408()
    {
        Start(static options => options.TimerC = 10);
        RegisterB();
        var start = Bed.Now;
        var (invite, _) = Invite();
        var final = ExpectFinal(invite, 408, 11_000);
        AssertTimes([10_000], [final.At - start]);
        Bed.Pass(60_000);
        Assert.Empty(Requests(B, "CANCEL"));
    }

    /// <summary>RFC 3261 §16.8: each branch has its own Timer C; the end of one leaves the others.</summary>
    [Fact]
    public void C151_Timer_C_of_one_branch_leaves_the_other()
    {
        var (_, atB, atC) = InviteFork();
        B.Reply(atB, 180);
        C.Reply(atC, 180);
        A.Expect(180);
        A.Expect(180);
        Bed.Pass(150_000);
        C.Reply(atC, 183);
        A.Expect(183);
        B.Reply(B.Expect("CANCEL", 32_000), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        A.Silence(60_000);
        C.Reply(atC, 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>RFC 3261 §16.9: an undeliverable branch counts as 503 and ends nothing else.</summary>
    [Fact]
    public void C152_a_transport_error_on_one_branch_leaves_the_other()
    {
        Bed.ReportClosedPorts();
        Register(B, "half", "<sip:b@127.0.0.3:5060>", "<sip:x@127.0.0.5:5060>");
        var (_, atB) = Invite("sip:half@home.test");
        B.Reply(atB, 180);
        A.Expect(180);
        B.Silence(60_000);
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>RFC 3261 §16.9: a response that cannot be delivered is dropped; the callee is not cancelled for it.</summary>
    [Fact]
    public void C152_a_caller_that_is_gone_cancels_nothing()
    {
        Bed.ReportClosedPorts();
        RegisterB();
        var (_, atB) = Invite();
        A.Endpoint.Close();
        B.Reply(atB, 180);
        B.Silence(60_000);
        B.Reply(atB, 200);
        B.Silence(60_000);
    }

    private static IEnumerable<WireMessage> Requests(SimUserAgent agent, string method) =>
        agent.Log.Where(m => m.IsRequest && m.Method == method);

    private static IEnumerable<long> Times(SimUserAgent agent, string method, long start) =>
        Requests(agent, method).Select(m => m.At - start);

    private static IEnumerable<long> Finals(SimUserAgent agent, long start) =>
        agent.Log.Where(static m => !m.IsRequest && m.Status >= 200 && m.CSeqMethod == "INVITE").Select(m => m.At - start);
}
