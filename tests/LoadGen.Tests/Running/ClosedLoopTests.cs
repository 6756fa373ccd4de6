using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Running;

/// <summary>So many attempts in flight, each begun when another ends.</summary>
public sealed class ClosedLoopTests
{
    [Fact]
    public void The_number_in_flight_and_the_round_trip_make_the_rate()
    {
        // One attempt takes 10 ms there and back: 5 in flight are 500 a second.
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 0, seconds: 2) with { ClosedLoop = 5 }) { Delay = 5000 }.Run();
        Assert.InRange(network.Metrics.Phases[0].Succeeded, 995, 1005);
        Assert.All(network.Conductor.Samples.Take(2), sample => Assert.InRange(sample.InFlight, 1, 5));
    }

    [Fact]
    public void The_rate_of_the_phase_is_an_upper_bound()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 100, seconds: 5) with { ClosedLoop = 50 }).Run();
        Assert.InRange(network.Metrics.Phases[0].Succeeded, 495, 501);
    }

    [Fact]
    public void What_a_standstill_held_up_is_not_caught_up_in_a_burst()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 100, seconds: 5) with { ClosedLoop = 2, T1 = TimeSpan.FromSeconds(3) })
        {
            StandstillFrom = 2_000_000,
            StandstillTo = 3_000_000,
        }.Run();
        Assert.InRange(network.Metrics.Phases[0].Succeeded, 395, 405);
        var latency = LatencyCurve.Of(network.Metrics.Phases[0].Latencies[(int)Measure.RequestDelay])!;
        Assert.InRange(latency.P99, 190, 210);
    }
}
