using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>Reports about the Reason of a CANCEL (RFC 3326): without it each phone of a group shows a missed call.</summary>
public sealed class CancelReasons : FieldTest
{
    private const string Elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private SimUserAgent Second => Agent("second", "127.0.0.4:27104");

    /// <summary>RFC 3326 §2: a proxy that forwards a CANCEL SHOULD copy its Reason.</summary>
    [Fact]
    public void Every_Reason_of_the_caller_is_passed_on()
    {
        var exchange = new FieldExchange("cancel-reason");
        SendRegister(exchange, 1, Callee);
        var invite = SendInvite(exchange, 2, Caller);
        var atCallee = Callee.Expect("INVITE");
        Answer(exchange, 3, Callee, atCallee);
        Caller.Expect(180);
        var sent = Send(exchange, 4, Caller);
        Caller.Expect(200, "CANCEL");
        var cancel = Callee.Expect("CANCEL");
        Assert.Equal(sent.Lines("Reason"), cancel.Lines("Reason"));
        EndCancelled(Callee, cancel, atCallee);
        Caller.AckNon2xx(invite, Caller.Expect(487, "INVITE"));
    }

    /// <summary>A CANCEL that has to wait for the first provisional response has the Reason all the same.</summary>
    [Fact]
    public void A_Reason_waits_with_its_CANCEL()
    {
        var exchange = new FieldExchange("cancel-reason");
        SendRegister(exchange, 1, Callee);
        var invite = SendInvite(exchange, 2, Caller);
        var atCallee = Callee.Expect("INVITE");
        var sent = Send(exchange, 4, Caller);
        Caller.Expect(200, "CANCEL");
        Callee.Silence(100);
        Callee.Reply(atCallee, 100);
        var cancel = Callee.Expect("CANCEL");
        Assert.Equal(sent.Lines("Reason"), cancel.Lines("Reason"));
        EndCancelled(Callee, cancel, atCallee);
        Caller.AckNon2xx(invite, Caller.Expect(487, "INVITE"));
    }

    [Fact]
    public void The_other_phone_learns_that_the_call_was_completed_elsewhere()
    {
        var exchange = new FieldExchange("cancel-of-the-others");
        var (invite, atFirst, atSecond) = RingBoth(exchange);
        Answer(exchange, 5, Callee, atFirst);
        var ok = Caller.Expect(200, "INVITE");
        var cancel = Second.Expect("CANCEL");
        Assert.Equal([Elsewhere], cancel.Lines("Reason"));
        EndCancelled(Second, cancel, atSecond);
        Caller.Ack(invite, ok);
        Callee.Expect("ACK");
    }

    [Fact]
    public void A_caller_who_gave_up_completed_nothing_elsewhere()
    {
        var (invite, atFirst, atSecond) = RingBoth(new FieldExchange("cancel-of-the-others"));
        Caller.Cancel(invite);
        Caller.Expect(200, "CANCEL");
        foreach (var (phone, request) in new[] { (Callee, atFirst), (Second, atSecond) })
        {
            var cancel = phone.Expect("CANCEL");
            Assert.False(cancel.Has("Reason"));
            EndCancelled(phone, cancel, request);
        }

        Caller.AckNon2xx(invite, Caller.Expect(487, "INVITE"));
    }

    /// <summary>RFC 3261 §16.7 step 5: a 6xx cancels the others, and nobody has answered.</summary>
    [Fact]
    public void A_6xx_of_one_phone_completed_nothing_elsewhere()
    {
        var (invite, atFirst, atSecond) = RingBoth(new FieldExchange("cancel-of-the-others"));
        Callee.Reply(atFirst, 603);
        Callee.Expect("ACK");
        var cancel = Second.Expect("CANCEL");
        Assert.DoesNotContain("elsewhere", cancel.Find("Reason") ?? "");
        EndCancelled(Second, cancel, atSecond);
        Caller.AckNon2xx(invite, Caller.Expect(603, "INVITE"));
    }

    private static void EndCancelled(SimUserAgent phone, WireMessage cancel, WireMessage invite)
    {
        phone.Reply(cancel, 200);
        phone.Reply(invite, 487);
        phone.Expect("ACK");
    }

    /// <summary>Both phones of the user ring.</summary>
    private (WireMessage Invite, WireMessage AtFirst, WireMessage AtSecond) RingBoth(FieldExchange exchange)
    {
        SendRegister(exchange, 1, Callee);
        SendRegister(exchange, 2, Second);
        var invite = SendInvite(exchange, 3, Caller);
        var (atFirst, atSecond) = (Callee.Expect("INVITE"), Second.Expect("INVITE"));
        Answer(exchange, 4, Callee, atFirst);
        Caller.Expect(180);
        Answer(exchange, 4, Second, atSecond);
        Caller.Expect(180);
        return (invite, atFirst, atSecond);
    }
}
