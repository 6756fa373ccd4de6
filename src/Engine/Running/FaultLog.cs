using ImsSipFast.Engine.Running;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// Tells of exceptions that came out of a shard. Each kind, which is an exception at a place, is told in full once and
/// then at most once a minute with the number of those in between: a fault that a peer can cause must not fill the disk,
/// and must not hide another one either.
/// </summary>
internal sealed class FaultLog(int shard, TickSource ticks, ILogger logger)
{
    /// <summary>Kinds told apart; what comes after them is told together.</summary>
    public const int MaxKinds = 64;

    /// <summary>Between two lines of one kind.</summary>
    public const int IntervalTicks = 60_000;

    private readonly Dictionary<string, Kind> _kinds = [];
    private int _count;

    /// <summary>All of them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one and tells of it when its turn has come; <paramref name="work"/> is what the shard was at.</summary>
    public void Report(Exception exception, string work)
    {
        Interlocked.Increment(ref _count);
        try
        {
            Tell(exception, work);
        }
        catch (OutOfMemoryException)
        {
            // There is no room for the line either. It is counted; the next of its kind is told when there is.
        }
    }

    private void Tell(Exception exception, string work)
    {
        var where = exception.StackTrace?.Split('\n', 2)[0].Trim() ?? "at an unknown place";
        var name = $"{exception.GetType().Name} {where}";
        if (!_kinds.TryGetValue(name, out var kind))
        {
            name = _kinds.Count < MaxKinds ? name : "others";
            kind = _kinds.TryGetValue(name, out var others) ? others : _kinds[name] = new Kind();
        }

        kind.Count++;
        if (kind.Count == 1)
        {
            logger.LogError(exception, "Shard {Shard} threw at {Work}: {Fault}. This is a bug; that call ends with 500 and the shard goes on", shard, work, name);
        }
        else if (ticks.NowTick >= kind.NextTick)
        {
            logger.LogError("Shard {Shard} threw again at {Work}: {Fault}, {Count} times by now", shard, work, name, kind.Count);
        }
        else
        {
            return;
        }

        kind.NextTick = ticks.NowTick + IntervalTicks;
    }

    private sealed class Kind
    {
        public long Count;
        public long NextTick;
    }
}
