using HdrHistogram;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Metrics;

/// <summary>Everything that a run counts: by phase, and since the last look.</summary>
internal sealed class RunMetrics
{
    private readonly PhaseCounters[] _phases;
    private readonly Measure _main;
    private readonly LongHistogram _second = PhaseCounters.NewHistogram();

    public RunMetrics(LoadPlan plan)
    {
        var measures = plan.Mix.SelectMany(share => MeasuresOf(share.Profile)).Distinct().ToArray();
        _main = MainMeasureOf(plan.Mix.MaxBy(share => share.Weight).Profile);
        _phases = [.. plan.Phases.Select(phase => new PhaseCounters(phase, measures))];
        Beforehand = new(new Phase("registering", TimeSpan.Zero, 0, 0, false), []);
    }

    /// <summary>By the index of the phase.</summary>
    public IReadOnlyList<PhaseCounters> Phases => _phases;

    /// <summary>What happens before the first phase.</summary>
    public PhaseCounters Beforehand { get; }

    /// <summary>The phase that is under way; what belongs to no attempt is counted there. -1 before the first.</summary>
    public int CurrentPhase { get; set; } = -1;

    public PhaseCounters Current => Of(CurrentPhase);

    /// <summary>How late attempts began, in measured phases.</summary>
    public LongHistogram Lateness { get; } = PhaseCounters.NewHistogram();

    /// <summary>Attempts begun and not ended.</summary>
    public int InFlight { get; private set; }

    public long Offered { get; private set; }

    public long Succeeded { get; private set; }

    public long Failed { get; private set; }

    public long Retransmitted { get; private set; }

    /// <summary>The counters of a phase by its index.</summary>
    public PhaseCounters Of(int phase) => phase < 0 ? Beforehand : _phases[phase];

    public void Begin(int phase, Profile profile, long due, long now)
    {
        var counters = Of(phase);
        counters.Attempts++;
        InFlight++;
        Offered++;
        if (counters.Phase.Measured)
        {
            Lateness.RecordValue(Math.Clamp(now - due, 0, PhaseCounters.LongestMicroseconds));
        }

        if (IsSession(profile))
        {
            counters.Sessions.Requests++;
        }
        else if (profile == Profile.Register)
        {
            counters.Registrations.Requests++;
        }
    }

    public void Succeed(int phase)
    {
        Of(phase).Succeeded++;
        InFlight--;
        Succeeded++;
    }

    public void Fail(int phase, Cause cause)
    {
        Of(phase).Fail(cause);
        InFlight--;
        Failed++;
    }

    /// <summary>An attempt that is given up without a verdict, because the run was stopped: as if it had not begun.</summary>
    public void Abandon(int phase)
    {
        Of(phase).Attempts--;
        InFlight--;
    }

    public void Record(int phase, Measure measure, long microseconds)
    {
        Of(phase).Record(measure, microseconds);
        if (measure == _main)
        {
            _second.RecordValue(Math.Clamp(microseconds, 0, PhaseCounters.LongestMicroseconds));
        }
    }

    public void Response(int phase, Method method, int status) => Of(phase).Responses[((int)method * 700) + status]++;

    /// <summary>Counts a message sent again: a method, or one of the other indexes of <see cref="PhaseCounters"/>.</summary>
    public void Retransmit(int phase, int what)
    {
        Of(phase).RetransmissionsSent[what]++;
        Retransmitted++;
    }

    public void Stray(Stray stray) => Current.Strays[(int)stray]++;

    /// <summary>The main latency since the last call: median, 99th percentile, greatest.</summary>
    public (double P50, double P99, double Max) TakeSecond()
    {
        if (_second.TotalCount == 0)
        {
            return default;
        }

        var taken = (_second.GetValueAtPercentile(50), _second.GetValueAtPercentile(99), _second.GetMaxValue());
        _second.Reset();
        return taken;
    }

    public static bool IsSession(Profile profile) => profile is Profile.Call or Profile.Busy or Profile.Cancel or Profile.Fork;

    private static Measure MainMeasureOf(Profile profile) => profile switch
    {
        Profile.Register => Measure.RegistrationRequestDelay,
        Profile.Busy => Measure.FailedSessionRequestDelay,
        _ when IsSession(profile) => Measure.SessionRequestDelay,
        _ => Measure.RequestDelay,
    };

    private static Measure[] MeasuresOf(Profile profile) => profile switch
    {
        Profile.Register => [Measure.RegistrationRequestDelay],
        Profile.Busy => [Measure.FailedSessionRequestDelay],
        Profile.Cancel => [Measure.SessionRequestDelay, Measure.FailedSessionRequestDelay, Measure.CancelDelay],
        Profile.Subscribe => [Measure.RequestDelay, Measure.NotifyDelay],
        _ when IsSession(profile) =>
            [Measure.SessionRequestDelay, Measure.SessionSetup, Measure.SessionDisconnectDelay, Measure.SessionDuration],
        _ => [Measure.RequestDelay],
    };
}
