using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Loopback mode with [::1] as its only listener: IPv4 has no door then, whatever a phone writes into its Contact.</summary>
public sealed class LoopbackV6 : ConformanceTest
{
    private SimUserAgent One => Agent("one", "[::1]:5062");

    private SimUserAgent Two => Agent("two", "[::1]:5064");

    protected override void Configure(SipEngineOptions options)
    {
        options.Mode = NetworkMode.Loopback;
        options.Listen = [new ListenAddress(IPEndPoint.Parse("[::1]:5060"))];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_phones_register_and_call_each_other(bool callerHangsUp)
    {
        foreach (var (caller, callee) in ((SimUserAgent, SimUserAgent)[])[(One, Two), (Two, One)])
        {
            Register(callee, "callee", callee.Contact);
            var invite = caller.Ask("INVITE", "sip:callee@home.test");
            caller.Expect(100);
            var there = callee.Expect("INVITE");
            Assert.Equal("[::1]:5060", WireText.SentBy(there.Vias[0]));
            Assert.Equal("[::1]:5060", WireText.HostPort(WireText.Uri(there.All("Record-Route").Single())));
            callee.Reply(there, 180);
            caller.Expect(180);
            var sentOk = callee.Reply(there, 200);
            var ok = caller.Expect(200, "INVITE");
            caller.Ack(invite, ok);
            callee.Expect("ACK");
            var (one, other) = callerHangsUp ? (caller, callee) : (callee, caller);
            one.Send(callerHangsUp ? caller.Within("BYE", invite, ok) : callee.WithinAsCallee("BYE", there, sentOk));
            other.Reply(other.Expect("BYE"), 200);
            one.Expect(200, "BYE");
            callee.Send(RegisterRequest(callee, "callee", callee.Contact + ";expires=0"));
            callee.Expect(200);
        }
    }

    /// <summary>Loopback mode reaches the program behind a Contact that is of no use at the place that its REGISTER came from.</summary>
    [Theory]
    [InlineData("192.168.1.7:5064")]
    [InlineData("192.168.1.7:5060")]
    [InlineData("127.0.0.1:5064")]
    [InlineData("127.0.0.1")]
    [InlineData("[2001:db8::7]:5064")]
    [InlineData("[2001:db8::7]")]
    [InlineData("localhost:5064")]
    [InlineData("phone.inside:5064")]
    public void A_Contact_of_IPv4_or_of_the_network_is_reached(string contact)
    {
        Bed.SetHost("localhost", "127.0.0.1");
        Bed.SetHost("phone.inside", null);
        Register(Two, "two", $"<sip:two@{contact}>");
        One.Ask("MESSAGE", "sip:two@home.test");
        var there = Two.Expect("MESSAGE");
        Assert.Equal($"sip:two@{contact}", there.RequestUri);
        Two.Reply(there, 200);
        One.Expect(200);
    }

    [Theory]
    [InlineData("192.168.1.7")]
    [InlineData("127.0.0.1")]
    public void So_is_it_within_a_call(string host)
    {
        Register(Two, "two", $"<sip:two@{host}:5064>");
        var invite = One.Send(One.Request("INVITE", "sip:two@home.test").Set("Contact", $"<sip:one@{host}:5062>"));
        One.Expect(100);
        var there = Two.Expect("INVITE");
        var sentOk = Two.Send(Two.Answer(there, 200).Set("Contact", $"<sip:two@{host}:5064>"));
        var ok = One.Expect(200);
        One.Ack(invite, ok);
        Two.Expect("ACK");
        Two.Send(Two.WithinAsCallee("BYE", there, sentOk));
        One.Reply(One.Expect("BYE"), 200);
        Two.Expect(200, "BYE");
    }
}
