using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>The delays until the first answer to a request that begins an attempt: what a bound on p99 speaks of.</summary>
internal static class FirstAnswers
{
    /// <summary>Their names in JSON.</summary>
    public static IReadOnlySet<string> Names { get; } = new[]
    {
        Measure.RegistrationRequestDelay, Measure.SessionRequestDelay, Measure.FailedSessionRequestDelay, Measure.RequestDelay,
    }.Select(ReportOf.NameOf).ToHashSet();

    /// <summary>The worst 99th percentile among them in measured phases, in microseconds; 0 when nothing was answered.</summary>
    public static double WorstP99(RunReport run) => run.Measured
        .SelectMany(static phase => phase.Latencies)
        .Where(static pair => Names.Contains(pair.Key))
        .Select(static pair => pair.Value.P99Microseconds)
        .DefaultIfEmpty(0)
        .Max();
}
