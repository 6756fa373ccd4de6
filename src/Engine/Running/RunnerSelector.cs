namespace ImsSipFast.Engine.Running;

/// <summary>
/// Whether a receive loop runs its shards itself or hands them to workers. A hop to another thread costs more than
/// the whole of SIP processing while load is low, so a loop hands over only when it cannot keep up and a processor
/// is free to help: for a whole window every batch came back full. It takes the shards back when less than half of
/// the load that made it hand over has come for eight windows. Pure: told what happened and when, it never asks.
/// </summary>
internal sealed class RunnerSelector(RunnerPolicy policy, int processors)
{
    /// <summary>Length of a window in ticks.</summary>
    public const int WindowTicks = 16;

    /// <summary>Quiet windows before a loop runs its shards itself again.</summary>
    public const int CalmWindows = 8;

    // Full batches that a window must have seen: fewer are a burst, which the socket's buffer is there for.
    private const int LeastBatches = 4;

    private long _windowStart;
    private int _batches;
    private int _fullBatches;
    private int _datagrams;
    private long _loadAtHandOver;
    private long _calmWindows;

    /// <summary>True while workers run the shards.</summary>
    public bool UsesWorkers { get; private set; } = policy == RunnerPolicy.Workers;

    /// <summary>
    /// True when the policy never changes its mind: then the clock need not be read for it. One processor has
    /// nothing to hand over to.
    /// </summary>
    public bool IsFixed { get; } = policy != RunnerPolicy.Auto || processors < 2;

    /// <summary>
    /// One batch was received. <paramref name="saturatedLoops"/> is how many other loops have handed over or would
    /// like to: each keeps a processor busy by itself.
    /// </summary>
    public void BatchEnded(int datagrams, bool batchFull, long nowTick, int saturatedLoops)
    {
        if (IsFixed)
        {
            return;
        }

        if (nowTick - _windowStart >= WindowTicks)
        {
            EndWindow(nowTick, saturatedLoops);
        }

        _batches++;
        _fullBatches += batchFull ? 1 : 0;
        _datagrams += datagrams;
    }

    private void EndWindow(long nowTick, int saturatedLoops)
    {
        // A silence makes a window last: it counts as so many, each with its part of the load.
        var windows = (nowTick - _windowStart) / WindowTicks;
        var load = _datagrams / windows;
        if (!UsesWorkers)
        {
            IsSaturated = windows == 1 && _batches >= LeastBatches && _fullBatches == _batches;
            UsesWorkers = IsSaturated && saturatedLoops + 1 < processors;
            _loadAtHandOver = load;
            _calmWindows = 0;
        }
        else
        {
            _calmWindows = load < _loadAtHandOver / 2 ? _calmWindows + windows : 0;
            UsesWorkers = _calmWindows < CalmWindows;
            IsSaturated = UsesWorkers;
        }

        _windowStart = nowTick;
        (_batches, _fullBatches, _datagrams) = (0, 0, 0);
    }

    /// <summary>True while this loop cannot keep up alone.</summary>
    public bool IsSaturated { get; private set; }
}
