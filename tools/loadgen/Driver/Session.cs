using ImsSipFast.LoadGen.Driver.Comparison;
using ImsSipFast.LoadGen.Driver.Knee;
using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Driver.Terminal;
using ImsSipFast.LoadGen.Planning;
using Spectre.Console;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>Does what a command line asks for and says how it ended.</summary>
/// <param name="load">Drives the load.</param>
/// <param name="output">The standard output.</param>
/// <param name="stop">Ends the run early.</param>
internal sealed class Session(RunLoad load, TextWriter output, CancellationToken stop)
{
    private const int Columns = 100;

    /// <summary>Returns an <see cref="ExitCode"/>.</summary>
    public int Execute(Request request)
    {
        // A file that cannot be written is better known before the run than after it.
        ReportFiles.Prepare(request.Output);
        var console = Console(request.Output);
        var trial = new Trial(load, View(request, console), stop);
        try
        {
            var code = request switch
            {
                RunRequest run => Execute(run, trial, console),
                KneeRequest knee => Execute(knee, trial, console),
                CompareRequest compare => Execute(compare, trial, console),
                _ => throw new ArgumentOutOfRangeException(nameof(request)),
            };
            return stop.IsCancellationRequested ? ExitCode.Interrupted : code;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private int Execute(RunRequest request, Trial trial, IAnsiConsole console)
    {
        var run = trial.Run(request.Plan, Title(request.Plan), request.TargetPids.Count > 0 ? request.TargetPids[0] : null);
        ResultTables.Write(console, run);
        ReportFiles.Write(request.Output, output, run, JsonReport.Default.RunReport);
        return CodeOf([run]);
    }

    private int Execute(KneeRequest request, Trial trial, IAnsiConsole console)
    {
        var report = new FindKnee(request, trial, console).Run();
        ReportFiles.Write(request.Output, output, report, JsonReport.Default.KneeReport);
        return FindKnee.ExitCodeOf(report);
    }

    private int Execute(CompareRequest request, Trial trial, IAnsiConsole console)
    {
        var report = new Compare(request, trial, console).Run();
        ReportFiles.Write(request.Output, output, report, JsonReport.Default.ComparisonReport);
        return CodeOf(report.Rounds.SelectMany(static round => new[] { round.A, round.B }));
    }

    private static int CodeOf(IEnumerable<RunReport> runs) =>
        ExitCode.Of(runs.All(static run => run.SelfCheck.Passed), runs.Any(static run => run.Failed > 0));

    private static string Title(LoadPlan plan) => $"{string.Join(", ", plan.Mix.Select(static share => share.Profile.ToString().ToLowerInvariant()))} to {plan.Target}";

    private IAnsiConsole Console(OutputRequest request)
    {
        if (ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected && request.Json != ReportFiles.StandardOutput)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(request.Json == ReportFiles.StandardOutput ? TextWriter.Null : output),
        });
        console.Profile.Width = Columns;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    /// <summary>Where nothing can be redrawn, the rows of find-knee and compare are their progress.</summary>
    private IProgressView View(Request request, IAnsiConsole console) =>
        request.Output.Quiet || request.Output.Json == ReportFiles.StandardOutput ? new NoProgress()
        : console.Profile.Capabilities.Interactive ? new LiveProgress(console)
        : request is RunRequest ? new PlainProgress(output)
        : new NoProgress();
}
