using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>A client whose branches repeat, as some restart their counters: each of its requests is one of its own.</summary>
public class EqualBranches : ConformanceTest
{
    [Fact]
    public void Two_calls_with_one_branch_are_two_calls()
    {
        RegisterB();
        var first = A.Request("INVITE", "sip:b@home.test");
        var second = A.Request("INVITE", "sip:b@home.test").Set("Via", first.Vias[0]);
        var (_, atB) = Invite(first);
        A.Send(second);
        A.Expect(100);
        var secondAtB = B.Expect("INVITE");
        Assert.Equal(second["Call-ID"], secondAtB["Call-ID"]);

        // Each CANCEL and ACK finds its own.
        B.Reply(secondAtB, 180);
        A.Expect(180);
        A.Cancel(second);
        A.Expect(200, "CANCEL");
        Assert.Equal(second["Call-ID"], B.Expect("CANCEL")["Call-ID"]);
        B.Reply(secondAtB, 487);
        B.Expect("ACK");
        ExpectFinal(second, 487);
        B.Reply(atB, 486);
        B.Expect("ACK");
        ExpectFinal(first, 486);
        A.Silence(5_000);
    }

    /// <summary>Also long after the first has its answer, when it only absorbs what comes again.</summary>
    [Theory]
    [InlineData("Call-ID", "another")]
    [InlineData("From", "<sip:a@home.test>;tag=another")]
    [InlineData("CSeq", "2 MESSAGE")]
    public void A_request_with_the_branch_of_an_answered_one_is_forwarded(string name, string value)
    {
        RegisterB();
        var first = A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
        Bed.Pass(1_000);
        var second = A.Send(first.Copy().Set(name, value));
        var atB = B.Expect("MESSAGE");
        Assert.Equal(value, atB[name]);
        B.Reply(atB, 404);
        A.Expect(404);

        // A retransmission of each gets its own answer.
        A.Send(first);
        A.Expect(200);
        A.Send(second);
        A.Expect(404);
        B.Silence(100);
    }
}
