using System.Diagnostics;
using System.Net;
using System.Runtime.ExceptionServices;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Net;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen;

/// <summary>
/// A run: both sides of the load on one thread and two sockets. A <see cref="LoadPlan.Target"/> with port 0 means the
/// called side itself, without a proxy between.
/// </summary>
public sealed class LoadRun
{
    // A wait takes some 30 µs to end: what an open loop is due sooner is awaited with open eyes. A closed loop has no
    // time to keep, only a bound to stay under.
    private const long TooShortToSleep = 30;
    private const long LongestSleep = 10_000;

    private readonly LoadPlan _plan;

    /// <summary>A run of that plan; nothing happens before <see cref="Run"/>.</summary>
    /// <exception cref="ArgumentException">The plan asks for what cannot be.</exception>
    public LoadRun(LoadPlan plan)
    {
        PlanLimits.Check(plan);
        _plan = plan;
    }

    /// <summary>Told of every second, on the thread of the run: it must return at once.</summary>
    public event Action<Sample>? Progress;

    /// <summary>Runs on a thread of its own and returns when it is over. Stopped early, what was in flight is left out.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address or port cannot be had.</exception>
    public LoadResult Run(CancellationToken stop)
    {
        LoadResult? result = null;
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = RunHere(stop);
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown again on the thread that asked.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "load" };
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result!;
    }

    private LoadResult RunHere(CancellationToken stop)
    {
        SocketWait.AskForPrecision();
        using var ports = new PortPair(_plan.LocalAddress ?? UdpSocket.AddressTowards(_plan.Target), _plan.LocalPort);
        var plan = _plan.Target.Port != 0 ? _plan : _plan with { Target = new(_plan.Target.Address, ports.Called.Port), RegisterFirst = false };
        var metrics = new RunMetrics(plan);
        var settings = new AgentSettings(plan, ports.Calling, ports.Called, (ulong)Stopwatch.GetTimestamp() ^ (ulong)DateTime.UtcNow.Ticks);
        var world = new AgentWorld(settings, ports, metrics);
        world.Context.Reserve(ExpectedLegs(plan, settings));
        var conductor = new LoadConductor(settings, world, metrics);
        var watch = new SelfWatch(plan, metrics);
        var started = DateTimeOffset.UtcNow;
        conductor.Sampled = sample => Progress?.Invoke(sample);
        conductor.PhaseBegan = phase =>
        {
            started = phase == 0 ? DateTimeOffset.UtcNow : started;
            watch.Enter(phase, ThreadCpu.Now(), GC.GetAllocatedBytesForCurrentThread());
        };
        Loop(conductor, world, ports, plan.ClosedLoop == 0 ? TooShortToSleep : 0, stop);
        return new()
        {
            Plan = _plan,
            HasBegun = conductor.Start >= 0,
            Started = started,
            Phases = [.. metrics.Phases.Select(ResultReader.Read)],
            Samples = conductor.Samples,
            SelfCheck = watch.Verdict(ports.KernelDrops, ports.SendFailures),
        };
    }

    /// <summary>Legs that are alive at a time if the proxy answers at once, and as many again.</summary>
    private static int ExpectedLegs(LoadPlan plan, AgentSettings settings)
    {
        const int Least = 4096;
        const int Most = 1 << 20;
        var rate = plan.Phases.Max(phase => Math.Max(phase.StartRate, phase.EndRate));
        var attempts = plan.ClosedLoop > 0 ? plan.ClosedLoop : rate * (settings.Ring + settings.Hold) / 1e6;
        var legsEach = plan.Mix.Any(share => share.Profile == Profile.Fork) ? 1 + plan.ForkContacts : 2;
        return (int)Math.Clamp(2 * legsEach * attempts, Least, Most);
    }

    private static void Loop(LoadConductor conductor, AgentWorld world, PortPair ports, long early, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        while (!conductor.Ended)
        {
            var now = Microseconds(clock);
            if (stop.IsCancellationRequested)
            {
                conductor.Stop(now);
            }

            conductor.Advance(now);
            ports.Flush();
            var pause = Math.Min(conductor.NextDue - Microseconds(clock) - early, LongestSleep);
            var readable = ports.Wait(Math.Max(0, pause));
            ports.Receive(world, Microseconds(clock), readable);
            ports.Flush();
        }
    }

    internal static long Microseconds(Stopwatch clock) => (long)(clock.ElapsedTicks * (1e6 / Stopwatch.Frequency));
}
