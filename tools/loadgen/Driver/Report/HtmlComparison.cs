using ImsSipFast.LoadGen.Driver.Comparison;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>Two targets as a page: ratios, both curves, every round.</summary>
internal static class HtmlComparison
{
    /// <summary>The page's body; returns its title.</summary>
    public static string Write(HtmlText html, ComparisonReport report)
    {
        var runs = report.Rounds.SelectMany(static round => new[] { round.A, round.B }).ToList();
        var failed = runs.Sum(static run => run.Failed);
        var doubtful = runs.Any(static run => !run.SelfCheck.Passed);
        var title = $"{report.A} against {report.B}";
        html.Head(
            title,
            $"{Terms.Mix(runs[0].Plan)} · {Terms.Loop(runs[0].Plan)} · {report.Rounds.Count} rounds in turns",
            doubtful ? "The generator's self check failed: do not believe these figures" : failed > 0 ? $"{Figures.Count(failed)} attempts failed" : "No attempt failed, and the generator kept up",
            !doubtful && failed == 0);
        html.Table(["median of the rounds", "A", "B", "A/B", "least", "greatest"], report.Ratios.Select(static pair => (IReadOnlyList<string>)
        [
            Terms.Figure(pair.Key), Terms.Figure(pair.Key, pair.Value.MedianA), Terms.Figure(pair.Key, pair.Value.MedianB),
            Figures.Ratio(pair.Value.MedianRatio), Figures.Ratio(pair.Value.LeastRatio), Figures.Ratio(pair.Value.GreatestRatio),
        ]));
        html.Chart("pair", 0, "Latency by percentile", $"milliseconds to the first answer, last round; A is {report.A}, B is {report.B}");
        _ = html.Markup("<h2>Rounds</h2>");
        html.Table(["round", "target", "ok/s", "failed", "p50 ms", "p99 ms", "max ms", "CPU µs each", "A/B CPU"], report.Rounds.SelectMany((round, i) => new[]
        {
            Row($"{i + 1}{(round.First == "a" ? ", first" : "")}", "A", round.A, round),
            Row($"{i + 1}{(round.First == "b" ? ", first" : "")}", "B", round.B, null),
        }));
        _ = html.Markup("<h2>A, last round</h2>");
        HtmlRun.Sections(html, runs[^2], runs.Count - 2);
        _ = html.Markup("<h2>B, last round</h2>");
        HtmlRun.Sections(html, runs[^1], runs.Count - 1);
        return title;
    }

    private static IReadOnlyList<string> Row(string name, string target, RunReport run, RoundReport? round)
    {
        var phase = run.Measured.Last();
        var latency = Terms.Typical(phase);
        return
        [
            (run.Failed > 0 ? "!" : "") + name, target, Figures.Rate(phase.SucceededPerSecond), Figures.Count(run.Failed),
            Figures.Milliseconds(latency?.P50Microseconds ?? 0), Figures.Milliseconds(latency?.P99Microseconds ?? 0), Figures.Milliseconds(latency?.MaxMicroseconds ?? 0),
            Ratios.FiguresOf(run).TryGetValue("cpuMicrosecondsPerAttempt", out var cpu) ? $"{cpu:N1}" : "–",
            round?.Ratios.TryGetValue("cpuMicrosecondsPerAttempt", out var ratio) == true ? Figures.Ratio(ratio) : "",
        ];
    }
}
