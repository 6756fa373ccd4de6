using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Schedule;

namespace ImsSipFast.LoadGen.Running;

/// <summary>
/// Takes a run through its parts: registering, the phases, and waiting for what is in flight. It is told the time and
/// knows no clock.
/// </summary>
internal sealed class LoadConductor
{
    /// <summary>Attempts begun before the sockets are looked at again.</summary>
    private const int MostAtOnce = 32;

    private readonly LoadPlan _plan;
    private readonly AgentWorld _world;
    private readonly RunMetrics _metrics;
    private readonly Registering _registering;
    private readonly ArrivalSchedule _schedule;
    private readonly ClosedLoop _closed;
    private readonly AttemptDraw _draw;
    private readonly SampleSeries _samples;
    private readonly long[] _ends;
    private readonly long _end;
    private readonly long _patience;
    private long _lastLegAt = -1;

    public LoadConductor(AgentSettings settings, AgentWorld world, RunMetrics metrics)
    {
        _plan = settings.Plan;
        _world = world;
        _metrics = metrics;
        var chance = new Chance(_plan.Seed);
        _registering = new(_plan, world, metrics);
        _schedule = new(_plan.Phases, _plan.PoissonArrivals ? new Chance(chance.Next()) : null);
        _closed = new(_plan.Phases);
        _draw = new(_plan, new Chance(chance.Next()));
        _samples = new(_plan, metrics);
        var ticks = 0L;
        _ends = [.. _plan.Phases.Select(phase => (ticks += phase.Duration.Ticks) / TimeSpan.TicksPerMicrosecond)];
        _end = _ends[^1];
        _patience = settings.Ring + settings.Hold + (3L * 64 * settings.T1);
    }

    /// <summary>Microsecond at which the first phase began; -1 before.</summary>
    public long Start { get; private set; } = -1;

    /// <summary>True when all is over.</summary>
    public bool Ended { get; private set; }

    /// <summary>Told of every second.</summary>
    public Action<Sample>? Sampled { get; set; }

    /// <summary>Told when another phase begins, with its index; as many as there are phases when the last is over.</summary>
    public Action<int>? PhaseBegan { get; set; }

    public IReadOnlyList<Sample> Samples => _samples.Taken;

    /// <summary>Nothing is to be done before this microsecond, unless a datagram comes.</summary>
    public long NextDue
    {
        get
        {
            if (Start < 0 || _lastLegAt >= 0)
            {
                return Start < 0 ? _world.NextDue : Math.Min(_world.NextDue, Start + _samples.NextAt);
            }

            var own = Math.Min(_samples.NextAt, _ends[Math.Max(0, _metrics.CurrentPhase)]);
            var attempt = _plan.ClosedLoop == 0 ? _schedule.Due : _metrics.InFlight < _plan.ClosedLoop ? _closed.Due : long.MaxValue;
            return Math.Min(_world.NextDue, Start + Math.Min(own, attempt));
        }
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        if (Ended)
        {
            return;
        }

        _world.Advance(now);
        if (Start < 0)
        {
            Register(now);
        }

        if (Start >= 0)
        {
            _samples.Advance(now - Start, Sampled);
            EnterPhases(now - Start);
            BeginAttempts(now);
            Drain(now);
        }
    }

    /// <summary>Stops now: what is in flight is left out of the figures.</summary>
    public void Stop(long now) => End(now, unfinished: false);

    private void Register(long now)
    {
        if (_plan.RegisterFirst && !_registering.IsOver)
        {
            _registering.Advance(now);
        }

        if (_plan.RegisterFirst && _registering.IsInVain)
        {
            End(now, unfinished: false);
        }
        else if (!_plan.RegisterFirst || _registering.IsOver)
        {
            Start = now;
            _samples.Begin();
            EnterPhases(0);
        }
    }

    private void BeginAttempts(long now)
    {
        var at = now - Start;
        for (var i = 0; i < MostAtOnce; i++)
        {
            if (_plan.ClosedLoop > 0)
            {
                _closed.Advance(at);
                if (_metrics.InFlight >= _plan.ClosedLoop || _closed.Due > at)
                {
                    return;
                }

                _closed.Take(at);
                _world.Begin(_draw.Next(_closed.Phase, now), now);
            }
            else
            {
                if (_schedule.Due > at)
                {
                    return;
                }

                _world.Begin(_draw.Next(_schedule.Phase, Start + _schedule.Due), now);
                _schedule.Take();
            }
        }
    }

    /// <summary>Phases begin by time, whether or not attempts of the one before are late.</summary>
    private void EnterPhases(long at)
    {
        while (_metrics.CurrentPhase < 0 || (at >= _ends[_metrics.CurrentPhase] && _metrics.CurrentPhase < _ends.Length - 1))
        {
            _metrics.CurrentPhase++;
            PhaseBegan?.Invoke(_metrics.CurrentPhase);
        }
    }

    private void Drain(long now)
    {
        if (now - Start < _end || (_plan.ClosedLoop == 0 && _schedule.Due != long.MaxValue))
        {
            return;
        }

        if (_lastLegAt < 0)
        {
            _lastLegAt = now;
            PhaseBegan?.Invoke(_plan.Phases.Count);
        }

        if (_metrics.InFlight > 0)
        {
            _lastLegAt = now;
        }

        // The called side may still be at its last words when the last attempt has ended.
        var silent = _metrics.InFlight == 0 && (_world.Context.Legs.Live == 0 || now - _lastLegAt > 1_000_000);
        if (silent || now - Start > _end + _patience)
        {
            End(now, unfinished: true);
        }
    }

    private void End(long now, bool unfinished)
    {
        if (Ended)
        {
            return;
        }

        Ended = true;
        _world.EndAll(unfinished);
        if (Start >= 0)
        {
            if (_lastLegAt < 0)
            {
                PhaseBegan?.Invoke(_plan.Phases.Count);
            }

            _samples.Finish(now - Start, Sampled);
        }
    }
}
