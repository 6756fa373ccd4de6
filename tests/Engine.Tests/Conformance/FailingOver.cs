using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>
/// RFC 3263 §4.3: a name with several addresses is tried at the next one when the element at one has failed. far.test is
/// at C and at D.
/// </summary>
public sealed class FailingOver : ConformanceTest
{
    private const string Far = "sip:x@far.test:5060";
    private const long TimerB = 32_000;

    private void SetFar(params SimUserAgent[] at) => Bed.SetHost("far.test", string.Join(' ', at.Select(static a => a.Host)));

    [Fact]
    public void An_INVITE_that_gets_no_answer_goes_to_the_next_address_as_a_new_transaction()
    {
        SetFar(C, D);
        var (invite, first) = Invite(A.Request("INVITE", Far), C);
        var second = D.Expect("INVITE", within: TimerB + 200);
        Assert.NotEqual(first.Branch, second.Branch);
        Assert.Equal(first["Max-Forwards"], second["Max-Forwards"]);
        D.Reply(second, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        D.Expect("ACK");
    }

    [Fact]
    public void A_closed_port_moves_on_at_once()
    {
        Bed.ReportClosedPorts();
        Bed.SetHost("far.test", $"127.0.0.9 {D.Host}");
        A.Send(A.Request("INVITE", Far));
        A.Expect(100);
        D.Reply(D.Expect("INVITE"), 486);
        A.Expect(486);
    }

    [Fact]
    public void A_503_moves_on_at_once_and_is_acknowledged()
    {
        SetFar(C, D);
        var (invite, first) = Invite(A.Request("INVITE", Far), C);
        C.Reply(first, 180);
        A.Expect(180);
        C.Reply(first, 503);
        C.Expect("ACK");
        var second = D.Expect("INVITE");
        D.Reply(second, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        D.Expect("ACK");

        // The 503 that comes again is still acknowledged.
        C.Reply(first, 503);
        C.Expect("ACK");
        A.Silence();
    }

    [Fact]
    public void The_last_failure_is_what_the_caller_hears()
    {
        SetFar(C, D);
        var (invite, first) = Invite(A.Request("INVITE", Far), C);
        C.Reply(first, 503);
        C.Expect("ACK");
        D.Reply(D.Expect("INVITE"), 503);
        D.Expect("ACK");
        Assert.Contains("503", ExpectFinal(invite, 500)["Warning"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(486)]
    [InlineData(500)]
    [InlineData(603)]
    public void Another_final_response_is_an_answer_and_no_failure(int status)
    {
        SetFar(C, D);
        var (invite, first) = Invite(A.Request("INVITE", Far), C);
        C.Reply(first, status);
        C.Expect("ACK");
        ExpectFinal(invite, status);
        D.Silence(TimerB + 1000);
    }

    [Fact]
    public void A_caller_that_has_cancelled_is_taken_nowhere_else()
    {
        SetFar(C, D);
        var (invite, _) = Invite(A.Request("INVITE", Far), C);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        ExpectFinal(invite, 487, within: TimerB + 200);
        D.Silence();
    }

    [Fact]
    public void A_CANCEL_follows_the_INVITE_to_the_address_that_it_has_moved_to()
    {
        SetFar(C, D);
        var (invite, first) = Invite(A.Request("INVITE", Far), C);
        C.Reply(first, 503);
        C.Expect("ACK");
        var second = D.Expect("INVITE");
        D.Reply(second, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        var cancel = D.Expect("CANCEL");
        Assert.Equal(second.Branch, cancel.Branch);
        D.Reply(cancel, 200);
        C.Silence();
        D.Reply(second, 487);
        D.Expect("ACK");
        ExpectFinal(invite, 487);
    }

    [Fact]
    public void A_MESSAGE_moves_on_while_its_sender_waits_and_not_afterwards()
    {
        Bed.ReportClosedPorts();
        Bed.SetHost("far.test", $"127.0.0.9 {D.Host}");
        A.Ask("MESSAGE", Far);
        D.Reply(D.Expect("MESSAGE"), 200);
        A.Expect(200, "MESSAGE");

        // RFC 4320 §4.2: the first address was silent for as long as the sender waits.
        Bed.SetHost("silent.test", $"{C.Host} {D.Host}");
        A.Ask("MESSAGE", "sip:x@silent.test:5060");
        C.Expect("MESSAGE");
        D.Silence(2 * TimerB);
    }

    [Fact]
    public void Each_phone_of_a_fork_moves_on_by_itself()
    {
        SetFar(C, D);
        Register(B, "b", "<sip:b@127.0.0.3:5060>", "<sip:x@far.test:5060>");
        var (invite, atB) = Invite("sip:b@home.test");
        B.Reply(atB, 180);
        A.Expect(180);
        C.Reply(C.Expect("INVITE"), 503);
        C.Expect("ACK");
        D.Reply(D.Expect("INVITE"), 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        Assert.Equal(atB.Branch, B.Expect("CANCEL").Branch);
    }

    [Fact]
    public void An_ACK_waits_for_the_name_that_it_goes_to()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Send(B.Answer(atB, 200).Set("Contact", "<sip:b@far.test:5060>"), atB.From);
        var ok = A.Expect(200, "INVITE");
        Bed.SetHost("far.test", B.Host, delayMilliseconds: 700);
        A.Ack(invite, ok);
        B.Silence(690);
        Assert.Equal("sip:b@far.test:5060", B.Expect("ACK").RequestUri);
        B.Silence();
    }

    [Fact]
    public void A_name_that_no_server_answers_for_is_given_up()
    {
        Bed.SetHost("far.test", C.Host, delayMilliseconds: 40_000);
        var invite = A.Send(A.Request("INVITE", Far));
        A.Expect(100);
        A.Silence(31_000);
        Assert.Contains("far.test", ExpectFinal(invite, 500, within: 2000)["Warning"], StringComparison.Ordinal);
        C.Silence(20_000);
    }
}
