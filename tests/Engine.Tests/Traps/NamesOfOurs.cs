using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>A name that the operator did not tell us of, and that a name server says is ours.</summary>
public sealed class NamesOfOurs : ConformanceTest
{
    [Theory]
    [InlineData("REGISTER", 0)]
    [InlineData("REGISTER", 50)]
    [InlineData("MESSAGE", 0)]
    public void A_domain_whose_name_leads_to_us_is_refused_and_not_looped(string method, int delay)
    {
        Bed.SetHost("proxy.lab", "127.0.0.1", delay);
        for (var i = 0; i < 2; i++)
        {
            A.Ask(method, method == "REGISTER" ? "sip:proxy.lab" : "sip:b@proxy.lab");
            A.Expect(404, method);
        }
    }

    [Fact]
    public void In_loopback_mode_it_is_adopted()
    {
        Start(static options => options.Mode = NetworkMode.Loopback);
        Bed.SetHost("proxy.lab", "127.0.0.1");
        A.Ask("MESSAGE", "sip:b@proxy.lab");
        A.Expect(404);
        B.Send(RegisterRequest(B, "b", B.Contact).Set("To", "<sip:b@proxy.lab>").WithStartLine("REGISTER sip:proxy.lab SIP/2.0"));
        B.Expect(200);
        A.Ask("MESSAGE", "sip:b@proxy.lab");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void A_Route_through_it_ends_here()
    {
        Bed.SetHost("proxy.lab", "127.0.0.1");
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Route", "<sip:proxy.lab;lr>"));
        var atB = B.Expect("MESSAGE");
        Assert.Empty(atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void With_another_port_it_is_another_program()
    {
        Bed.SetHost("proxy.lab", "127.0.0.1");
        var other = Agent("other", "127.0.0.1:5090");
        A.Ask("MESSAGE", "sip:x@proxy.lab:5090");
        other.Reply(other.Expect("MESSAGE"), 200);
        A.Expect(200);
    }
}
