using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// The proxy is started anew while calls are up. It has forgotten them, and its bindings; what it wrote into their
/// Record-Route it knows again by its secret.
/// </summary>
public sealed class Restarts : ConformanceTest
{
    private const int Secret = 1;

    private SimUserAgent Near => Agent("near", "192.168.1.10:5060");

    private SimUserAgent Stranger => Agent("stranger", "203.0.113.7:5060");

    private SimUserAgent Natted => Agent("natted", "203.0.113.20:40000", "10.0.0.5:5060");

    protected override void Configure(SipEngineOptions options) =>
        options.Listen = [new ListenAddress(IPEndPoint.Parse("192.168.1.5:5060"))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_of_a_stranger_is_hung_up_by_either_side(bool callerHangsUp) => CallRestartHangUp(Stranger, Near, callerHangsUp);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_to_a_phone_behind_a_NAT_is_hung_up_by_either_side(bool callerHangsUp) => CallRestartHangUp(Near, Natted, callerHangsUp);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_of_a_phone_behind_a_NAT_is_hung_up_by_either_side(bool callerHangsUp) => CallRestartHangUp(Natted, Near, callerHangsUp);

    /// <summary>Two strangers to each other and to our network: all that says so is the token.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_between_two_foreign_phones_is_hung_up_by_either_side(bool callerHangsUp) => CallRestartHangUp(Stranger, Natted, callerHangsUp);

    [Fact]
    public void With_another_secret_a_stranger_has_no_right_any_more()
    {
        var (invite, ok, _, _) = Call(Stranger, Near);
        Restart(secret: 2);
        Stranger.Send(Stranger.Within("BYE", invite, ok));
        Stranger.Expect(403, "BYE");
    }

    /// <summary>The counter of branches starts anew, so it has to start from another key: an answer to the old process is no answer to the new one.</summary>
    [Fact]
    public void No_branch_is_used_by_both_processes()
    {
        var branches = new HashSet<string>();
        Register(Near, "near", Near.Contact);
        Near.Ask("MESSAGE", "sip:near@home.test");
        Assert.True(branches.Add(Near.Expect("MESSAGE").Branch));
        Restart(Secret);
        Register(Near, "near", Near.Contact);
        Near.Ask("MESSAGE", "sip:near@home.test");
        var there = Near.Expect("MESSAGE");
        Assert.True(branches.Add(there.Branch));
        Near.Reply(there, 200);
        Near.Expect(200, "MESSAGE");
    }

    private void CallRestartHangUp(SimUserAgent caller, SimUserAgent callee, bool callerHangsUp)
    {
        var (invite, ok, there, sentOk) = Call(caller, callee);
        Restart(Secret);
        var (one, other) = callerHangsUp ? (caller, callee) : (callee, caller);
        one.Send(callerHangsUp ? caller.Within("BYE", invite, ok) : callee.WithinAsCallee("BYE", there, sentOk));
        other.Reply(other.Expect("BYE"), 200);
        one.Expect(200, "BYE");
    }

    private (WireMessage Invite, WireMessage Ok, WireMessage There, WireMessage SentOk) Call(SimUserAgent caller, SimUserAgent callee)
    {
        Register(callee, "callee", callee.Contact);
        var invite = caller.Ask("INVITE", "sip:callee@home.test");
        caller.Expect(100);
        var there = callee.Expect("INVITE");
        var sentOk = callee.Reply(there, 200);
        var ok = caller.Expect(200, "INVITE");
        caller.Ack(invite, ok);
        callee.Expect("ACK");
        return (invite, ok, there, sentOk);
    }

    private void Restart(int secret) => Assert.IsType<SimTestBed>(Bed).Restart(secret, process: 2);
}
