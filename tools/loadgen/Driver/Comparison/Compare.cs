using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Driver.Terminal;
using ImsSipFast.LoadGen.Planning;
using Spectre.Console;

namespace ImsSipFast.LoadGen.Driver.Comparison;

/// <summary>Drives two targets in turns, so that what else the machine does meets both, and prints their ratios.</summary>
internal sealed class Compare(CompareRequest request, Trial trial, IAnsiConsole console)
{
    /// <summary>All rounds; ends with <see cref="OperationCanceledException"/> when stopped.</summary>
    public ComparisonReport Run()
    {
        var (a, b) = (request.Plan.Target.ToString(), request.Other.ToString());
        console.WriteLine($"A = {a}, B = {b}, {request.Rounds} rounds in turns");
        console.WriteLine();
        var rounds = new List<RoundReport>();
        for (var i = 1; i <= request.Rounds; i++)
        {
            var round = Round(i);
            rounds.Add(round);
            Print(i, "A", round.A);
            Print(i, "B", round.B);
        }

        var report = new ComparisonReport("compare", a, b, Ratios.Over(rounds), rounds);
        Print(report);
        return report;
    }

    /// <summary>Who goes first changes every round: the second finds a warmer machine.</summary>
    private RoundReport Round(int number)
    {
        var otherFirst = number % 2 == 0;
        var plan = request.Plan;
        RunReport a, b;
        if (otherFirst)
        {
            b = Turn(number, "B", plan with { Target = request.Other }, 1);
            a = Turn(number, "A", plan, 0);
        }
        else
        {
            a = Turn(number, "A", plan, 0);
            b = Turn(number, "B", plan with { Target = request.Other }, 1);
        }

        return new RoundReport(otherFirst ? "b" : "a", a, b, Ratios.Of(Ratios.FiguresOf(a), Ratios.FiguresOf(b)));
    }

    private RunReport Turn(int number, string name, LoadPlan plan, int which)
    {
        var run = trial.Run(plan, $"round {number} of {request.Rounds}: {name}", request.TargetPids.Count > which ? request.TargetPids[which] : null);
        return trial.IsStopped ? throw new OperationCanceledException() : run;
    }

    private void Print(int number, string name, RunReport run)
    {
        var phase = run.Measured.Last();
        var typical = Terms.Typical(phase);
        var cpu = Ratios.FiguresOf(run).TryGetValue("cpuMicrosecondsPerAttempt", out var each) ? $"  CPU {each,7:N1} µs each" : "";
        console.Write($"round {number,2}  {name}  {Figures.Rate(phase.SucceededPerSecond),9}/s ok  ");
        console.Write(Figures.Count(run.Failed) + " failed", run.Failed > 0 ? new Style(Color.Red) : Style.Plain);
        console.WriteLine($"  p50 {Figures.Delay(typical?.P50Microseconds ?? 0),8}  p99 {Figures.Delay(typical?.P99Microseconds ?? 0),8}{cpu}");
        foreach (var complaint in run.SelfCheck.Complaints)
        {
            console.MarkupLineInterpolated($"          [red]self check: {complaint}[/]");
        }
    }

    private void Print(ComparisonReport report)
    {
        console.WriteLine();
        var table = ResultTables.Plain("median of the rounds", "A", "B", "A/B", "least", "greatest");
        foreach (var (name, ratio) in report.Ratios)
        {
            table.AddRow(
                Terms.Figure(name), Terms.Figure(name, ratio.MedianA), Terms.Figure(name, ratio.MedianB),
                Figures.Ratio(ratio.MedianRatio), Figures.Ratio(ratio.LeastRatio), Figures.Ratio(ratio.GreatestRatio));
        }

        console.Write(table);
    }
}
