using HdrHistogram;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Running;

/// <summary>Whole runs in virtual time.</summary>
public sealed class OpenLoopTests
{
    [Fact]
    public void Every_attempt_of_the_plan_is_made_and_succeeds()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Call, rate: 200, seconds: 5)).Run();
        var result = ResultReader.Read(network.Metrics.Phases[0]);
        Assert.Equal((1000, 1000), (result.Attempts, result.Succeeded));
        Assert.Equal(200, result.Rate);
        Assert.Equal(new() { ["INVITE 180"] = 1000, ["INVITE 200"] = 1000, ["BYE 200"] = 1000 }, new Dictionary<string, long>(result.Responses));
        Assert.Equal(6000, result.MessagesSent);
        Assert.Equal(6000, result.MessagesReceived);
        Assert.Empty(result.Strays);
        Assert.Empty(result.RetransmissionsSent);
        Assert.Equal(200, result.Latencies[Measure.SessionRequestDelay].P50, 1.0);
        Assert.Equal(0, network.World.Context.Legs.Live);
        Assert.Equal(0, network.World.Context.Wheel.Count);
    }

    [Theory]
    [InlineData(Profile.Register, 1)]
    [InlineData(Profile.Busy, 2)]
    [InlineData(Profile.Cancel, 3)]
    [InlineData(Profile.Message, 1)]
    [InlineData(Profile.Options, 1)]
    [InlineData(Profile.Subscribe, 2)]
    public void Every_profile_goes_as_it_says(Profile profile, int leastRequests)
    {
        // Directly, a REGISTER reaches a user agent and is refused: the registrar is the proxy's part.
        var network = new VirtualNetwork(Plans.Of(profile, rate: 50, seconds: 2)).Run();
        var result = ResultReader.Read(network.Metrics.Phases[0]);
        Assert.Equal(100, result.Attempts);
        Assert.Equal(profile == Profile.Register ? 0 : 100, result.Succeeded);
        Assert.True(result.MessagesSent >= 100 * leastRequests);
        Assert.Empty(result.RetransmissionsSent);
        Assert.Equal(0, network.World.Context.Legs.Live);
    }

    [Fact]
    public void All_of_them_together_with_rings_holds_and_re_INVITEs()
    {
        var plan = Plans.Of(Profile.Call, rate: 300, seconds: 10) with
        {
            PoissonArrivals = true,
            Mix = [new(Profile.Call, 5), new(Profile.Busy, 1), new(Profile.Cancel, 1), new(Profile.Message, 1), new(Profile.Subscribe, 1)],
            Call = new() { Ring = TimeSpan.FromSeconds(1), Hold = TimeSpan.FromSeconds(2), CalleeHangsUp = 0.5, EarlyMedia = 0.3, ReInvite = 0.4 },
        };
        var network = new VirtualNetwork(plan).Run();
        var result = ResultReader.Read(network.Metrics.Phases[0]);
        Assert.InRange(result.Attempts, 2800, 3200);
        Assert.Equal(result.Attempts, result.Succeeded);
        Assert.Empty(result.RetransmissionsSent);
        Assert.Empty(result.Strays);
        Assert.Equal(0, network.World.Context.Legs.Live);
        Assert.InRange(result.Latencies[Measure.SessionDuration].P50, 1_990_000, 2_010_000);
        Assert.InRange(result.Latencies[Measure.SessionSetup].P50, 150, 2200);
    }

    [Fact]
    public void A_peer_that_stands_still_for_a_second_shows_in_the_99th_percentile()
    {
        // 10 s at 100 a second: what is due during the second waits, on average half of it. Measured from when a request
        // was sent after the answer to the last, only one would show (coordinated omission).
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 100, seconds: 10) with { T1 = TimeSpan.FromSeconds(2) })
        {
            StandstillFrom = 4_000_000,
            StandstillTo = 5_000_000,
        }.Run();
        var latency = LatencyCurve.Of(network.Metrics.Phases[0].Latencies[(int)Measure.RequestDelay])!;
        Assert.Equal(1000, latency.Count);
        Assert.InRange(latency.P50, 190, 210);
        Assert.InRange(latency.P90, 190, 20_000);
        Assert.InRange(latency.P99, 880_000, 920_000);
        Assert.InRange(latency.Max, 990_000, 1_001_000);
    }

    [Fact]
    public void A_starved_generator_counts_its_own_lateness_and_says_so()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 100, seconds: 10)) { StarvedFrom = 4_000_000, StarvedTo = 5_000_000 }.Run();
        var latency = LatencyCurve.Of(network.Metrics.Phases[0].Latencies[(int)Measure.RequestDelay])!;
        Assert.InRange(latency.P99, 880_000, 920_000);
        var check = new SelfWatch(network.Plan, network.Metrics).Verdict(kernelDrops: 0, sendFailures: 0);
        Assert.False(check.Passed);
        Assert.Contains("fell behind its schedule", Assert.Single(check.Complaints), StringComparison.Ordinal);
        Assert.InRange(check.Lateness!.P99, 880_000, 920_000);
    }

    [Fact]
    public void A_generator_that_keeps_up_has_nothing_to_complain_of()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Options, rate: 100, seconds: 10)).Run();
        var watch = new SelfWatch(network.Plan, network.Metrics);
        Assert.True(watch.Verdict(kernelDrops: 0, sendFailures: 0).Passed);
        Assert.Contains("kernel dropped 3", Assert.Single(watch.Verdict(kernelDrops: 3, sendFailures: 0).Complaints), StringComparison.Ordinal);
        Assert.Contains("2 datagrams", Assert.Single(watch.Verdict(kernelDrops: 0, sendFailures: 2).Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void Warm_up_is_a_phase_of_its_own_and_there_is_a_sample_for_each_second()
    {
        var plan = Plans.Of(Profile.Options) with
        {
            Phases = [Plans.Steady(50, 2) with { Name = "warm-up", Measured = false }, Plans.Steady(100, 3)],
        };
        var network = new VirtualNetwork(plan).Run();
        Assert.Equal([100, 300], network.Metrics.Phases.Select(phase => phase.Succeeded));
        Assert.Equal(300, network.Metrics.Lateness.TotalCount);
        var samples = network.Conductor.Samples;
        Assert.Equal([1.0, 2, 3, 4, 5], samples.Take(5).Select(sample => sample.At));
        Assert.Equal(["warm-up", "steady", "steady", "steady"], samples.Skip(1).Take(4).Select(sample => sample.Phase));
        Assert.All(samples.Take(2), sample => Assert.InRange(sample.Offered, 49, 51));
        Assert.All(samples.Skip(2).Take(3), sample => Assert.InRange(sample.Offered, 99, 101));
    }

    [Fact]
    public void Attempts_that_do_not_end_are_failures_of_the_phase_in_which_they_were_due()
    {
        var plan = Plans.Of(Profile.Call, rate: 10, seconds: 2);
        var network = new VirtualNetwork(plan) { StandstillFrom = 1_000_000, StandstillTo = long.MaxValue / 2 }.Run();
        var result = ResultReader.Read(network.Metrics.Phases[0]);
        Assert.Equal((20, 10), (result.Attempts, result.Succeeded));
        Assert.Equal(10, Assert.Single(result.Failures).Value);
        Assert.Equal("timeout B", Assert.Single(result.Failures).Key);
        Assert.Equal(["steady", "steady", "draining"], network.Conductor.Samples.Take(3).Select(sample => sample.Phase));
    }

    [Fact]
    public void Where_nobody_can_be_registered_no_phase_begins()
    {
        // Directly, a REGISTER reaches a user agent and is refused.
        var network = new VirtualNetwork(Plans.Of(Profile.Call, rate: 10, seconds: 2), registerFirst: true).Run();
        Assert.Equal(-1, network.Conductor.Start);
        Assert.Empty(network.Conductor.Samples);
        Assert.Equal(0, network.Metrics.Phases[0].Attempts);
        Assert.False(new SelfWatch(network.Plan, network.Metrics).Verdict(0, 0).Passed);
    }

    [Fact]
    public void Stopped_early_what_is_in_flight_is_left_out()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Call, rate: 10, seconds: 2) with { Call = new() { Hold = TimeSpan.FromSeconds(1) } });
        network.RunUntil(1_500_000);
        network.Conductor.Stop(network.Now);
        network.Conductor.Advance(network.Now + 1_000_000);
        var counters = network.Metrics.Phases[0];
        Assert.InRange(counters.Succeeded, 4, 5);
        Assert.Equal(counters.Succeeded, counters.Attempts);
        Assert.Empty(counters.Failures);
        Assert.Equal(0, network.World.Context.Legs.Live);
    }
}
