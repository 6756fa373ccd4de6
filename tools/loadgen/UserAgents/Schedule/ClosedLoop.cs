using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Schedule;

/// <summary>
/// When the next attempt of a closed loop may begin: as soon as one ends, but no faster than the phase's rate. What it
/// was held up by the attempts in flight is not caught up. A rate of 0 is no bound.
/// </summary>
internal sealed class ClosedLoop(IReadOnlyList<Phase> phases)
{
    private long _start;
    private long _next;

    /// <summary>Index of the phase; as many as there are phases after the last.</summary>
    public int Phase { get; private set; }

    /// <summary>Goes on to the phase of a time; microseconds from the start of the run.</summary>
    public void Advance(long at)
    {
        while (Phase < phases.Count && at >= _start + Length(Phase))
        {
            _start += Length(Phase);
            Phase++;
            _next = _start;
        }
    }

    /// <summary>When the rate allows the next one.</summary>
    public long Due => Phase < phases.Count ? _next : long.MaxValue;

    /// <summary>When the phase ends.</summary>
    public long PhaseEnd => Phase < phases.Count ? _start + Length(Phase) : long.MaxValue;

    /// <summary>One begins at that time.</summary>
    public void Take(long at)
    {
        var phase = phases[Phase];
        var share = (double)(at - _start) / Length(Phase);
        var rate = phase.StartRate + ((phase.EndRate - phase.StartRate) * share);
        _next = rate > 0 ? Math.Max(_next, at - Slack) + (long)(1e6 / rate) : at;
    }

    // A turn of the loop comes late by little; that much may be caught up.
    private const long Slack = 1000;

    private long Length(int phase) => phases[phase].Duration.Ticks / TimeSpan.TicksPerMicrosecond;
}
