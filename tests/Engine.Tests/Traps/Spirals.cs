using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// Traps others fell into: one call through us twice. Both legs have one Call-ID, so nothing may be found by it.
/// </summary>
public class Spirals : ConformanceTest
{
    [Fact]
    public void A_call_through_us_twice_is_answered_and_ended()
    {
        var (invite, atB) = InviteSpiral();
        B.Reply(atB, 180);
        A.Expect(180);
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        Assert.Empty(B.Expect("ACK").All("Route"));
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
        A.Silence();
        B.Silence(1);
    }

    [Fact]
    public void A_call_through_us_twice_is_cancelled_once()
    {
        var (invite, atB) = InviteSpiral();
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
        A.Silence(5000);
        B.Silence(1);
    }

    [Fact]
    public void A_call_through_us_twice_is_refused_once()
    {
        var (invite, atB) = InviteSpiral();
        B.Reply(atB, 486);
        B.Expect("ACK");
        ExpectFinal(invite, 486);
        A.Silence(40_000);
        B.Silence(1);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void A_user_who_is_registered_at_himself_is_a_loop(string method)
    {
        Register(B, "me", "<sip:me@home.test>");
        var request = A.Ask(method, "sip:me@home.test");
        if (method == "INVITE")
        {
            A.Expect(100);
        }

        var final = A.Expect(482, method);
        if (method == "INVITE")
        {
            A.AckNon2xx(request, final);
        }

        A.Silence();
    }

    [Fact]
    public void Two_users_who_forward_to_each_other_are_a_loop()
    {
        Register(B, "x", "<sip:y@home.test>");
        Register(B, "y", "<sip:x@home.test>");
        A.Ask("MESSAGE", "sip:x@home.test");
        A.Expect(482, "MESSAGE");
    }

    [Fact]
    public void The_same_Call_ID_from_two_callers_is_two_calls()
    {
        RegisterB();
        var (_, first) = Invite(A.Request("INVITE", "sip:b@home.test").Set("Call-ID", "shared"));
        C.Send(C.Request("INVITE", "sip:b@home.test").Set("Call-ID", "shared"));
        C.Expect(100);
        var second = B.Expect("INVITE");
        B.Reply(second, 180);
        C.Expect(180);
        B.Reply(first, 183);
        A.Expect(183);
        B.Reply(first, 200);
        A.Expect(200);
        C.Silence(100);
    }

    private (WireMessage Invite, WireMessage AtB) InviteSpiral()
    {
        RegisterB();
        Register(A, "spiral", "<sip:b@home.test>");
        var (invite, atB) = Invite("sip:spiral@home.test");
        Assert.Equal(3, atB.Vias.Count);
        return (invite, atB);
    }
}
