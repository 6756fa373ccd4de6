using System.Net;
using System.Text;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>The proxy is started anew with other keys, and given the bindings that it had.</summary>
public sealed class RestoredBindings : ConformanceTest
{
    private const string Left = "192.168.1.5:5060";
    private const string Right = "10.0.0.5:5060";

    private IReadOnlyList<BindingRecord> _left = [];

    private SimTestBed Simulated => Assert.IsType<SimTestBed>(Bed);

    private SimUserAgent Near => Agent("near", "192.168.1.10:5060");

    private SimUserAgent Far => Agent("far", "10.0.0.20:5060");

    private SimUserAgent Natted => Agent("natted", "203.0.113.20:40000", "10.9.9.9:5060");

    protected override void Configure(SipEngineOptions options)
    {
        options.Shards = 4;
        options.Listen = [new ListenAddress(IPEndPoint.Parse(Left)), new ListenAddress(IPEndPoint.Parse(Right))];
    }

    [Fact]
    public void A_call_reaches_the_phone_and_an_older_CSeq_is_refused_as_before()
    {
        Near.Send(RegisterRequest(Near, "near", Near.Contact).Set("CSeq", "10 REGISTER"));
        Near.Expect(200);
        Restart();
        AssertReached("near", Near, Left);
        Near.Send(RegisterRequest(Near, "near", Near.Contact + ";expires=0").Set("CSeq", "9 REGISTER"));
        Near.Expect(500);
        AssertReached("near", Near, Left);
        Near.Send(RegisterRequest(Near, "near", Near.Contact + ";expires=0").Set("CSeq", "11 REGISTER"));
        Near.Expect(200);
        Near.Ask("MESSAGE", "sip:near@home.test");
        Near.Expect(480);
    }

    /// <summary>A NAT, and a firewall, lets in only what comes from where the phone registered.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_flow_of_the_REGISTER_is_used_again_though_the_listeners_have_changed_places(bool swapped)
    {
        Start(static options => options.Mode = NetworkMode.Nat);
        Natted.Send(RegisterRequest(Natted, "natted", Natted.Contact), Right);
        Natted.Expect(200);
        Far.Send(RegisterRequest(Far, "far", Far.Contact), Right);
        Far.Expect(200);
        if (swapped)
        {
            Simulated.Options.Listen = [.. Simulated.Options.Listen.Reverse()];
        }

        Restart();
        AssertReached("natted", Natted, Right);
        AssertReached("far", Far, Right);
    }

    [Fact]
    public void Paths_and_the_order_of_preference_come_back()
    {
        Bed.SetHost("edge.test", Far.Host);
        Register(Near, "b", Near.Contact + ";q=0.5", "<sip:other@192.168.1.11:5060>;q=0.1");
        Far.Send(RegisterRequest(Near, "b", "<sip:b@192.168.1.12>;q=0.9").Add("Path", "<sip:edge.test;lr>").Set("Call-ID", "far"), Right);
        Far.Expect(200);
        Restart();
        Near.Ask("MESSAGE", "sip:b@home.test");
        var atEdge = Far.Expect("MESSAGE");
        Assert.Equal(("sip:b@192.168.1.12", "<sip:edge.test;lr>"), (atEdge.RequestUri, Assert.Single(atEdge.All("Route"))));
        Far.Reply(atEdge, 480);
        var atNear = Near.Expect("MESSAGE");
        Near.Reply(atNear, 200);
        Near.Expect(200);
    }

    [Fact]
    public void A_binding_that_expired_meanwhile_is_gone()
    {
        Register(Near, "near", Near.Contact + ";expires=60");
        Register(Near, "other", Near.Contact + ";expires=61");
        Restart(downMilliseconds: 60_000);
        Assert.Equal("sip:near@home.test", Encoding.ASCII.GetString(Assert.Single(_left).RegistrationSet));
        Bed.Pass(2_000);
        Assert.Equal(0, Simulated.Engine.Sum().BindingsAlive);
    }

    [Fact]
    public void A_domain_that_was_adopted_in_loopback_mode_is_ours_again()
    {
        Start(static options => (options.Mode, options.Domains, options.Listen) = (NetworkMode.Loopback, [], [new ListenAddress(IPEndPoint.Parse("127.0.0.1:5060"))]));
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>"));
        B.Expect(200);
        Restart();
        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    private void Restart(long downMilliseconds = 0)
    {
        var records = Simulated.Engine.Export();
        Assert.Equal(Simulated.Engine.Sum().BindingsAlive, records.Count);
        Bed.Pass(downMilliseconds);
        Simulated.Restart(secret: 1, process: 2);
        _left = Simulated.Engine.Restore(records);
        Assert.Equal(records.Count - _left.Count, Simulated.Engine.Sum().BindingsAlive);
    }

    private void AssertReached(string user, SimUserAgent phone, string from)
    {
        A.Send(A.Request("MESSAGE", $"sip:{user}@home.test"), Left);
        var there = phone.Expect("MESSAGE");
        Assert.Equal(from, there.From);
        phone.Reply(there, 200);
        A.Expect(200);
    }
}
