using ImsSipFast.Engine.Roles;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Elements;

/// <summary>A role that needs an answer from outside before it decides: nothing is lost meanwhile, and nothing is asked twice.</summary>
public sealed class ARoleThatAsks : ConformanceTest
{
    private AskingRole _role = null!;

    public ARoleThatAsks()
    {
        TestBeds.Use(options => new SimTestBed(options, elements: (options, listeners) =>
        [
            new ElementDefinition(new LocalIdentity(options, listeners), parts =>
                _role = new AskingRole(parts.Environment, new ProxyRegistrarRole(parts.Environment, new RegisterHandler(parts.Environment, parts.Registrar, parts.Responder)))),
        ]));
        Start(static _ => { });
        TestBeds.Use(null);
    }

    private SimEngine Engine => ((SimTestBed)Bed).Engine;

    [Fact]
    public void An_INVITE_waits_with_its_transaction_and_goes_on_with_the_answer()
    {
        RegisterB();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test"));
        A.Expect(100);
        Bed.Pass(700);
        A.Send(invite);
        A.Expect(100);
        B.Silence();
        Answer(Assert.Single(_role.Asked), isGranted: true);
        B.Reply(B.Expect("INVITE"), 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        B.Expect("ACK");
    }

    [Fact]
    public void A_refusal_is_a_final_response_of_the_transaction()
    {
        RegisterB();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test"));
        A.Expect(100);
        Answer(_role.Asked[0], isGranted: false);

        // It comes again until it is acknowledged.
        A.Expect(403);
        A.Expect(403, within: 600);
        A.AckNon2xx(invite, A.Expect(403, within: 1100));
        A.Silence(5000);
        B.Silence(1);
    }

    [Fact]
    public void Without_an_answer_the_caller_is_told_so_in_the_end()
    {
        RegisterB();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test"));
        A.Expect(100);
        A.Silence(31_900);
        ExpectFinal(invite, 504);
        Answer(_role.Asked[0], isGranted: true);
        B.Silence();
        Assert.Equal((1L, 1L), (Engine.Sum().AnswersMissing, Engine.Sum().AnswersLate));
    }

    [Fact]
    public void A_caller_that_cancels_meanwhile_gets_its_487_at_once()
    {
        RegisterB();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test"));
        A.Expect(100);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        ExpectFinal(invite, 487);
        Answer(_role.Asked[0], isGranted: true);
        B.Silence();
        Assert.Equal(1, Engine.Sum().AnswersLate);
    }

    [Fact]
    public void Another_request_waits_as_well_and_its_retransmissions_are_absorbed()
    {
        RegisterB();
        var message = A.Ask("MESSAGE", "sip:b@home.test");
        Bed.Pass(500);
        A.Send(message);
        B.Silence(100);
        Answer(Assert.Single(_role.Asked), isGranted: true);
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200, "MESSAGE");
        A.Send(message);
        A.Expect(200, "MESSAGE");
    }

    [Fact]
    public void What_is_for_the_element_itself_is_answered_after_the_question()
    {
        A.Ask("OPTIONS", "sip:home.test");
        A.Silence(100);
        Answer(_role.Asked[0], isGranted: true);
        A.Expect(200, "OPTIONS");
    }

    private void Answer(long ticket, bool isGranted) => Engine.Complete(0, new AskingRole.Permission(ticket, isGranted));
}
