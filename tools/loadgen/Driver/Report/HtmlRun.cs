namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>A run as a page, or as a part of one.</summary>
internal static class HtmlRun
{
    /// <summary>The whole page's body; returns its title.</summary>
    public static string Write(HtmlText html, RunReport run)
    {
        var title = $"{Terms.Mix(run.Plan)} to {run.Plan.Target}";
        var (verdict, isGood) = Verdict(run);
        html.Head(title, $"{Terms.Loop(run.Plan)} · {Figures.Count(run.Plan.UsersPerSide)} users a side · {run.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC", verdict, isGood);
        Sections(html, run, 0);
        return title;
    }

    /// <summary>All but the head. The number is the run's place in the page's data.</summary>
    public static void Sections(HtmlText html, RunReport run, int number)
    {
        html.Tiles(Tiles(run));
        html.Chart("rate", number, "Rate", "attempts per second: begun, ended well, ended badly");
        html.Chart("latency", number, "Latency over time", "milliseconds from when the request was due to its first answer, each second; log scale");
        html.Chart("percentiles", number, "Latency by percentile", "milliseconds, last measured phase; the axis stretches towards 100 %");
        _ = html.Markup("<h2>Phases</h2>");
        html.Table(["phase", "rate", "seconds", "attempts", "ok/s", "failed", "sent again", "p50 ms", "p99 ms", "p99.9 ms", "max ms"], run.Phases.Select(PhaseRow));
        foreach (var phase in run.Measured)
        {
            Phase(html, phase);
        }

        SelfCheck(html, run.SelfCheck);
        _ = html.Markup("<h2>Plan</h2>");
        html.Facts(Plan(run.Plan).Append(("Generator", $"ImsSipFast {run.Version}, {run.Machine}")));
    }

    private static (string Words, bool IsGood) Verdict(RunReport run) => !run.SelfCheck.Passed ? ("The generator's self check failed: do not believe these figures", false)
        : run.Failed > 0 ? ($"{Figures.Count(run.Failed)} of {Figures.Count(run.Measured.Sum(static phase => phase.Attempts))} attempts failed", false)
        : ("No attempt failed, and the generator kept up", true);

    private static IEnumerable<(string, string, string)> Tiles(RunReport run)
    {
        var phases = run.Measured.ToList();
        var best = phases.MaxBy(static phase => phase.SucceededPerSecond);
        if (best is null)
        {
            yield break;
        }

        yield return ("succeeded", Figures.Rate(Math.Round(best.SucceededPerSecond, 1)), "/s");
        yield return ("attempts", Figures.Count(phases.Sum(static phase => phase.Attempts)), "");
        yield return ("failed", Figures.Count(run.Failed), "");
        if (Terms.Typical(phases[^1]) is { } latency)
        {
            foreach (var (name, value) in new[] { ("p50", latency.P50Microseconds), ("p99", latency.P99Microseconds), ("p99.99", latency.P9999Microseconds) })
            {
                var words = Figures.Delay(value).Split(' ');
                yield return (name, words[0], words[1]);
            }
        }

        if (phases[^1].Proxy is { } proxy)
        {
            yield return ("proxy CPU", $"{proxy.CpuMicrosecondsPerAttempt:N1}", "µs each");
        }
    }

    private static string[] PhaseRow(PhaseReport phase)
    {
        var latency = Terms.Typical(phase);
        var mark = !phase.Measured ? "*" : phase.Failed > 0 ? "!" : "";
        return
        [
            mark + phase.Name + (phase.Measured ? "" : " (not measured)"), Terms.Rate(phase), $"{phase.DurationSeconds:0.###}", Figures.Count(phase.Attempts),
            Figures.Rate(phase.SucceededPerSecond), Figures.Count(phase.Failed), Figures.Count(phase.RetransmissionsSent.Values.Sum()),
            .. new[] { latency?.P50Microseconds, latency?.P99Microseconds, latency?.P999Microseconds, latency?.MaxMicroseconds }
                .Select(static value => value is { } microseconds ? Figures.Milliseconds(microseconds) : "–"),
        ];
    }

