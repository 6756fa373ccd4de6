using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Planning;
using Spectre.Console;

namespace ImsSipFast.LoadGen.Driver.Knee;

/// <summary>Searches the knee of a real target and prints every step.</summary>
internal sealed class FindKnee(KneeRequest request, Trial trial, IAnsiConsole console)
{
    private readonly List<ProbeReport> _probes = [];

    /// <summary>Searches; ends with <see cref="OperationCanceledException"/> when stopped.</summary>
    public KneeReport Run()
    {
        var bounds = request.Bounds;
        console.WriteLine($"knee of {request.Plan.Target}: 0 failures and p99 below {Figures.Delay(bounds.P99.TotalMicroseconds)}, runs of {Figures.Seconds(Measured().Duration.TotalSeconds)}");
        console.WriteLine();
        console.WriteLine($"{"",-8}{"rate/s",10}{"ok/s",12}{"failed",9}{"p50",11}{"p99",11}{"max",11}  verdict");
        var knee = new KneeSearch(bounds, Probe).Find();
        var limit = knee.Above switch
        {
            Verdict.Pass => "highest rate asked for",
            Verdict.Generator => "generator",
            _ => "target",
        };
        console.WriteLine();
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
        var verdict = !run.SelfCheck.Passed ? Verdict.Generator
            : run.Failed > 0 || run.Measured.All(static phase => phase.Succeeded == 0) ? Verdict.Failures
            : p99 >= request.Bounds.P99.TotalMicroseconds ? Verdict.Slow
            : Verdict.Pass;
        _probes.Add(new ProbeReport(name, rate, verdict.ToString().ToLowerInvariant(), p99, run));
        Print(name, rate, run, p99, verdict);
        return verdict;
    }

    private void Print(string name, double rate, RunReport run, double p99, Verdict verdict)
    {
        var phase = run.Measured.First();
        var typical = Terms.Typical(phase);
        var (colour, words) = verdict switch
        {
            Verdict.Pass => ("green", "pass"),
            Verdict.Failures => ("red", "failures: " + string.Join(", ", Terms.Sorted(phase.FailuresByCause).Take(2).Select(static cause => cause.Name))),
            Verdict.Slow => ("yellow", "too slow"),
            _ => ("red", "the generator: " + string.Join("; ", run.SelfCheck.Complaints.Take(1))),
        };
        console.Write($"{name,-8}{Figures.Rate(rate),10}{Figures.Rate(phase.SucceededPerSecond),12}{Figures.Count(phase.Failed),9}");
        console.Write($"{Figures.Delay(typical?.P50Microseconds ?? 0),11}{Figures.Delay(p99),11}{Figures.Delay(typical?.MaxMicroseconds ?? 0),11}  ");
        console.MarkupLineInterpolated($"[{colour}]{words}[/]");
    }

    private Phase Measured() => request.Plan.Phases.Single(static phase => phase.Measured);

    private LoadPlan At(double rate) => request.Plan with { Phases = [.. request.Plan.Phases.Select(phase => phase with { StartRate = rate, EndRate = rate })] };
}
