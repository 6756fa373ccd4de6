using NBomber.Contracts.Stats;
using static System.FormattableString;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>
/// What has to hold in the end, of each profile. Compared here and not by NBomber: its own thresholds are younger than the
/// oldest version that is supported.
/// </summary>
internal sealed record Thresholds
{
    /// <summary>Bounds of the latency of attempts that succeeded; null for none.</summary>
    public TimeSpan? P50 { get; init; }

    /// <inheritdoc cref="P50" />
    public TimeSpan? P75 { get; init; }

    /// <inheritdoc cref="P50" />
    public TimeSpan? P95 { get; init; }

    /// <inheritdoc cref="P50" />
    public TimeSpan? P99 { get; init; }

    /// <inheritdoc cref="P50" />
    public TimeSpan? Max { get; init; }

    /// <summary>Share of attempts that may fail, 0 to 1.</summary>
    public double MaxFailed { get; init; }

    /// <summary>What did not hold, a line each.</summary>
    public IEnumerable<string> Breaches(ScenarioStats scenario) => scenario.StepStats is { Length: > 0 } steps
        ? steps.SelectMany(step => Breaches(step.StepName, step.Ok, step.Fail))
        : Breaches(scenario.ScenarioName, scenario.Ok, scenario.Fail);

    private IEnumerable<string> Breaches(string name, MeasurementStats ok, MeasurementStats fail)
    {
        // Whole numbers of 32 or 64 bits, depending on the version.
        long succeeded = ok.Request.Count;
        long failed = fail.Request.Count;
        if (failed > MaxFailed * (succeeded + failed))
        {
            yield return Invariant($"{name}: {failed:N0} of {succeeded + failed:N0} attempts failed (allowed: {MaxFailed:P2})");
        }

        (string Name, TimeSpan? Bound, double Milliseconds)[] latencies =
        [
            ("p50", P50, ok.Latency.Percent50), ("p75", P75, ok.Latency.Percent75), ("p95", P95, ok.Latency.Percent95),
            ("p99", P99, ok.Latency.Percent99), ("max", Max, ok.Latency.MaxMs),
        ];
        foreach (var latency in latencies)
        {
            if (latency.Bound is { } bound && latency.Milliseconds > bound.TotalMilliseconds)
            {
                yield return Invariant($"{name}: {latency.Name} is {latency.Milliseconds:0.00} ms (bound {bound.TotalMilliseconds:0.###} ms)");
            }
        }
    }
}
