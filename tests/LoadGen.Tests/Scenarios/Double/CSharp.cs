using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.CSharp;

/// <summary>NBomber.CSharp.Response: static methods in both. 4.1.2 has latencyMs at their end, 6.x customLatencyMs.</summary>
internal static class Response
{
    public static Response<object> Ok(string statusCode = "", long sizeBytes = 0, string message = "") => new(statusCode, false, message);

    public static Response<object> Fail(string statusCode = "", string message = "", long sizeBytes = 0) => new(statusCode, true, message);
}

/// <summary>NBomber.CSharp.Step: a static method in both; what it runs is measured by that name.</summary>
internal static class Step
{
    public static async Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run) =>
        await ((Copy)context).MeasureAsync(name, run);
}

/// <summary>NBomber.CSharp.Scenario: a static method and extensions in both.</summary>
internal static class Scenario
{
    public static ScenarioProps Create(string name, Func<IScenarioContext, Task<IResponse>> run) => new(name, run);

    public static ScenarioProps WithWarmUpDuration(this ScenarioProps scenario, TimeSpan duration) => scenario with { WarmUpDuration = duration };

    public static ScenarioProps WithoutWarmUp(this ScenarioProps scenario) => scenario with { WarmUpDuration = null };

    public static ScenarioProps WithLoadSimulations(this ScenarioProps scenario, params LoadSimulation[] loadSimulations) => scenario with { LoadSimulations = loadSimulations };

    public static ScenarioProps WithRestartIterationOnFail(this ScenarioProps scenario, bool shouldRestart) => scenario with { RestartIterationOnFail = shouldRestart };

    public static ScenarioProps WithMaxFailCount(this ScenarioProps scenario, int maxFailCount) => scenario with { MaxFailCount = maxFailCount };
}

/// <summary>NBomber.CSharp.Simulation: static methods in both.</summary>
internal static class Simulation
{
    /// <summary>So many iterations at random times in each interval.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new("inject", rate, interval, during);

    /// <summary>From the rate before, 0 at first, to this one.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) => new("ramping_inject", rate, interval, during);

    /// <summary>So many copies, each of which begins anew when it is done.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new("keep_constant", copies, TimeSpan.FromSeconds(1), during);
}

/// <summary>NBomber.CSharp.NBomberRunner: a static method and extensions in both.</summary>
internal static class NBomberRunner
{
    /// <summary>What this thread ran last, and what came of it; the double's own.</summary>
    [field: ThreadStatic]
    public static (NBomberContext Asked, NodeStats Seen)? Last { get; set; }

    /// <summary>True: only half of the iterations are begun, on this thread's runs; the double's own.</summary>
    [field: ThreadStatic]
    public static bool Starved { get; set; }

    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new(scenarios);

    public static NBomberContext WithTestSuite(this NBomberContext context, string testSuite) => context with { TestSuite = testSuite };

    public static NBomberContext WithTestName(this NBomberContext context, string testName) => context with { TestName = testName };

    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolderPath) => context with { ReportFolder = reportFolderPath };

    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) => context with { ReportFormats = reportFormats };

    public static NBomberContext WithoutReports(this NBomberContext context) => context with { ReportFormats = [] };

    /// <summary>Runs to the end and returns the figures; what cannot be run is an exception in both.</summary>
    public static NodeStats Run(this NBomberContext context)
    {
        var seen = new NodeStats([.. context.Scenarios.Select(scenario => new ScenarioRun(scenario, Starved).Run())]);
        Last = (context, seen);
        return seen;
    }
}
