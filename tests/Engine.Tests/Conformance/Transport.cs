using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group J of the checklist, as far as UDP shows it: RFC 3261 §18 and RFC 3581.</summary>
public sealed class Transport : ConformanceTest
{
    [Theory]
    [InlineData("a.example.test:5060")]
    [InlineData("127.0.0.9:5060")]
    [InlineData("a.example.test")]
    public void C091_a_Via_that_is_not_the_source_gets_received(string sentBy)
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Via", $"SIP/2.0/UDP {sentBy};branch=z9hG4bKc091"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("127.0.0.2", WireText.Param(atB.Vias[1], "received"));
        Assert.StartsWith($"SIP/2.0/UDP {sentBy};branch=z9hG4bKc091", atB.Vias[1]);
        B.Reply(atB, 200);
        Assert.Equal("127.0.0.2", WireText.Param(A.Expect(200).Vias[0], "received"));
    }

    [Fact]
    public void C091_so_has_an_answer_of_our_own()
    {
        A.Send(A.Request("MESSAGE", "sip:nobody-here@home.test").Set("Via", "SIP/2.0/UDP a.example.test;branch=z9hG4bKc091"));
        Assert.Equal("127.0.0.2", WireText.Param(A.Expect(404).Vias[0], "received"));
    }

    [Fact]
    public void C092_without_rport_the_response_goes_to_the_port_in_the_Via()
    {
        RegisterB();
        var source = Agent("source", "127.0.0.2:40000");
        var other = Agent("other", "127.0.0.2:5099");
        source.Send(source.Request("MESSAGE", "sip:b@home.test").Set("Via", "SIP/2.0/UDP 127.0.0.2:5099;branch=z9hG4bKc092"));
        B.Reply(B.Expect("MESSAGE"), 200);
        other.Expect(200);
        source.Silence(100);

        // The same for an answer of our own.
        source.Send(source.Request("MESSAGE", "sip:nobody-here@home.test").Set("Via", "SIP/2.0/UDP 127.0.0.2:5099;branch=z9hG4bKc092b"));
        other.Expect(404);
    }

    [Fact]
    public void C093_rport_brings_the_response_back_to_the_source()
    {
        RegisterB();
        var source = Agent("source", "127.0.0.2:40000");
        source.Send(source.Request("MESSAGE", "sip:b@home.test").Set("Via", "SIP/2.0/UDP 127.0.0.2:5060;rport;branch=z9hG4bKc093"));
        var atB = B.Expect("MESSAGE");
        AssertNatted(atB.Vias[1], "127.0.0.2", "40000");
        B.Reply(atB, 200);
        var ok = source.Expect(200);
        AssertNatted(ok.Vias[0], "127.0.0.2", "40000");
        Assert.Equal(Bed.Proxy, ok.From);
        A.Silence(100);
    }

    /// <summary>RFC 3581 §4, RFC 3261 §18.2.1: the server writes received and rport; what the client put there counts for nothing.</summary>
    [Fact]
    public void C094_a_forged_received_is_overwritten()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Via", $"SIP/2.0/UDP {A.Address};received=127.0.0.4;rport;branch=z9hG4bKc094"));
        var atB = B.Expect("MESSAGE");
        Assert.Single(atB.Vias[1].Split(';'), static p => p.StartsWith("received=", StringComparison.Ordinal));
        AssertNatted(atB.Vias[1], "127.0.0.2", "5060");
        B.Reply(atB, 200);
        A.Expect(200);
        C.Silence(100);
    }

    [Fact]
    public void C094_100_and_copies_of_a_final_go_the_same_way()
    {
        RegisterB();
        var source = Agent("source", "127.0.0.2:40000");
        source.Send(source.Request("INVITE", "sip:b@home.test").Set("Via", "SIP/2.0/UDP 10.0.0.7;rport;branch=z9hG4bKc094"));
        AssertNatted(source.Expect(100).Vias[0], "127.0.0.2", "40000");
        var atB = B.Expect("INVITE");
        B.Reply(atB, 486);
        source.Expect(486);
        source.Expect(486, "INVITE", 600);
    }

    [Fact]
    public void C097_a_request_of_60000_octets_is_processed()
    {
        RegisterB();
        var request = A.Request("MESSAGE", "sip:b@home.test").With(new string('x', 60_000), "text/plain");
        A.Send(request);
        var atB = B.Expect("MESSAGE");
        Assert.Equal(request.Body, atB.Body);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C100_a_request_shorter_than_its_Content_Length_gets_400()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").With("short", "text/plain").Set("Content-Length", "50"));
        A.Expect(400, "MESSAGE");
        B.Silence();
    }

    [Fact]
    public void C100_a_response_shorter_than_its_Content_Length_is_dropped()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Send(B.Answer(atB, 200).With("short", "text/plain").Set("Content-Length", "50"));
        A.Silence(300);
        B.Reply(atB, 180);
        A.Expect(180);
    }

    /// <summary>RFC 3261 §18.2.2: an maddr in the top Via names where the response goes.</summary>
    [Fact]
    public void C157_a_response_goes_to_the_maddr_of_the_Via()
    {
        RegisterB();
        var there = C;
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Via", "SIP/2.0/UDP 127.0.0.2:5060;maddr=127.0.0.4;branch=z9hG4bKc157"));
        B.Reply(B.Expect("MESSAGE"), 200);
        there.Expect(200);
        A.Silence(100);
    }

    /// <summary>RFC 3261 §18.2.2: to the received address and the sent-by port, 5060 where it names none.</summary>
    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2:5060")]
    [InlineData("a.example.test", "127.0.0.2:5060")]
    [InlineData("a.example.test:5077", "127.0.0.2:5077")]
    [InlineData("192.0.2.9:5077", "127.0.0.2:5077")]
    public void C160_a_response_goes_to_received_and_the_port_of_sent_by(string sentBy, string address)
    {
        RegisterB();
        var source = Agent("source", "127.0.0.2:40000");
        var there = Agent("there", address);
        source.Send(source.Request("MESSAGE", "sip:b@home.test").Set("Via", $"SIP/2.0/UDP {sentBy};branch=z9hG4bKc160"));
        B.Reply(B.Expect("MESSAGE"), 200);
        there.Expect(200);
    }

    private static void AssertNatted(string via, string received, string rport)
    {
        Assert.Equal(received, WireText.Param(via, "received"));
        Assert.Equal(rport, WireText.Param(via, "rport"));
    }
}
