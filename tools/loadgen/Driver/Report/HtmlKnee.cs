namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>A search for the knee as a page: every probe, and the whole of the one that stands.</summary>
internal static class HtmlKnee
{
    /// <summary>The page's body; returns its title.</summary>
    public static string Write(HtmlText html, KneeReport report)
    {
        var title = report.KneePerSecond > 0 ? $"Knee: {Figures.Rate(report.KneePerSecond)}/s" : "No rate passed";
        var plan = report.Probes.Count > 0 ? report.Probes[0].Run.Plan : null;
        html.Head(
            title,
            plan is null ? "" : $"{Terms.Mix(plan)} to {plan.Target} · {Terms.Loop(plan)} · 0 failures and p99 below {Figures.Delay(report.P99BoundMicroseconds)}",
            report.Limit == "generator" ? "The generator was the limit: the target carries more" : $"Limit: {report.Limit}",
            report.KneePerSecond > 0 && report.Limit != "generator");
        html.Chart("knee", 0, "Probes", "99th percentile in milliseconds by rate; red: failed, amber: too slow; both scales are logarithmic");
        html.Table(["probe", "rate/s", "ok/s", "failed", "p50 ms", "p99 ms", "max ms", "CPU µs each", "verdict"], report.Probes.Select(static probe =>
        {
            var phase = probe.Run.Measured.First();
            var latency = Terms.Typical(phase);
            return (IReadOnlyList<string>)
            [
                (probe.Verdict == "pass" ? "" : "!") + probe.Why, Figures.Rate(probe.RatePerSecond), Figures.Rate(phase.SucceededPerSecond), Figures.Count(phase.Failed),
                Figures.Milliseconds(latency?.P50Microseconds ?? 0), Figures.Milliseconds(probe.P99Microseconds), Figures.Milliseconds(latency?.MaxMicroseconds ?? 0),
                phase.Proxy is { } proxy ? $"{proxy.CpuMicrosecondsPerAttempt:N1}" : "–", probe.Verdict,
            ];
        }));
        var knee = report.Probes.ToList().FindLastIndex(probe => probe.RatePerSecond == report.KneePerSecond && probe.Verdict == "pass");
        if (knee >= 0)
        {
            _ = html.Markup("<h2>At the knee</h2>");
            HtmlRun.Sections(html, report.Probes[knee].Run, knee);
        }

        return title;
    }
}
