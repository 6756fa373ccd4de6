using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// A caller learns why its callee could not be reached: the code is the RFC's (3261 §16.7 step 6: a lone 503 becomes 500),
/// and the reason phrase and a Warning tell it from a fault of the proxy.
/// </summary>
public class CalleeGone : ConformanceTest
{
    private const string NotServed = "Callee's address needs a transport or address family that is not served here";

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
        NotServed);

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

    /// <summary>RFC 3261 §20.43: each branch that failed here is told of, that for which the response stands before the others.</summary>
    [Fact]
    public void Branches_that_failed_for_several_reasons_are_told_of_each()
    {
        Bed.ReportClosedPorts();
        Register(B, "many", "<sip:x@127.0.0.5:5060>", "<sip:y@127.0.0.6:5060>", "<sip:z@127.0.0.7;transport=tcp>");
        var final = Final("INVITE", "sip:many@home.test");
        Assert.Equal("SIP/2.0 500 Callee's Transport Not Served", final.StartLine);
        Assert.Equal(Warnings(NotServed, "Callee's address is unreachable (ICMP)"), final.All("Warning"));
    }

    [Fact]
    public void Each_name_without_an_address_is_named_once()
    {
        Start(static options => options.RecurseRedirects = true);
        Bed.SetHost("no-where.test", null, 50);
        RegisterB();
        var (invite, atB) = Invite();
        B.Send(B.Answer(atB, 302).Set("Contact", "<sip:x@no-where.test>, <sip:x@never.test>, <sip:y@no-where.test>, <sip:z@127.0.0.7;transport=tcp>"));
        B.Expect("ACK");
        var final = ExpectFinal(invite, 500);
        Assert.Equal("SIP/2.0 500 No Address For Callee's Host", final.StartLine);
        Assert.Equal(Warnings("no address for host never.test", NotServed, "no address for host no-where.test"), final.All("Warning"));
    }

    [Fact]
    public void Silence_and_an_unreachable_phone_are_both_told()
    {
        Bed.ReportClosedPorts();
        Register(B, "two", "<sip:b@127.0.0.3:5060>", "<sip:x@127.0.0.5:5060>");
        var (invite, _) = Invite("sip:two@home.test");
        var final = ExpectFinal(invite, 408, 33_000);
        Assert.Equal(Warnings("no answer from the callee in time", "Callee's address is unreachable (ICMP)"), final.All("Warning"));
        B.Drain(0);
    }

    /// <summary>A 503 that was received comes before what we found out ourselves, whichever was first.</summary>
    [Theory]
    [InlineData("sip:z@127.0.0.7;transport=tcp", NotServed)]
    [InlineData("sip:z@127.0.0.7:5060", "no answer from the callee in time")]
    public void A_503_and_another_failure_are_both_told(string other, string warning)
    {
        Register(B, "two", "<sip:b@127.0.0.3:5060>", $"<{other}>");
        var (invite, atB) = Invite("sip:two@home.test");
        B.Reply(atB, 503);
        B.Expect("ACK");
        var final = ExpectFinal(invite, 500, 33_000);
        Assert.Equal("SIP/2.0 500 Next Hop Unavailable", final.StartLine);
        Assert.Equal(Warnings("the next hop answered 503", warning), final.All("Warning"));
    }

    /// <summary>Names in a Warning are as many as a caller reads; the log has them all.</summary>
    [Fact]
    public void Only_so_many_reasons_are_listed()
    {
        Start(static options => options.RecurseRedirects = true);
        RegisterB();
        var (invite, atB) = Invite();
        B.Send(B.Answer(atB, 302).Set("Contact", string.Join(", ", Enumerable.Range(1, 12).Select(static i => $"<sip:x@{i}.{new string('n', 300)}.test>"))));
        B.Expect("ACK");
        Assert.Equal(8, ExpectFinal(invite, 500).All("Warning").Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void A_name_that_leads_here_and_is_not_served_is_named(long delay)
    {
        Bed.SetHost("proxy.lab", "127.0.0.1", delay);
        AssertTold(Final("INVITE", "sip:x@proxy.lab"), 404, "Not Found", "it leads to this proxy, which does not serve proxy.lab");
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

    private static List<string> Warnings(params string[] texts) => [.. texts.Select(static text => $"399 127.0.0.1:5060 \"{text}\"")];

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
