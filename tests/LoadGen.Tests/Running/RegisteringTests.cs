using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Schedule;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Running;

/// <summary>The called side is registered before the first phase.</summary>
public sealed class RegisteringTests
{
    [Fact]
    public void Users_are_registered_64_at_a_time_from_the_called_side()
    {
        var (peer, registering) = Begin(Plans.Of(Profile.Call) with { Users = 100 });
        Assert.Equal(64, peer.Sent.Count);
        Assert.All(peer.Sent, message => Assert.Equal((Side.Called, "REGISTER"), (message.Side, message.Text.What)));
        Assert.Equal("<sip:b0000063@192.0.2.10:6001>", peer.Sent[63].Text["Contact"]);
        for (var i = 0; i < 100; i++)
        {
            Assert.False(registering.IsOver || registering.IsInVain);
            peer.Deliver(peer.Sent[i].Text.Respond("200 OK"), Side.Called);
            registering.Advance(peer.Now);
        }

        Assert.True(registering.IsOver);
        Assert.False(registering.IsInVain);
        Assert.Equal(100, peer.Sent.Select(message => message.Text["To"]).Distinct().Count());
    }

    [Fact]
    public void When_all_of_the_first_fail_nothing_more_is_tried_and_the_self_check_says_so()
    {
        var plan = Plans.Of(Profile.Call) with { Users = 1000 };
        var (peer, registering) = Begin(plan);
        for (var i = 0; i < 64; i++)
        {
            peer.Deliver(peer.Sent[i].Text.Respond("403 Forbidden"), Side.Called);
        }

        registering.Advance(peer.Now);
        Assert.True(registering.IsOver);
        Assert.True(registering.IsInVain);
        var check = new SelfWatch(plan, peer.Metrics).Verdict(0, 0);
        Assert.Contains("64 of 64 registrations before the first phase failed (403)", Assert.Single(check.Complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, 100)]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 0.25, 50)]
    public void A_register_load_begins_with_as_many_bindings_as_it_refreshes_or_removes(double refresh, double remove, int expected) =>
        Assert.Equal(expected, AttemptDraw.RegisteredAtStart(
            Plans.Of(Profile.Register) with { Users = 100, Register = new() { Refresh = refresh, Remove = remove } }));

    private static (ScriptedPeer Peer, Registering Registering) Begin(LoadPlan plan)
    {
        var peer = new ScriptedPeer(plan);
        peer.Metrics.CurrentPhase = -1;
        var registering = new Registering(plan, peer.World, peer.Metrics);
        registering.Advance(0);
        return (peer, registering);
    }
}
