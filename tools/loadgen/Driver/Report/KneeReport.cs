namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>A search for the knee.</summary>
/// <param name="Report">"find-knee".</param>
/// <param name="KneePerSecond">The highest rate that passed and was confirmed; 0 when none did.</param>
/// <param name="Limit">What stood in the way of more: "target", "generator" or "highest rate asked for".</param>
/// <param name="P99BoundMicroseconds">What p99 had to stay below.</param>
/// <param name="TolerancePercent">How near the knee was to be found.</param>
/// <param name="Probes">Every run, in order.</param>
internal sealed record KneeReport(
    string Report, double KneePerSecond, string Limit, double P99BoundMicroseconds, double TolerancePercent, IReadOnlyList<ProbeReport> Probes);

/// <summary>One run of the search.</summary>
/// <param name="Why">"double", "halve", "bisect", "again" or "confirm".</param>
/// <param name="RatePerSecond">The rate asked for.</param>
/// <param name="Verdict">"pass", "failures", "slow" or "generator".</param>
/// <param name="P99Microseconds">The worst 99th percentile among first answers.</param>
/// <param name="Run">All that it saw.</param>
internal sealed record ProbeReport(string Why, double RatePerSecond, string Verdict, double P99Microseconds, RunReport Run);
