using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>The field's names for what is reported, and what each is.</summary>
internal static class Terms
{
    private static readonly (Measure Measure, string Name, string Span)[] Measures =
    [
        (Measure.RegistrationRequestDelay, "RRD", "REGISTER → 200"),
        (Measure.SessionRequestDelay, "SRD", "INVITE → 180 or 200"),
        (Measure.FailedSessionRequestDelay, "SRD failed", "INVITE → 4xx–6xx"),
        (Measure.SessionSetup, "Setup", "INVITE → 200, no ring"),
        (Measure.SessionDisconnectDelay, "SDD", "BYE → 200"),
        (Measure.SessionDuration, "SDT", "200 → BYE"),
        (Measure.CancelDelay, "Cancel", "CANCEL → 487"),
        (Measure.RequestDelay, "Request", "request → final"),
        (Measure.NotifyDelay, "Notify", "SUBSCRIBE → NOTIFY"),
    ];

    private static readonly Dictionary<string, (string Name, string Span)> ByJsonName =
        Measures.ToDictionary(static m => ReportOf.NameOf(m.Measure), static m => (m.Name, m.Span));

    private static readonly Dictionary<string, string> Ratios = new()
    {
        ["SER"] = "session establishment ratio",
        ["SEER"] = "session establishment effectiveness ratio",
        ["ISA"] = "ineffective session attempts",
        ["SCR"] = "session completion ratio",
        ["IRA"] = "ineffective registration attempts",
    };

    /// <summary>A measure by its name in JSON: the name in tables, and from where to where.</summary>
    public static (string Name, string Span) Measured(string jsonName) => ByJsonName[jsonName];

    /// <summary>An RFC 6076 abbreviation in words.</summary>
    public static string Ratio(string abbreviation) => Ratios.GetValueOrDefault(abbreviation, abbreviation);

    /// <summary>"call", or "call 50 %, register 30 %, message 20 %".</summary>
    public static string Mix(PlanReport plan)
    {
        var total = plan.MixWeights.Values.Sum();
        return plan.MixWeights.Count == 1 ? plan.MixWeights.Keys.First()
            : string.Join(", ", plan.MixWeights.Select(pair => $"{pair.Key} {pair.Value / total * 100:0.#} %"));
    }

    /// <summary>How attempts begin.</summary>
    public static string Loop(PlanReport plan) => plan.ClosedLoopInFlight > 0 ? $"closed loop, {Figures.Count(plan.ClosedLoopInFlight)} in flight"
        : plan.Arrivals == "poisson" ? "open loop, Poisson arrivals" : "open loop, even arrivals";

    /// <summary>A phase's rate: "2,000/s" or "100 to 2,000/s"; "any rate" in a closed loop without a bound.</summary>
    public static string Rate(PhaseReport phase) => phase.StartRatePerSecond >= OptionValues.MaxRate ? "any rate"
        : phase.StartRatePerSecond == phase.EndRatePerSecond
        ? $"{Figures.Rate(phase.StartRatePerSecond)}/s" : $"{Figures.Rate(phase.StartRatePerSecond)} to {Figures.Rate(phase.EndRatePerSecond)}/s";

    /// <summary>The measure that stands for a phase in summaries; null when nothing was timed.</summary>
    public static LatencyReport? Typical(PhaseReport phase) =>
        phase.Latencies.FirstOrDefault(static pair => FirstAnswers.Names.Contains(pair.Key)).Value ?? phase.Latencies.Values.FirstOrDefault();

    /// <summary>The measures worth a row: calls that are not held have no duration to speak of.</summary>
    public static IEnumerable<KeyValuePair<string, LatencyReport>> Shown(PhaseReport phase) => phase.Latencies.Where(static pair => pair.Value.MaxMicroseconds > 0);

    /// <summary>Counts by name, the greatest first.</summary>
    public static IEnumerable<(string Name, long Count)> Sorted(IReadOnlyDictionary<string, long> counts) =>
        counts.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => (pair.Key, pair.Value));

    /// <summary>A compared figure by its name in JSON.</summary>
    public static string Figure(string jsonName) => jsonName switch
    {
        "cpuMicrosecondsPerAttempt" => "CPU per attempt, µs",
        "residentBytesMax" => "resident memory, MiB",
        "succeededPerSecond" => "succeeded per second",
        _ => Delays().First(delay => jsonName.StartsWith(delay.JsonName, StringComparison.Ordinal)) is var delay && jsonName.Contains("P99", StringComparison.Ordinal)
            ? $"{delay.Name} p99, ms" : $"{delay.Name} p50, ms",
    };

    /// <summary>A compared figure's value in the unit of its name.</summary>
    public static string Figure(string jsonName, double value) => jsonName switch
    {
        "cpuMicrosecondsPerAttempt" => $"{value:N1}",
        "residentBytesMax" => $"{value / (1024 * 1024):N1}",
        "succeededPerSecond" => Figures.Rate(Math.Round(value, 1)),
        _ => Figures.Milliseconds(value),
    };

    private static IEnumerable<(string JsonName, string Name)> Delays() => ByJsonName.Select(static pair => (pair.Key, pair.Value.Name));
}
