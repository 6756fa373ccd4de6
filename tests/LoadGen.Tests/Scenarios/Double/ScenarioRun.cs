using System.Collections.Concurrent;
using System.Diagnostics;
using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber;

/// <summary>Runs a scenario by its simulations, a second of them in a twentieth of a second.</summary>
internal sealed class ScenarioRun(ScenarioProps scenario, bool starved)
{
    private const int Faster = 20;
    private static readonly TimeSpan LeastDuration = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _test = new();
    private readonly List<Task> _iterations = [];
    private int _due;

    public ScenarioStats Run()
    {
        Check();
        if (scenario.WarmUpDuration is { } warmUp)
        {
            SimulateAsync(ScenarioOperation.WarmUp, warmUp).GetAwaiter().GetResult();
        }

        var measured = SimulateAsync(ScenarioOperation.Bombing, TimeSpan.MaxValue).GetAwaiter().GetResult();
        var steps = measured.Where(static one => one.Step is not null).GroupBy(static one => one.Step!);
        return new(
            scenario.ScenarioName, StatsOf(measured.Where(static one => one.Step is null), isError: false), StatsOf(measured.Where(static one => one.Step is null), isError: true),
            [.. steps.Select(static step => new StepStats(step.Key, StatsOf(step, isError: false), StatsOf(step, isError: true)))]);
    }

    /// <summary>What 4.1.2 refuses to run.</summary>
    private void Check()
    {
        var length = TimeSpan.FromTicks(scenario.LoadSimulations.Sum(static simulation => simulation.During.Ticks));
        if (scenario.WarmUpDuration > length
            || scenario.LoadSimulations.Any(static simulation => simulation.During < LeastDuration || simulation.Interval > simulation.During || simulation.Value < 0))
        {
            throw new InvalidOperationException("this scenario cannot be run");
        }
    }

    private async Task<IReadOnlyCollection<Measured>> SimulateAsync(ScenarioOperation operation, TimeSpan limit)
    {
        var measured = new ConcurrentQueue<Measured>();
        var time = TimeSpan.Zero;
        var before = 0;
        foreach (var simulation in scenario.LoadSimulations)
        {
            var copies = new List<Copy>();
            for (var into = TimeSpan.Zero; into < simulation.During && time < limit && !_test.IsCancellationRequested; into += simulation.Interval, time += simulation.Interval)
            {
                var (begin, stay) = simulation.Name switch
                {
                    "keep_constant" => (simulation.Value - copies.Count, true),
                    "inject" => (simulation.Value, false),
                    _ => (before + (int)((simulation.Value - before) * (into / simulation.During)), false),
                };
                var until = Stopwatch.GetTimestamp() + (long)((simulation.During - into).TotalSeconds / Faster * Stopwatch.Frequency);
                Begin(begin, stay ? until : 0, () => new(scenario, operation, measured, _test), copies);
                await Task.Delay(simulation.Interval / Faster);
            }

            before = simulation.Value;
        }

        await Task.WhenAll(_iterations);
        return measured;
    }

    private void Begin(int count, long until, Func<Copy> create, List<Copy> copies)
    {
        for (var i = 0; i < count; i++)
        {
            if (starved && _due++ % 2 == 1)
            {
                continue;
            }

            var copy = create();
            copies.Add(copy);
            _iterations.Add(Task.Run(async () =>
            {
                do
                {
                    await copy.IterateAsync();
                }
                while (Stopwatch.GetTimestamp() < until && !_test.IsCancellationRequested);
            }));
        }
    }

    private static MeasurementStats StatsOf(IEnumerable<Measured> all, bool isError)
    {
        var measured = all.Where(one => one.Response.IsError == isError).ToList();
        var latencies = measured.Select(static one => one.Latency.TotalMilliseconds).Order().ToList();
        double Percentile(int percent) => latencies.Count == 0 ? 0 : latencies[((latencies.Count * percent) + 99) / 100 - 1];
        return new(
            new(measured.Count), new(Percentile(50), Percentile(75), Percentile(95), Percentile(99), Percentile(100)),
            [.. measured.GroupBy(static one => one.Response.StatusCode).Select(static code => new StatusCodeStats(code.Key, code.Count()))]);
    }
}
