using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>RFC 3261 §17 and §13.3.1.4: what is sent again, and when.</summary>
public sealed class InviteTimersTests
{
    [Fact]
    public void An_unanswered_INVITE_is_sent_again_by_timer_A_and_given_up_by_timer_B()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        peer.Pass(40_000);
        Assert.Equal([0, 500, 1500, 3500, 7500, 15_500, 31_500], peer.TimesOf("INVITE"));
        Assert.All(peer.Sent, message => Assert.Equal(peer.Sent[0].Text.Text, message.Text.Text));
        Assert.Equal("timeout B", Failure(peer));
        Assert.Equal(6, peer.Counters.RetransmissionsSent[(int)Method.Invite]);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    [Fact]
    public void An_unanswered_MESSAGE_is_sent_again_by_timer_E_and_given_up_by_timer_F()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Begin(Profile.Message);
        peer.Pass(40_000);
        Assert.Equal([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], peer.TimesOf("MESSAGE"));
        Assert.Equal("timeout F (MESSAGE)", Failure(peer));
    }

    [Fact]
    public void After_a_provisional_response_timer_E_is_T2()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Begin(Profile.Message);
        peer.Deliver(peer.Next("MESSAGE").Respond("100 Trying", toTag: ""));
        peer.Pass(13_000);
        Assert.Equal([0, 500, 4500, 8500, 12_500], peer.TimesOf("MESSAGE"));
    }

    [Fact]
    public void A_provisional_response_ends_timer_A()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        peer.Deliver(peer.Next("INVITE").Respond("100 Trying", toTag: ""));
        peer.Pass(20_000);
        Assert.Equal([0], peer.TimesOf("INVITE"));
    }

    [Fact]
    public void Own_T1_and_T2_scale_the_intervals()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message) with { T1 = TimeSpan.FromMilliseconds(100), T2 = TimeSpan.FromMilliseconds(300) });
        peer.Begin(Profile.Message);
        peer.Pass(1000);
        Assert.Equal([0, 100, 300, 600, 900], peer.TimesOf("MESSAGE"));
    }

    [Fact]
    public void A_200_that_is_not_acknowledged_is_sent_again_until_64_T1_and_then_the_dialog_is_ended()
    {
        var peer = Called(Profile.Call);
        peer.Pass(35_000);
        Assert.Equal([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], peer.TimesOf("200"));
        Assert.Equal(32_000, peer.TimesOf("BYE")[0]);
    }

    [Fact]
    public void A_486_that_is_not_acknowledged_is_sent_again_by_timer_G_and_given_up_by_timer_H()
    {
        var peer = Called(Profile.Busy);
        peer.Pass(40_000);
        Assert.Equal([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], peer.TimesOf("486"));
        Assert.DoesNotContain(peer.Sent, message => message.Text.What == "BYE");
    }

    /// <summary>A call whose INVITE has reached the called side; its caller never hears of it.</summary>
    private static ScriptedPeer Called(Profile profile)
    {
        var peer = new ScriptedPeer(Plans.Of(profile));
        peer.Begin(profile);
        peer.Forward(peer.Next("INVITE"), "b0000002", "z9hG4bKproxy");
        return peer;
    }

    private static string Failure(ScriptedPeer peer) =>
        LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString();
}
