using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group I of the checklist: forking and the choice of the final response (RFC 3261 §16.6, §16.7).</summary>
public class Forking : ConformanceTest
{
    [Fact]
    public void C082_the_first_200_wins_and_the_other_branch_is_cancelled()
    {
        var (invite, atB, atC) = BothRinging();
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
        var cancel = C.Expect("CANCEL", 50);
        Assert.Equal([atC.Vias[0]], cancel.Vias);
        C.Reply(cancel, 200);
        C.Reply(atC, 487);
        C.Expect("ACK");
        A.Silence();
        B.Silence(1);
    }

    /// <summary>RFC 3261 §16.7 step 5: a non-2xx final waits for the other branches; provisionals still pass meanwhile.</summary>
    [Fact]
    public void C083_a_failure_waits_for_the_other_branches()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 486);
        B.Expect("ACK");
        A.Silence(300);
        C.Reply(atC, 183);
        A.Expect(183);
        A.Silence(5000);
        C.Reply(atC, 404);
        C.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[404, 486]);
        A.AckNon2xx(invite, final);
        A.Silence(40_000);
    }

    [Fact]
    public void C083_nothing_but_a_2xx_passes_after_the_final()
    {
        var (invite, atB, atC) = BothRinging();
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        C.Expect("CANCEL");
        C.Reply(atC, 183);
        C.Reply(atC, 486);
        C.Expect("ACK");
        A.Silence(5000);
    }

    [Fact]
    public void C084_a_6xx_ends_the_search_but_waits_for_the_branches()
    {
        RegisterFork();
        Register(D, "fork", "<sip:d@127.0.0.5:5060>;q=0.1");
        var (invite, atB) = Invite("sip:fork@home.test");
        var atC = C.Expect("INVITE");
        B.Reply(atB, 180);
        A.Expect(180);
        C.Reply(atC, 603);
        C.Expect("ACK");
        B.Reply(B.Expect("CANCEL"), 200);
        A.Silence(1000);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 603);
        D.Silence(40_000);
    }

    [Fact]
    public void C084_a_2xx_may_still_overtake_a_6xx()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 180);
        A.Expect(180);
        C.Reply(atC, 603);
        C.Expect("ACK");
        B.Expect("CANCEL");
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        A.Silence(40_000);
    }

    /// <summary>RFC 3261 §16.7 step 6; 0 stands for a branch that never answers.</summary>
    [Theory]
    [InlineData(404, 486, new[] { 404, 486 })]
    [InlineData(404, 503, new[] { 404 })]
    [InlineData(503, 503, new[] { 500 })]
    [InlineData(302, 486, new[] { 302 })]
    [InlineData(486, 600, new[] { 600 })]
    [InlineData(0, 486, new[] { 486 })]
    [InlineData(0, 500, new[] { 500 })]
    [InlineData(0, 503, new[] { 408, 500 })]
    [InlineData(0, 302, new[] { 302 })]
    [InlineData(0, 600, new[] { 600 })]
    [InlineData(401, 404, new[] { 401 })]
    [InlineData(484, 486, new[] { 484 })]
    [InlineData(415, 404, new[] { 415 })]
    [InlineData(500, 503, new[] { 500 })]
    [InlineData(501, 403, new[] { 403 })]
    public void C085_the_best_response_is_chosen(int first, int second, int[] expected)
    {
        // Whoever answers first must make no difference.
        foreach (var (atFirst, atSecond) in ((int, int)[])[(first, second), (second, first)])
        {
            RegisterFork();
            var (invite, atB) = Invite("sip:fork@home.test");
            var atC = C.Expect("INVITE");
            AnswerUnlessSilent(B, atB, atFirst);
            AnswerUnlessSilent(C, atC, atSecond);
            var final = A.Next(40_000);
            Assert.Contains(final.Status, expected);
            A.AckNon2xx(invite, final);
            A.Silence(40_000);
            B.Drain(0);
            C.Drain(0);
        }
    }

    [Fact]
    public void C086_all_challenges_come_back_in_one_response()
    {
        var (invite, atB, atC) = InviteFork();
        B.Send(B.Answer(atB, 401).Add("WWW-Authenticate", "Digest realm=\"b1\",nonce=\"1\",algorithm=SHA-256")
            .Add("WWW-Authenticate", "Digest realm=\"b1\", nonce=\"1\", algorithm=MD5"));
        B.Expect("ACK");
        C.Send(C.Answer(atC, 407).Add("Proxy-Authenticate", "Digest realm=\"c1\",  nonce=\"2\""));
        C.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[401, 407]);
        Assert.Equal(
            ["Digest realm=\"b1\",nonce=\"1\",algorithm=SHA-256", "Digest realm=\"b1\", nonce=\"1\", algorithm=MD5"], final.Lines("WWW-Authenticate"));
        Assert.Equal(["Digest realm=\"c1\",  nonce=\"2\""], final.Lines("Proxy-Authenticate"));
        A.AckNon2xx(invite, final);
    }

    /// <summary>RFC 3261 §16.7 step 7: also where the best response has no challenge of its own.</summary>
    [Fact]
    public void C086_the_challenge_of_another_branch_joins_a_401_without_one()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 401);
        B.Expect("ACK");
        C.Send(C.Answer(atC, 401).Add("WWW-Authenticate", "Digest realm=\"c1\", nonce=\"2\""));
        C.Expect("ACK");
        Assert.Equal("Digest realm=\"c1\", nonce=\"2\"", ExpectFinal(invite, 401)["WWW-Authenticate"]);
    }

    /// <summary>RFC 3261 §16.7 step 10 with §9.1: a branch without a provisional response is cancelled when one comes.</summary>
    [Fact]
    public void C087_a_losing_branch_without_a_provisional_is_cancelled_when_one_comes()
    {
        var (_, atB, atC) = InviteFork();
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        C.Silence(300);
        C.Reply(atC, 180);
        var cancel = C.Expect("CANCEL");
        C.Reply(cancel, 200);
        C.Reply(atC, 487);
        C.Expect("ACK");
        A.Silence(5000);
    }

    [Fact]
    public void C087_no_branch_is_cancelled_twice_or_after_its_final()
    {
        var (_, atB, atC) = BothRinging();
        C.Reply(atC, 486);
        C.Expect("ACK");
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        B.Reply(atB, 200);
        A.Expect(200, "INVITE");
        C.Silence(40_000);
        B.Silence(1);
    }

    [Fact]
    public void C088_a_CANCEL_reaches_every_branch_and_one_487_comes_back()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 180);
        C.Reply(atC, 183);
        A.Expect(180);
        A.Expect(183);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        C.Reply(C.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        A.Silence(300);
        C.Reply(atC, 487);
        C.Expect("ACK");
        ExpectFinal(invite, 487);
        A.Silence(40_000);
    }

    [Fact]
    public void C155_a_failure_waits_for_a_silent_branch()
    {
        var start = Bed.Now;
        var (invite, _, atC) = InviteFork();
        C.Reply(atC, 486);
        C.Expect("ACK");
        var final = ExpectFinal(invite, 486, 40_000);
        AssertTimes([32_000], [final.At - start]);
        A.Silence(40_000);
    }

    [Fact]
    public void C156_the_next_target_is_tried_when_Timer_C_ends_the_first()
    {
        Start(static options => options.TimerC = 20);
        RegisterSeq();
        var (_, atB) = Invite("sip:seq@home.test");
        B.Reply(atB, 180);
        A.Expect(180);
        B.Reply(B.Expect("CANCEL", 21_000), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        var atC = C.Expect("INVITE");
        C.Reply(atC, 180);
        A.Expect(180);
        C.Reply(atC, 200);
        A.Expect(200, "INVITE");
    }

    [Fact]
    public void C156_a_late_200_of_a_cancelled_target_passes()
    {
        RegisterFork();
        var (invite, atB) = Invite("sip:fork@home.test");
        var atC = C.Expect("INVITE");
        B.Reply(atB, 180);
        A.Expect(180);
        C.Reply(atC, 200);
        A.Expect(200, "INVITE");
        B.Reply(B.Expect("CANCEL"), 200);
        Bed.Pass(2000);
        B.Reply(atB, 200);
        var late = A.Expect(200, "INVITE");
        Assert.Equal(B.Tag, late.ToTag);
        A.Ack(invite, late);
        B.Expect("ACK");
    }

    private (WireMessage Invite, WireMessage AtB, WireMessage AtC) BothRinging()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 180);
        C.Reply(atC, 180);
        A.Expect(180);
        A.Expect(180);
        return (invite, atB, atC);
    }

    private static void AnswerUnlessSilent(SimUserAgent callee, WireMessage request, int status)
    {
        if (status != 0)
        {
            callee.Reply(request, status);
            callee.Expect("ACK");
        }
    }
}
