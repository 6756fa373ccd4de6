using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group G of the checklist: non-INVITE transactions (RFC 3261 §17.1.2, §17.2.2, RFC 4320).</summary>
public class NonInviteTimers : ConformanceTest
{
    private static readonly long[] s_timerE = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

    [Fact]
    public void C070_a_silent_callee_gets_eleven_copies()
    {
        RegisterB();
        var start = Bed.Now;
        A.Ask("MESSAGE", "sip:b@home.test");
        Bed.Pass(60_000);
        var copies = Copies();
        AssertTimes(s_timerE, copies.Select(m => m.At - start));
        Assert.Single(copies.Select(static m => m.ToString()).Distinct());
    }

    [Fact]
    public void C071_no_408_is_sent_to_a_non_INVITE()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        A.Expect(100, "MESSAGE", 4000);
        A.Silence(120_000);
    }

    [Fact]
    public void C072_a_100_comes_after_3_5_s_and_not_before()
    {
        RegisterB();
        var start = Bed.Now;
        A.Ask("MESSAGE", "sip:b@home.test");
        var trying = A.Expect(100, "MESSAGE", 4000);
        AssertTimes([3500], [trying.At - start]);
        Assert.Null(trying.ToTag);
        A.Silence(120_000);
    }

    /// <summary>RFC 4320 §4.1: no provisional but 100 for a non-INVITE; and no 100 when we have responded otherwise.</summary>
    [Theory]
    [InlineData(180)]
    [InlineData(183)]
    [InlineData(100)]
    public void C073_no_other_provisional_passes_for_a_non_INVITE(int status)
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        B.Reply(atB, status);
        A.Silence(2000);
        B.Reply(atB, 200);
        A.Expect(200, "MESSAGE");
        A.Silence(10_000);
    }

    /// <summary>RFC 4320 §4.1: the retransmission of a request that got its 100 gets it again (RFC 3261 §17.2.2).</summary>
    [Fact]
    public void C073_a_retransmission_after_the_100_gets_it_again()
    {
        RegisterB();
        var request = A.Ask("MESSAGE", "sip:b@home.test");
        var trying = A.Expect(100, "MESSAGE", 4000);
        A.Send(request);
        Assert.Equal(trying.ToString(), A.Expect(100, "MESSAGE", 50).ToString());
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    /// <summary>RFC 4320 §4.2: no 408 to a non-INVITE, not even one from downstream, and no late responses.</summary>
    [Fact]
    public void C074_a_408_from_downstream_is_not_passed_on()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 408);
        A.Silence(3000);
    }

    [Fact]
    public void C074_a_late_response_to_a_non_INVITE_is_not_forwarded()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        A.Expect(100, "MESSAGE", 4000);
        Bed.Pass(40_000);
        B.Reply(atB, 200);
        A.Silence(5000);
    }

    [Fact]
    public void C075_a_retransmission_before_the_final_is_dropped()
    {
        RegisterB();
        var request = A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        A.Send(request);
        A.Silence(300);
        B.Silence(1);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C075_a_retransmission_after_the_final_gets_it_again_for_32_s()
    {
        RegisterB();
        var request = A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        var final = A.Expect(200);
        foreach (var wait in (long[])[100, 10_000, 21_800])
        {
            Bed.Pass(wait);
            A.Send(request);
            Assert.Equal(final.ToString(), A.Expect(200, "MESSAGE", 50).ToString());
        }

        B.Silence(1);

        // Timer J has ended: to us this is a new request.
        Bed.Pass(1000);
        A.Send(request);
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void C153_after_a_100_the_request_is_repeated_every_T2()
    {
        RegisterB();
        var start = Bed.Now;
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        Bed.Pass(600);
        B.Reply(atB, 100);
        Bed.Pass(60_000);
        AssertTimes([0, 500, 1500, 5500, 9500, 13_500, 17_500, 21_500, 25_500, 29_500], Copies().Select(m => m.At - start));
    }

    [Fact]
    public void C154_copies_of_the_final_are_absorbed()
    {
        RegisterB();
        var request = A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        B.Reply(atB, 200);
        A.Expect(200);
        for (var i = 0; i < 4; i++)
        {
            Bed.Pass(1000);
            B.Reply(atB, 200);
        }

        A.Silence();
        A.Send(request);
        A.Expect(200);
        A.Silence();
    }

    private List<WireMessage> Copies() => [.. B.Log.Where(static m => m.IsRequest && m.Method == "MESSAGE")];
}
