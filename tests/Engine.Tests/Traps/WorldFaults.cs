using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Faults that the seeded worlds (<see cref="SimWorldSeeds"/>) have found, each as small as it could be made.</summary>
public class WorldFaults : ConformanceTest
{
    /// <summary>
    /// RFC 3261 §16.7 step 5: a MESSAGE forks to B and to a name that is still being looked up; B answers, so the
    /// other target gets nothing.
    /// </summary>
    [Theory]
    [InlineData(200)]
    [InlineData(603)]
    public void A_target_whose_look_up_ends_after_the_final_response_gets_nothing(int final)
    {
        Bed.SetHost("slow.test", C.Host, 300);
        Register(B, "fork", "<sip:b@127.0.0.3:5060>");
        Register(C, "fork", "<sip:c@slow.test:5060>");
        A.Ask("MESSAGE", "sip:fork@home.test");
        B.Reply(B.Expect("MESSAGE"), final);
        A.Expect(final, within: 400);
        C.Silence(40_000);
    }

    /// <summary>
    /// RFC 3261 §17.1.1.3: the ACK for a non-2xx stays on its hop. An INVITE inside a dialog has a To tag already, so
    /// ours does not tell its ACK from one for a 2xx.
    /// </summary>
    [Theory]
    [InlineData("Max-Forwards: 0", 483)]
    [InlineData("Proxy-Require: foo", 420)]
    [InlineData("Content-Length: 900", 400)]
    public void The_ACK_for_a_refused_INVITE_inside_a_dialog_stays_here(string why, int status)
    {
        var (invite, _, _, ok) = Call();
        var reinvite = A.Within("INVITE", invite, ok);
        var colon = why.IndexOf(':', StringComparison.Ordinal);
        A.Send(reinvite.Set(why[..colon], why[(colon + 2)..]));
        A.AckNon2xx(reinvite, A.Expect(status, "INVITE"));
        B.Silence(40_000);
    }

    /// <summary>
    /// A losing branch may outlive the server transaction: B answers at once and Timer L ends it after 32 s, while C,
    /// that rang late and was cancelled late, answers all the same. By then the transaction object serves D's call.
    /// </summary>
    [Fact]
    public void A_2xx_that_comes_after_Timer_L_reaches_its_own_caller()
    {
        var (invite, atB, atC) = InviteFork();
        B.Reply(atB, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
        Register(C, "c", "<sip:c@127.0.0.4:5060>");
        C.Drain(20_000);
        C.Reply(atC, 180);
        C.Reply(C.Expect("CANCEL"), 200);
        Bed.Pass(12_500);

        var other = D.Ask("INVITE", "sip:c@home.test");
        D.Expect(100);
        var otherAtC = C.Expect("INVITE");
        C.Reply(otherAtC, 180);
        D.Expect(180);
        C.Reply(atC, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        C.Expect("ACK");
        D.Silence(300);

        // D's call is what it was.
        D.Cancel(other);
        D.Expect(200, "CANCEL");
        C.Reply(C.Expect("CANCEL"), 200);
        C.Reply(otherAtC, 487);
        C.Expect("ACK");
        D.AckNon2xx(other, D.Expect(487, "INVITE"));
    }

    /// <summary>RFC 3261 §17.2.2: a REGISTER that comes again is not served again, whatever became of its bindings since.</summary>
    [Fact]
    public void A_repeated_unregistration_of_all_leaves_what_was_registered_since()
    {
        Register(B, "b", "<sip:b@127.0.0.3:5060>");
        var all = RegisterRequest(B, "b", "*").Set("Expires", "0");
        B.Send(all);
        B.Expect(200, "REGISTER");
        Register(C, "b", "<sip:c@127.0.0.4:5060>");
        B.Send(all);
        Assert.Single(B.Expect(200, "REGISTER").All("Contact"));
        A.Ask("MESSAGE", "sip:b@home.test");
        C.Reply(C.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void A_repeated_registration_does_not_bring_back_what_was_taken_back_since()
    {
        var register = RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>");
        B.Send(register);
        B.Expect(200, "REGISTER");
        Register(B, "b", "<sip:b@127.0.0.3:5060>;expires=0");
        B.Send(register);
        Assert.Empty(B.Expect(200, "REGISTER").All("Contact"));
        A.Ask("MESSAGE", "sip:b@home.test");
        A.Expect(480);
        B.Silence();
    }

    /// <summary>RFC 3261 §17.2.2: a sender repeats its request for 64*T1, however early we have given up on it.</summary>
    [Fact]
    public void A_request_given_up_early_is_not_taken_for_new_when_it_comes_again()
    {
        Start(static options => options.PendingTimeout = 1);
        RegisterB();
        var request = A.Ask("MESSAGE", "sip:b@home.test");
        var branch = B.Expect("MESSAGE").Branch;
        Bed.Pass(31_500);
        A.Send(request);
        Assert.All(B.Drain(1000), m => Assert.Equal(branch, m.Branch));
    }

    /// <summary>RFC 3581 §4: a response leaves by the listener that its request came in by, with state or without.</summary>
    [Fact]
    public void The_response_to_a_request_forwarded_without_state_leaves_by_the_listener_of_the_request()
    {
        Start(static options => options.Listen = [options.Listen[0], new ListenAddress(IPEndPoint.Parse("127.0.0.1:5062"))]);
        RegisterB();
        A.Send(A.CancelOf(A.Request("INVITE", "sip:b@home.test")), "127.0.0.1:5062");
        B.Reply(B.Expect("CANCEL"), 481);
        Assert.Equal("127.0.0.1:5062", A.Expect(481).From);
    }
}
