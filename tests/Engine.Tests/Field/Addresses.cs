using System.Net;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>Reports about who the proxy is and where a phone is.</summary>
public sealed class Addresses : FieldTest
{
    [Fact]
    public void An_answer_leaves_from_the_address_that_was_asked()
    {
        StartOn(new SimRoutes("127.0.0.1/8", "127.0.0.9/8"), static options => options.Listen = [new(IPEndPoint.Parse("0.0.0.0:27000"))]);
        Send(new FieldExchange("answer-source-address"), 1, Caller, "127.0.0.9:27000");
        Assert.Equal("127.0.0.9:27000", Caller.Expect(200, "OPTIONS").From);
    }

    [Fact]
    public void A_phone_that_is_bound_to_an_interface_of_this_machine_is_reached_there_in_loopback_mode()
    {
        var exchange = new FieldExchange("interface-address");
        StartOn(new SimRoutes("127.0.0.1/8", "192.168.50.2/32"), static options => options.Mode = NetworkMode.Loopback);
        var (caller, callee) = (Agent("alice", "192.168.50.2:27102"), Agent("bob", "192.168.50.2:27103"));
        SendRegister(exchange, 1, callee);
        var invite = SendInvite(exchange, 2, caller);
        var there = callee.Expect("INVITE");
        var sentOk = callee.Reply(there, 200);
        caller.Ack(invite, caller.Expect(200));
        callee.Expect("ACK");
        callee.Send(callee.WithinAsCallee("BYE", there, sentOk));
        caller.Reply(caller.Expect("BYE"), 200);
        callee.Expect(200, "BYE");
    }

    /// <summary>The NAT of the phone lets in only what comes from where it registered: the dialog's later requests too.</summary>
    [Fact]
    public void An_INVITE_leaves_by_the_listener_of_the_REGISTER()
    {
        Start(static options => options.Mode = NetworkMode.Nat);
        ByItsListener();
    }

    [Fact]
    public void So_it_does_in_a_local_network() => ByItsListener();

    protected override void Configure(SipEngineOptions options)
    {
        base.Configure(options);
        options.Listen = [new(IPEndPoint.Parse(ProxyAddress)), new(IPEndPoint.Parse("127.0.0.1:27001"))];
    }

    private void ByItsListener()
    {
        const string Second = "127.0.0.1:27001";
        var exchange = new FieldExchange("listener-of-the-register");
        SendRegister(exchange, 1, Callee, Second);
        var invite = SendInvite(exchange, 2, Caller, ProxyAddress);
        var there = Callee.Expect("INVITE");
        Assert.Equal((Second, Second), (there.From, WireText.SentBy(there.Vias[0])));
        Callee.Reply(there, 200);
        Caller.Ack(invite, Caller.Expect(200));
        Assert.Equal(Second, Callee.Expect("ACK").From);
    }

    private void StartOn(SimRoutes routes, Action<SipEngineOptions> configure)
    {
        TestBeds.Use(options => new SimTestBed(options, routes: routes));
        Start(options =>
        {
            options.Listen = [new(IPEndPoint.Parse(ProxyAddress))];
            configure(options);
        });
        TestBeds.Use(null);
    }
}
