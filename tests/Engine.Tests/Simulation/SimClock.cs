namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// Virtual time in milliseconds, and what is to happen when. Things due at one tick happen in the order in which
/// they were asked for, so a run is a function of its inputs alone.
/// </summary>
internal sealed class SimClock
{
    private readonly PriorityQueue<Action, (long Tick, long Order)> _due = new();
    private long _order;

    public long Now { get; private set; }

    /// <summary>The tick of the next thing to happen; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTick => _due.TryPeek(out _, out var at) ? at.Tick : long.MaxValue;

    public void At(long tick, Action action) => _due.Enqueue(action, (Math.Max(tick, Now), _order++));

    public void MoveTo(long tick) => Now = Math.Max(Now, tick);

    /// <summary>Does the next thing that is due; false when nothing is.</summary>
    public bool RunNext()
    {
        if (NextTick > Now)
        {
            return false;
        }

        _due.Dequeue()();
        return true;
    }
}
