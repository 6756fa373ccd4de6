using System.Net.Sockets;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Planning;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using static System.FormattableString;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>Runs a scenario under NBomber and judges what it saw.</summary>
/// <param name="output">Takes the verdict; NBomber writes to the console by itself.</param>
/// <param name="stop">Ends the run early.</param>
internal sealed class ScenarioSession(TextWriter output, CancellationToken stop)
{
    /// <summary>NBomber has to begin this share of the attempts that it was asked for.</summary>
    private const double LeastBegun = 0.95;

    /// <summary>Returns an <see cref="ExitCode"/>.</summary>
    public int Execute(ScenarioRequest request)
    {
        using var pool = Open(request.Plan);
        try
        {
            if (pool.WaitUntilReady(stop) is { Count: > 0 } complaints)
            {
                return Conclude([], complaints);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var scenario = new AgentScenario(request, pool, stop);
        var stats = Run(scenario, request);
        if (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }

        var least = LoadShape.LeastAttempts(request.Plan);
        return Conclude(
            [.. request.Thresholds.Breaches(stats.ScenarioStats.Single())],
            [.. pool.Complaints, .. Starved(scenario.Begun, least)]);
    }

    private static AgentPool Open(LoadPlan plan)
    {
        plan = LocalPorts.Settle(plan);
        try
        {
            return new AgentPool(plan);
        }
        catch (SocketException refusal)
        {
            throw LocalPorts.Refused(plan, refusal);
        }
    }

    private static NodeStats Run(AgentScenario scenario, ScenarioRequest request)
    {
        var run = NBomberRunner.RegisterScenarios(scenario.Build())
            .WithTestSuite("ImsSipFast")
            .WithTestName(request.Name);
        run = request.Reports.Formats.Count == 0 ? run.WithoutReports()
            : run.WithReportFolder(request.Reports.Folder).WithReportFormats([.. request.Reports.Formats]);
        return run.Run();
    }

    private static IEnumerable<string> Starved(long begun, double least)
    {
        if (begun == 0)
        {
            yield return "No attempt was begun.";
        }
        else if (begun < least * LeastBegun)
        {
            yield return Invariant($"The generator fell behind its schedule: {begun:N0} attempts begun of at least {least:N0}. It needs more CPU, or a lower rate.");
        }
    }

    private int Conclude(IReadOnlyList<string> breaches, IReadOnlyList<string> complaints)
    {
        output.WriteLine(breaches.Count == 0 ? "thresholds: passed" : "thresholds: failed");
        Write(breaches);
        output.WriteLine(complaints.Count == 0 ? "self check: passed" : "self check: failed, these figures cannot be believed");
        Write(complaints);
        return ExitCode.Of(believed: complaints.Count == 0, failures: breaches.Count > 0);
    }

    private void Write(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            output.WriteLine("  " + line);
        }
    }
}
