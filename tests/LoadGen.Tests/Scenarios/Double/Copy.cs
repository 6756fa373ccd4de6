using System.Collections.Concurrent;
using System.Diagnostics;
using NBomber.Contracts;

namespace NBomber;

/// <summary>One measured thing: a step by its name, the whole iteration without one.</summary>
internal sealed record Measured(string? Step, IResponse Response, TimeSpan Latency);

/// <summary>A copy of a scenario, which is also what an iteration sees of NBomber.</summary>
internal sealed class Copy(ScenarioProps scenario, ScenarioOperation operation, ConcurrentQueue<Measured> measured, CancellationTokenSource test) : IScenarioContext
{
    public ScenarioInfo ScenarioInfo { get; } = new(operation);

    public void StopCurrentTest(string reason) => test.Cancel();

    public async Task IterateAsync() => await MeasureAsync(null, () => scenario.Run(this));

    public async Task<T> MeasureAsync<T>(string? step, Func<Task<T>> run)
        where T : IResponse
    {
        var began = Stopwatch.GetTimestamp();
        var response = await run();
        measured.Enqueue(new(step, response, Stopwatch.GetElapsedTime(began)));
        return response;
    }
}
