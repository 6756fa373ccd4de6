using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Schedule;

/// <summary>
/// When attempts are due, open loop: fixed by the plan and the seed before anything is sent. Evenly spaced ones are due
/// when the curve of the phase passes a whole number; those of a Poisson process when it has grown by an exponentially
/// distributed amount.
/// </summary>
internal sealed class ArrivalSchedule
{
    // A rate times a duration is no exact number.
    private const double Rounding = 1e-9;

    private readonly IReadOnlyList<Phase> _phases;
    private readonly Chance? _chance;
    private RateCurve _curve;
    private double _position;

    /// <param name="phases">The phases.</param>
    /// <param name="chance">For a Poisson process; null: evenly spaced.</param>
    public ArrivalSchedule(IReadOnlyList<Phase> phases, Chance? chance)
    {
        _phases = phases;
        _chance = chance;
        Begin(0, 0);
    }

    /// <summary>Index of the phase of the next attempt; as many as there are phases when no more is due.</summary>
    public int Phase { get; private set; }

    /// <summary>Microseconds from the start of the run at which the phase starts.</summary>
    public long PhaseStart { get; private set; }

    /// <summary>Microseconds from the start of the run at which the next attempt is due; <see cref="long.MaxValue"/> after the last.</summary>
    public long Due { get; private set; }

    /// <summary>Goes on to the next attempt.</summary>
    public void Take()
    {
        _position += _chance?.Exponential() ?? 1;
        Settle();
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private void Begin(int phase, long start)
    {
        Phase = phase;
        PhaseStart = start;
        if (phase < _phases.Count)
        {
            _curve = new(_phases[phase]);
            _position = _chance?.Exponential() ?? 0;
        }

        Settle();
    }

    private void Settle()
    {
        if (Phase >= _phases.Count)
        {
            Due = long.MaxValue;
        }
        else if (_position < _curve.Total - Rounding)
        {
            Due = PhaseStart + _curve.DueAfter(_position);
        }
        else
        {
            Begin(Phase + 1, PhaseStart + Microseconds(_phases[Phase].Duration));
        }
    }
}
