using ImsSipFast.LoadGen.Scenarios;
using NBomber.Contracts.Stats;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

public sealed class ThresholdsTests
{
    private static readonly ScenarioStats Calls = new("call", Some(99), Some(1), []);

    [Theory]
    [InlineData(0, "call: 1 of 100 attempts failed (allowed: 0.00 %)")]
    [InlineData(0.009, "call: 1 of 100 attempts failed (allowed: 0.90 %)")]
    [InlineData(0.01, null)]
    public void Failures_are_compared_with_their_share(double allowed, string? breach) =>
        Assert.Equal(breach is null ? [] : [breach], new Thresholds { MaxFailed = allowed }.Breaches(Calls));

    [Fact]
    public void A_latency_may_be_as_long_as_its_bound()
    {
        var bounds = new Thresholds { P50 = Milliseconds(1), P75 = Milliseconds(2), P95 = Milliseconds(3), P99 = Milliseconds(4), Max = Milliseconds(5), MaxFailed = 1 };
        Assert.Empty(bounds.Breaches(Calls));
        var narrower = new Thresholds { P50 = Milliseconds(0.999), P75 = Milliseconds(1.9), P95 = Milliseconds(2.9), P99 = Milliseconds(3.9), Max = Milliseconds(4.9), MaxFailed = 1 };
        Assert.Equal(
            [
                "call: p50 is 1.00 ms (bound 0.999 ms)", "call: p75 is 2.00 ms (bound 1.9 ms)", "call: p95 is 3.00 ms (bound 2.9 ms)",
                "call: p99 is 4.00 ms (bound 3.9 ms)", "call: max is 5.00 ms (bound 4.9 ms)",
            ],
            narrower.Breaches(Calls));
    }

    [Fact]
    public void Of_a_mix_each_profile_is_compared_by_itself()
    {
        var mixed = new ScenarioStats("mixed", Some(1000), Some(2), [new("call", Some(10), Some(2)), new("message", Some(990), Some(0))]);
        Assert.Equal(["call: 2 of 12 attempts failed (allowed: 1.00 %)"], new Thresholds { MaxFailed = 0.01 }.Breaches(mixed));
    }

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMicroseconds(value * 1000);

    private static MeasurementStats Some(int count) => new(new(count), new(1, 2, 3, 4, 5), []);
}
