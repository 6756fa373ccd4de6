using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Asking;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Net;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Schedule;

namespace ImsSipFast.LoadGen;

/// <summary>
/// The user agents for who decides himself when an attempt begins: one call of <see cref="RunAsync"/> is one attempt,
/// from its first request to its last response. All are played by one thread on two sockets; the schedule of the plan is
/// not used; its mix says which profiles will be asked for and so who is registered, its phases for how long (an hour at
/// least).
/// </summary>
public sealed class AgentPool : IDisposable
{
    private const long LongestSleep = 10_000;
    private static readonly TimeSpan LeastLength = TimeSpan.FromHours(1);

    private readonly LoadPlan _plan;
    private readonly PortPair _ports;
    private readonly RunMetrics _metrics;
    private readonly AgentWorld _world;
    private readonly Registering _registering;
    private readonly AttemptDraw _draw;
    private readonly Thread _thread;
    private readonly Socket _bell;
    private readonly ConcurrentQueue<PendingAttempt> _asked = new();
    private readonly ConcurrentQueue<PendingAttempt> _idle = new();
    private readonly List<PendingAttempt> _pending = [];
    private readonly ManualResetEventSlim _ready = new();
    private int _asleep;
    private volatile bool _stopping;

    /// <summary>Binds the sockets and starts the thread.</summary>
    /// <exception cref="ArgumentException">The plan asks for what cannot be.</exception>
    /// <exception cref="SocketException">An address or port cannot be had.</exception>
    public AgentPool(LoadPlan plan)
    {
        var whole = new Phase("pool", TimeSpan.FromTicks(Math.Max(LeastLength.Ticks, plan.Phases.Sum(phase => phase.Duration.Ticks))), 0, 0, false);
        PlanLimits.Check(plan with { Phases = [whole] });
        _ports = new(plan.LocalAddress ?? UdpSocket.AddressTowards(plan.Target), plan.LocalPort);
        _plan = (plan.Target.Port != 0 ? plan : plan with { Target = new(plan.Target.Address, _ports.Called.Port), RegisterFirst = false })
            with
        { Phases = [whole] };
        _metrics = new(_plan);
        var settings = new AgentSettings(_plan, _ports.Calling, _ports.Called, (ulong)Stopwatch.GetTimestamp() ^ (ulong)DateTime.UtcNow.Ticks);
        _world = new(settings, _ports, _metrics);
        _world.Context.Outcomes.Told = Told;
        _registering = new(_plan, _world, _metrics);
        _draw = new(_plan, new Chance(_plan.Seed));
        _bell = new(_plan.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _bell.Connect(_ports.Calling.EndPoint);
        _thread = new(Loop) { IsBackground = true, Name = "agents" };
        _thread.Start();
    }

    /// <summary>
    /// Why the figures cannot be believed, in words: datagrams that the own sockets lost, users that are not registered.
    /// </summary>
    public IReadOnlyList<string> Complaints => new SelfWatch(_plan, _metrics).Verdict(_ports.KernelDrops, _ports.SendFailures).Complaints;

    /// <summary>Waits until the called side is registered; what went wrong with that, in words.</summary>
    public IReadOnlyList<string> WaitUntilReady(CancellationToken cancel = default)
    {
        _ready.Wait(cancel);
        return Complaints;
    }

    /// <summary>
    /// Makes one attempt. It ends by itself, at the latest when its transactions time out; a cancelled wait only stops
    /// waiting.
    /// </summary>
    public ValueTask<AttemptOutcome> RunAsync(Profile profile, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        cancel.ThrowIfCancellationRequested();
        var attempt = _idle.TryDequeue(out var idle) ? idle : new PendingAttempt(_idle);
        var outcome = attempt.Ask(profile);
        _asked.Enqueue(attempt);
        if (_stopping)
        {
            EndAsked();
        }
        else if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            // Two octets that are no message: all that the loop needs to wake up.
            _bell.Send("\r\n"u8);
        }

        return cancel.CanBeCanceled ? new(outcome.AsTask().WaitAsync(cancel)) : outcome;
    }

    /// <summary>Stops the thread and closes the sockets; attempts that are under way end as unfinished.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _bell.Send("\r\n"u8);
            _thread.Join();
            _bell.Dispose();
            _ports.Dispose();
            _ready.Dispose();
        }
    }

    private void Loop()
    {
        SocketWait.AskForPrecision();
        var clock = Stopwatch.StartNew();
        while (!_stopping)
        {
            var now = LoadRun.Microseconds(clock);
            _world.Advance(now);
            Begin(now);
            _ports.Flush();
            var readable = Sleep(Math.Min(_world.NextDue - LoadRun.Microseconds(clock), LongestSleep));
            _ports.Receive(_world, LoadRun.Microseconds(clock), readable);
            _ports.Flush();
        }

        _world.EndAll(unfinished: true);
        EndAsked();
    }

    private void EndAsked()
    {
        while (_asked.TryDequeue(out var asked))
        {
            asked.End(new(Wire.Method.Unknown, Cause.Unfinished));
        }
    }

    private void Begin(long now)
    {
        if (!_ready.IsSet)
        {
            if (_plan.RegisterFirst)
            {
                _registering.Advance(now);
            }

            if (_plan.RegisterFirst && !_registering.IsOver)
            {
                return;
            }

            _metrics.CurrentPhase = 0;
            _ready.Set();
        }

        while (_asked.TryDequeue(out var asked))
        {
            if (asked.Ticket == 0)
            {
                _pending.Add(asked);
                asked.Ticket = _pending.Count;
            }

            _world.Begin(_draw.Next(0, now, asked.Ticket, asked.Profile), now);
        }
    }

    private (bool Calling, bool Called) Sleep(long microseconds)
    {
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrier();
        var readable = _ports.Wait(_asked.IsEmpty ? Math.Max(0, microseconds) : 0);
        Volatile.Write(ref _asleep, 0);
        return readable;
    }

    private void Told(int ticket, Cause? cause) => _pending[ticket - 1].End(cause);
}
