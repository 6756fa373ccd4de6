using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Running;

/// <summary>A network that loses 1 datagram of 20.</summary>
public sealed class LossTests
{
    [Fact]
    public void Calls_succeed_all_the_same_by_retransmissions()
    {
        var network = Run(1);
        var counters = network.Metrics.Phases[0];
        Assert.Equal(2000, counters.Attempts);
        Assert.Equal(2000, counters.Succeeded);
        Assert.Equal(0, network.World.Context.Legs.Live);
        Assert.InRange(network.Lost, 550, 800);

        // An INVITE goes again when it or both its 180 and 200 are lost; a 200 when it or its ACK is (the BYE comes later); a BYE when it or its 200 is.
        Assert.InRange(counters.RetransmissionsSent[(int)Method.Invite], 80, 140);
        Assert.InRange(counters.RetransmissionsSent[PhaseCounters.SuccessAgain], 160, 260);
        Assert.InRange(counters.RetransmissionsSent[(int)Method.Bye], 160, 260);
        Assert.Equal(0, counters.RetransmissionsSent[PhaseCounters.FailureAgain]);
    }

    [Fact]
    public void Latency_shows_T1_and_its_doubles()
    {
        var delay = LatencyCurve.Of(Run(1).Metrics.Phases[0].Latencies[(int)Results.Measure.SessionSetup])!;
        Assert.InRange(delay.P50, 190, 210);
        Assert.InRange(delay.P99, 499_000, 501_500);
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        Assert.Equal(Run(1).Trace, Run(1).Trace);
        Assert.NotEqual(Run(1).Trace, Run(2).Trace);
    }

    [Theory]
    [InlineData(Profile.Busy)]
    [InlineData(Profile.Cancel)]
    [InlineData(Profile.Message)]
    [InlineData(Profile.Subscribe)]
    public void Other_profiles_succeed_too(Profile profile)
    {
        var network = new VirtualNetwork(Plans.Of(profile, rate: 100, seconds: 5)) { Loss = 0.05 }.Run();
        Assert.Equal(500, network.Metrics.Phases[0].Succeeded);
        Assert.Equal(0, network.World.Context.Legs.Live);
    }

    private static VirtualNetwork Run(ulong seed) => new VirtualNetwork(Plans.Of(Profile.Call, rate: 200, seconds: 10) with
    {
        Seed = seed,
        Call = new() { Hold = TimeSpan.FromSeconds(2) },
    })
    { Loss = 0.05 }.Run();
}