    private static void Phase(HtmlText html, PhaseReport phase)
    {
        _ = html.Markup($"<h3>{HtmlText.Escaped(phase.Name)} <small>{Terms.Rate(phase)} for {Figures.Seconds(phase.DurationSeconds)}</small></h3>");
        html.Table(["latency, ms", "from → to", "count", "min", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"], Terms.Shown(phase).Select(static pair =>
        {
            var (name, span) = Terms.Measured(pair.Key);
            var latency = pair.Value;
            return (IReadOnlyList<string>)
            [
                name, span, Figures.Count(latency.Count),
                .. new[]
                {
                    latency.MinMicroseconds, latency.MeanMicroseconds, latency.P50Microseconds, latency.P90Microseconds, latency.P99Microseconds,
                    latency.P999Microseconds, latency.P9999Microseconds, latency.MaxMicroseconds,
                }.Select(Figures.Milliseconds),
            ];
        }), "spans");
        html.Facts(
        [
            .. phase.RatiosPercent.Select(static pair => ($"{pair.Key}, {Terms.Ratio(pair.Key)}", Figures.Percent(pair.Value))),
            ("Failures by cause", phase.Failed == 0 ? "none" : Listed(phase.FailuresByCause)),
            ("Responses", Listed(phase.ResponsesByCode)),
            ("Sent again", phase.RetransmissionsSent.Values.Sum() == 0 ? "none" : Listed(phase.RetransmissionsSent)),
            ("Came again", phase.RetransmissionsReceived == 0 ? "none" : Figures.Count(phase.RetransmissionsReceived)),
            ("Messages", $"{Figures.Count(phase.MessagesSent)} sent, {Figures.Count(phase.MessagesReceived)} received"),
            ("Proxy", phase.Proxy is { } proxy
                ? $"{proxy.CpuMicrosecondsPerAttempt:N1} µs CPU per attempt · {proxy.Cores:0.00} cores · {Figures.Memory(proxy.ResidentBytes)} resident, most {Figures.Memory(proxy.ResidentBytesMax)}" : ""),
        ]);
    }

    private static void SelfCheck(HtmlText html, SelfCheckReport check)
    {
        _ = html.Markup($"<h2>Self check <small class=\"{(check.Passed ? "good" : "bad")}\">{(check.Passed ? "passed" : "failed")}</small></h2>");
        html.Facts(
        [
            .. check.Complaints.Select(static complaint => ("Complaint", complaint)),
            ("Attempts began late by", check.Lateness is { } late
                ? $"p50 {Figures.Delay(late.P50Microseconds)} · p99 {Figures.Delay(late.P99Microseconds)} · p99.9 {Figures.Delay(late.P999Microseconds)} · max {Figures.Delay(late.MaxMicroseconds)}" : ""),
            ("Dropped by the kernel before the generator", Figures.Count(check.KernelDrops)),
            ("Could not be sent", Figures.Count(check.SendFailures)),
            ("Generator's CPU per attempt", $"{check.CpuMicrosecondsPerAttempt:N1} µs"),
            ("Allocated by its loop", Figures.Octets(check.AllocatedBytes)),
        ]);
    }

    private static IEnumerable<(string, string)> Plan(PlanReport plan) =>
    [
        ("Target", plan.Target),
        ("Local", plan.Local),
        ("Domain", plan.Domain),
        ("Mix", Terms.Mix(plan)),
        ("Arrivals", Terms.Loop(plan)),
        ("Users", $"{Figures.Count(plan.UsersPerSide)} a side, {(plan.RegistersFirst ? "the called side registers first" : "registered by somebody else")}"),
        ("Calls", $"ring {plan.RingMilliseconds:0.###} ms · hold {plan.HoldMilliseconds:0.###} ms · callee hangs up {plan.CalleeHangsUpShare:P0} · early media {plan.EarlyMediaShare:P0} · re-INVITE {plan.ReInviteShare:P0}"),
        ("Registrations", $"expires {string.Join(", ", plan.ExpiresSeconds)} s · refresh {plan.RefreshShare:P0} · remove {plan.RemoveShare:P0}"),
        ("MESSAGE", $"{plan.MessageOctets:N0} octets"),
        ("Timers", $"T1 {plan.T1Milliseconds:0.###} ms · T2 {plan.T2Milliseconds:0.###} ms"),
        ("Seed", plan.Seed.ToString()),
    ];

    private static string Listed(IReadOnlyDictionary<string, long> counts) =>
        string.Join(" · ", Terms.Sorted(counts).Select(static pair => $"{pair.Name}: {Figures.Count(pair.Count)}"));
}
