using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Metrics;

/// <summary>Percentiles against values that are known, to the three digits of the histogram.</summary>
public sealed class LatencyTests
{
    [Fact]
    public void Percentiles_of_1_to_100000()
    {
        var histogram = PhaseCounters.NewHistogram();
        for (var value = 1; value <= 100_000; value++)
        {
            histogram.RecordValue(value);
        }

        var latency = LatencyCurve.Of(histogram)!;
        Assert.Equal(100_000, latency.Count);
        Assert.Equal(1, latency.Min);
        Assert.Equal(50_000.5, latency.Mean, 50.0);
        Assert.Equal(50_000, latency.P50, 50.0);
        Assert.Equal(90_000, latency.P90, 90.0);
        Assert.Equal(99_000, latency.P99, 99.0);
        Assert.Equal(99_900, latency.P999, 100.0);
        Assert.Equal(99_990, latency.P9999, 100.0);
        Assert.Equal(100_000, latency.Max, 100.0);
        Assert.Equal(latency.Curve.OrderBy(point => point.Percentile), latency.Curve);
        Assert.All(latency.Curve, point => Assert.Equal(Math.Max(1, point.Percentile * 1000), point.Microseconds, 200.0));
        Assert.Equal(100, latency.Curve[^1].Percentile);
    }

    [Fact]
    public void No_value_is_no_latency() => Assert.Null(LatencyCurve.Of(PhaseCounters.NewHistogram()));

    [Fact]
    public void What_takes_longer_than_an_hour_counts_as_an_hour()
    {
        var counters = new PhaseCounters(Plans.Steady(1, 1), []);
        counters.Record(Measure.RequestDelay, long.MaxValue);
        counters.Record(Measure.RequestDelay, -5);
        var latency = LatencyCurve.Of(counters.Latencies[(int)Measure.RequestDelay])!;
        Assert.Equal(3.6e9, latency.Max, 3.6e6);
        Assert.Equal(0, latency.Min);
    }

    [Fact]
    public void Ratios_are_those_of_RFC_6076()
    {
        // 10 sessions: 4 answered (3 completed), 2 busy, 1 redirected, 1 503, 1 timeout, 1 404.
        var sessions = new SessionCounters { Requests = 10, Completed = 3 };
        foreach (var code in new[] { 200, 200, 200, 200, 486, 486, 302, 503, Cause.Timeout, 404 })
        {
            sessions.Count(code);
        }

        var ratios = new Dictionary<string, double>();
        sessions.AddTo(ratios);
        Assert.Equal(100.0 * 4 / 9, ratios["SER"], 1e-9);
        Assert.Equal(100.0 * 6 / 9, ratios["SEER"], 1e-9);
        Assert.Equal(20, ratios["ISA"], 1e-9);
        Assert.Equal(30, ratios["SCR"], 1e-9);
    }

    [Fact]
    public void The_main_latency_of_a_second_is_taken_once()
    {
        var metrics = new RunMetrics(Plans.Of(Profile.Call)) { CurrentPhase = 0 };
        metrics.Record(0, Measure.SessionRequestDelay, 500);
        metrics.Record(0, Measure.SessionSetup, 9000);
        Assert.Equal((500, 500, 500), metrics.TakeSecond());
        Assert.Equal(default, metrics.TakeSecond());
    }
}
