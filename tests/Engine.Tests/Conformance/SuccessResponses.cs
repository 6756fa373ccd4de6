using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group H of the checklist: the 2xx of an INVITE (RFC 6026).</summary>
public class SuccessResponses : ConformanceTest
{
    /// <summary>RFC 6026 §7.1: in Accepted the server transaction absorbs INVITEs for 64·T1 and repeats nothing itself.</summary>
    [Fact]
    public void C076_a_retransmitted_INVITE_after_the_2xx_is_absorbed()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 200);
        A.Expect(200);
        foreach (var wait in (long[])[100, 10_000, 21_700])
        {
            Bed.Pass(wait);
            A.Send(invite);
            A.Silence(50);
            B.Silence(1);
        }

        // Timer L has ended: to us this is a new INVITE.
        Bed.Pass(1000);
        A.Send(invite);
        A.Expect(100);
        Assert.NotEqual(atB.Branch, B.Expect("INVITE").Branch);
    }

    /// <summary>RFC 6026 §8.7: an ACK that comes while in Accepted goes on to the callee, also with the INVITE's branch of RFC 2543.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void C076_an_ACK_in_Accepted_goes_on(bool withCookie)
    {
        RegisterB();
        var request = A.Request("INVITE", "sip:b@home.test");
        if (!withCookie)
        {
            request.Set("Via", $"SIP/2.0/UDP {A.Address};branch=2543");
        }

        var (invite, atB) = Invite(request);
        B.Reply(atB, 200);
        var ok = A.Expect(200);
        var ack = A.AckOf(invite, ok);
        if (!withCookie)
        {
            ack.Set("Via", invite.Vias[0]);
        }

        A.Send(ack);
        Assert.Equal(2, B.Expect("ACK").Vias.Count);
        B.Silence();
    }

    [Fact]
    public void C077_every_copy_of_the_200_passes_for_32_s()
    {
        RegisterB();
        var (_, atB) = Invite();
        var start = Bed.Now;
        var ok = B.Reply(atB, 200);
        long[] times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
        foreach (var time in times)
        {
            Bed.Pass(start + time - Bed.Now);
            B.Send(ok);
        }

        Bed.Pass(100);
        AssertTimes([0, .. times], A.Log.Where(static m => m.StartLine.StartsWith("SIP/2.0 200", StringComparison.Ordinal)).Select(m => m.At - start));
    }

    /// <summary>RFC 6026 §7.2: 2xx of other forks downstream pass in Accepted; after Timer M a 2xx is a stray (§7.3).</summary>
    [Fact]
    public void C078_a_2xx_of_another_fork_passes_until_Timer_M_ends()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 200);
        A.Expect(200);
        Bed.Pass(20_000);
        B.Send(B.Answer(atB, 200).Set("To", atB["To"] + ";tag=another-fork"));
        Assert.Equal("another-fork", A.Expect(200).ToTag);
        Bed.Pass(11_900);
        B.Reply(atB, 200);
        A.Expect(200);
        Bed.Pass(200);
        B.Reply(atB, 200);
        A.Silence();
    }

    [Fact]
    public void C078_a_non_2xx_after_the_2xx_is_dropped()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 200);
        A.Expect(200);
        B.Reply(atB, 486);
        B.Reply(atB, 180);
        A.Silence();
    }

    /// <summary>RFC 3261 §16.7 step 5: any 2xx to an INVITE passes at once, also after a final response.</summary>
    [Fact]
    public void C079_the_2xx_of_a_losing_branch_passes_too()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 180);
        C.Reply(atC, 180);
        A.Expect(180);
        A.Expect(180);
        B.Reply(atB, 200);
        Assert.Equal(B.Tag, A.Expect(200, "INVITE").ToTag);
        C.Reply(C.Expect("CANCEL"), 200);
        C.Reply(atC, 200);
        var second = A.Expect(200, "INVITE");
        Assert.Equal(C.Tag, second.ToTag);
        A.Ack(invite, second);
        C.Expect("ACK");
    }

    /// <summary>RFC 6026 §6: a transport error does not end the server transaction; copies of the INVITE still match.</summary>
    [Fact]
    public void C080_an_undeliverable_response_leaves_the_transaction_in_place()
    {
        Bed.ReportClosedPorts();
        RegisterB();
        var unreachable = Agent("unreachable", "127.0.0.6:5060");
        var invite = unreachable.Request("INVITE", "sip:b@home.test");
        unreachable.Send(invite);
        unreachable.Expect(100);
        var atB = B.Expect("INVITE");
        unreachable.Endpoint.Close();
        B.Reply(atB, 200);
        Bed.Pass(1000);

        // It comes back; its copy of the INVITE is no new call.
        unreachable.Send(invite);
        B.Silence();
    }

    [Fact]
    public void C081_we_never_acknowledge_a_2xx()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 200);
        A.Expect(200);
        B.Silence(120_000);
    }
}
