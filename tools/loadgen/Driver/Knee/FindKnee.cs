using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using Spectre.Console;

namespace ImsSipFast.LoadGen.Driver.Knee;

/// <summary>Searches the knee of a real target and prints every step.</summary>
internal sealed class FindKnee(KneeRequest request, Trial trial, IAnsiConsole console)
{
    // A call meets a late generator thrice: when it begins, when the called side answers, when the answer is read; and
    // each time it may lie in a socket for some rounds.
    private const double LatenessInLatency = 10;

    private readonly List<ProbeReport> _probes = [];

    /// <summary>Searches; ends with <see cref="OperationCanceledException"/> when stopped.</summary>
    public KneeReport Run()
    {
        var bounds = request.Bounds;
        console.WriteLine($"knee of {request.Plan.Target}: 0 failures and p99 below {Figures.Delay(bounds.P99.TotalMicroseconds)}, runs of {Figures.Seconds(Measured().Duration.TotalSeconds)}");
        console.WriteLine();
        console.WriteLine($"{"",-8}{"rate/s",10}{"ok/s",10}{"failed",9}{"p50",10}{"p99",10}{"max",10}  verdict");
        var knee = new KneeSearch(bounds, Probe).Find();
        var limit = knee.Above switch
        {
            Verdict.Pass => "highest rate asked for",
            Verdict.Generator => "generator",
            _ => "target",
        };
        console.WriteLine();
        if (limit == "generator")
        {
            var complaint = _probes.Last(static probe => probe.Verdict == "generator");
            console.MarkupLineInterpolated($"[red]at {Figures.Rate(complaint.RatePerSecond)}/s: {string.Join(" ", complaint.Run.SelfCheck.Complaints)}[/]");
        }

        console.WriteLine(knee.Rate == 0 ? "no rate passed" : $"knee: {Figures.Rate(knee.Rate)}/s (limit: {limit})");
        return new KneeReport("find-knee", knee.Rate, limit, bounds.P99.TotalMicroseconds, bounds.Tolerance * 100, _probes);
    }

    /// <summary>0: found; 1: nothing passed; 2: the generator was the limit.</summary>
    public static int ExitCodeOf(KneeReport report) =>
        report.Limit == "generator" ? ExitCode.SelfCheckFailed : report.KneePerSecond == 0 ? ExitCode.Failures : ExitCode.Fine;

    private Verdict Probe(double rate, ProbeReason why)
    {
        var name = why.ToString().ToLowerInvariant();
        var run = trial.Run(At(rate), $"{name}: {Figures.Rate(rate)}/s", request.TargetPids.Count > 0 ? request.TargetPids[0] : null);
        if (trial.IsStopped)
        {
            throw new OperationCanceledException();
        }

        var p99 = FirstAnswers.WorstP99(run);
        var verdict = !run.SelfCheck.Passed && !IsTargetSlower(run.SelfCheck, p99) ? Verdict.Generator
            : run.Failed > 0 || run.Measured.All(static phase => phase.Succeeded == 0) ? Verdict.Failures
            : p99 >= request.Bounds.P99.TotalMicroseconds ? Verdict.Slow
            : Verdict.Pass;
        _probes.Add(new ProbeReport(name, rate, verdict.ToString().ToLowerInvariant(), p99, run));
        Print(name, rate, run, p99, verdict);
        return verdict;
    }

    /// <summary>
    /// Whether the target was too slow by far more than the generator was late: an overloaded target makes work for
    /// the generator too, since everything is sent again. A generator that loses datagrams may itself be the reason.
    /// </summary>
    private bool IsTargetSlower(SelfCheckReport check, double p99) =>
        check is { KernelDrops: 0, SendFailures: 0, Lateness: { } late }
        && p99 > request.Bounds.P99.TotalMicroseconds + (LatenessInLatency * late.P99Microseconds);

    private void Print(string name, double rate, RunReport run, double p99, Verdict verdict)
    {
        var phase = run.Measured.First();
        var typical = Terms.Typical(phase);
        var (colour, words) = verdict switch
        {
            Verdict.Pass => ("green", "pass"),
            Verdict.Failures => ("red", "failures: " + Terms.Sorted(phase.FailuresByCause).Select(static cause => cause.Name).FirstOrDefault("nothing succeeded")),
            Verdict.Slow => ("yellow", "too slow"),
            _ => ("red", "generator " + Words(run.SelfCheck)),
        };
        console.Write($"{name,-8}{Figures.Rate(rate),10}{Figures.Rate(phase.SucceededPerSecond),10}{Figures.Count(phase.Failed),9}");
        console.Write($"{Delay(typical?.P50Microseconds),10}{Delay(typical is null ? null : p99),10}{Delay(typical?.MaxMicroseconds),10}  ");
        console.MarkupLineInterpolated($"[{colour}]{words}[/]");
    }

    private static string Delay(double? microseconds) => microseconds is { } value ? Figures.Delay(value) : "–";

    /// <summary>What the generator complains of, in a few words.</summary>
    private static string Words(SelfCheckReport check) => check switch
    {
        { KernelDrops: > 0 } => $"lost {Figures.Count(check.KernelDrops)}",
        { SendFailures: > 0 } => $"could not send {Figures.Count(check.SendFailures)}",
        { Lateness: { } late } when late.P99Microseconds > SelfCheck.LatenessBound => $"{Figures.Delay(late.P99Microseconds)} late",
        _ => "could not register all",
    };

    private Phase Measured() => request.Plan.Phases.Single(static phase => phase.Measured);

    private LoadPlan At(double rate) => request.Plan with { Phases = [.. request.Plan.Phases.Select(phase => phase with { StartRate = rate, EndRate = rate })] };
}
