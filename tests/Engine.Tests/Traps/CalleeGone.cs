using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// A caller learns why its callee could not be reached: the code is the RFC's (3261 §16.7 step 6: a lone 503 becomes 500),
/// and the reason phrase and a Warning tell it from a fault of the proxy.
/// </summary>
public class CalleeGone : ConformanceTest
{
    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void A_closed_port_is_told_as_an_unreachable_callee(string method)
    {
        Bed.ReportClosedPorts();
        AssertTold(Final(method, "sip:x@127.0.0.5:5060"), 500, "Callee Unreachable", "Callee's address is unreachable (ICMP)");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void A_name_without_an_address_is_named(long delay)
    {
        Bed.SetHost("no-where.test", null, delay);
        AssertTold(Final("INVITE", "sip:x@no-where.test"), 500, "No Address For Callee's Host", "no address for host no-where.test");
    }

    [Fact]
    public void Another_transport_is_told_as_not_served() => AssertTold(
        Final("INVITE", "sip:x@127.0.0.5:5060;transport=tcp"), 500, "Callee's Transport Not Served",
        "Callee's address needs a transport or address family that is not served here");

    [Fact]
    public void A_503_of_the_next_hop_is_told_as_its_own()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 503);
        B.Expect("ACK");
        AssertTold(ExpectFinal(invite, 500), 500, "Next Hop Unavailable", "the next hop answered 503");
    }

    [Fact]
    public void Silence_is_told_as_no_answer()
    {
        RegisterB();
        var (invite, _) = Invite();
        AssertTold(ExpectFinal(invite, 408, 33_000), 408, "Request Timeout", "no answer from the callee in time");
        B.Drain(0);
    }

    /// <summary>What a callee says is passed on as it is.</summary>
    [Fact]
    public void A_500_of_the_callee_is_left_as_it_is()
    {
        Bed.ReportClosedPorts();
        Register(B, "two", "<sip:b@127.0.0.3:5060>", "<sip:x@127.0.0.5:5060>");
        var (invite, atB) = Invite("sip:two@home.test");
        B.Reply(atB, 500, "Out of paper");
        B.Expect("ACK");
        var final = ExpectFinal(invite, 500);
        Assert.Equal("SIP/2.0 500 Out of paper", final.StartLine);
        Assert.Null(final.Find("Warning"));
    }

    private static void AssertTold(WireMessage final, int status, string phrase, string warning)
    {
        Assert.Equal($"SIP/2.0 {status} {phrase}", final.StartLine);
        Assert.Equal($"399 127.0.0.1:5060 \"{warning}\"", final["Warning"]);
    }

    private WireMessage Final(string method, string uri)
    {
        var request = A.Ask(method, uri);
        if (method == "INVITE")
        {
            A.Expect(100);
        }

        var final = A.Next(2000);
        if (method == "INVITE")
        {
            A.AckNon2xx(request, final);
        }

        return final;
    }
}
