using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Traps others fell into: requests that never end, ports that are closed, names that are not there.</summary>
public class Endings : ConformanceTest
{
    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("BYE")]
    [InlineData("REFER")]
    public void Timer_F_sends_no_408_upstream(string method)
    {
        RegisterB();
        A.Ask(method, "sip:b@home.test");
        A.Expect(100, method, 4000);
        A.Silence(300_000);
    }

    [Fact]
    public void An_undeliverable_request_does_not_stop_the_next_one()
    {
        Bed.ReportClosedPorts();
        RegisterB();
        for (var i = 0; i < 20; i++)
        {
            A.Ask("MESSAGE", "sip:x@127.0.0.5:5060");
            Assert.InRange(A.Next(1000).Status, 500, 503);
        }

        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void A_name_that_does_not_resolve_fails_its_branch(long delay)
    {
        Bed.SetHost("nowhere.test", null, delay);
        var invite = A.Ask("INVITE", "sip:x@nowhere.test");
        A.Expect(100);
        var final = A.Next(1000);
        Assert.InRange(final.Status, 500, 503);
        A.AckNon2xx(invite, final);
    }

    [Fact]
    public void A_name_that_resolves_later_is_called_then()
    {
        Bed.SetHost("slow.test", B.Host, 700);
        A.Ask("MESSAGE", "sip:x@slow.test:5060");
        B.Silence(600);
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:x@slow.test:5060", atB.RequestUri);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void A_slow_name_delays_no_other_branch()
    {
        Bed.SetHost("slow.test", C.Host, 2000);
        Register(B, "half", "<sip:b@127.0.0.3:5060>", "<sip:c@slow.test>");
        var (invite, atB) = Invite("sip:half@home.test");
        B.Reply(atB, 486);
        B.Expect("ACK");
        var atC = C.Expect("INVITE", 3000);
        C.Reply(atC, 404);
        C.Expect("ACK");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[404, 486]);
        A.AckNon2xx(invite, final);
    }

    [Fact]
    public void While_draining_new_calls_get_503_and_running_ones_finish()
    {
        RegisterB();
        var (invite, atB) = Invite();
        Bed.BeginDrain();
        var refused = A.Ask("INVITE", "sip:b@home.test");
        A.AckNon2xx(refused, A.Expect(503, "INVITE"));
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        B.Expect("ACK");
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("hello")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("INVITE sip:b@home.test SIP/2.0\r\n")]
    [InlineData("\u0000\u0001\u0000\u0000\u0021\u0012\u00A4\u0042123456789012")]
    public void What_is_no_SIP_gets_no_answer(string octets)
    {
        RegisterB();
        A.Send(octets);
        A.Silence();
        A.Ask("OPTIONS", "sip:home.test");
        A.Expect(200, "OPTIONS");
    }

    /// <summary>A hangup long after the dialog was forgotten here: the Route set knows the way (RFC 3261 §16.12).</summary>
    [Fact]
    public void A_BYE_after_the_dialog_was_forgotten_goes_through()
    {
        var (invite, _, _, ok) = Call();
        Bed.Pass(3 * 3_600_000);
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
    }
}
