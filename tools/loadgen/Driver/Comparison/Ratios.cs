using ImsSipFast.LoadGen.Driver.Report;

namespace ImsSipFast.LoadGen.Driver.Comparison;

/// <summary>The figures in which two targets are compared, and their ratios.</summary>
internal static class Ratios
{
    /// <summary>The figures of a run over its measured phases, by name; those that it has.</summary>
    public static IReadOnlyDictionary<string, double> FiguresOf(RunReport run)
    {
        var figures = new Dictionary<string, double>();
        var measured = run.Measured.ToList();
        var attempts = measured.Sum(static phase => phase.Attempts);
        if (attempts > 0 && measured.All(static phase => phase.Proxy is not null))
        {
            figures["cpuMicrosecondsPerAttempt"] = measured.Sum(static phase => phase.Proxy!.CpuSeconds) * 1e6 / attempts;
            figures["residentBytesMax"] = measured.Max(static phase => phase.Proxy!.ResidentBytesMax);
        }

        figures["succeededPerSecond"] = measured.Sum(static phase => phase.Succeeded) / measured.Sum(static phase => phase.DurationSeconds);
        foreach (var (name, latency) in measured[^1].Latencies.Where(static pair => FirstAnswers.Names.Contains(pair.Key)))
        {
            figures[name + "P50Microseconds"] = latency.P50Microseconds;
            figures[name + "P99Microseconds"] = latency.P99Microseconds;
        }

        return figures;
    }

    /// <summary>A divided by B, for the figures that both have and that are not 0.</summary>
    public static IReadOnlyDictionary<string, double> Of(IReadOnlyDictionary<string, double> a, IReadOnlyDictionary<string, double> b) => a
        .Where(pair => b.GetValueOrDefault(pair.Key) != 0)
        .ToDictionary(static pair => pair.Key, pair => double.Round(pair.Value / b[pair.Key], 6));

    /// <summary>Medians and spread over the rounds.</summary>
    public static IReadOnlyDictionary<string, RatioReport> Over(IReadOnlyList<RoundReport> rounds)
    {
        var names = rounds.SelectMany(static round => round.Ratios.Keys).Distinct();
        return names.ToDictionary(static name => name, name =>
        {
            var ratios = rounds.Where(round => round.Ratios.ContainsKey(name)).Select(round => round.Ratios[name]).ToList();
            return new RatioReport(
                Median(rounds.Select(round => FiguresOf(round.A).GetValueOrDefault(name))),
                Median(rounds.Select(round => FiguresOf(round.B).GetValueOrDefault(name))),
                Median(ratios),
                ratios.Min(),
                ratios.Max());
        });
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var half = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
