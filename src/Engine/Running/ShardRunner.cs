using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// One shard with its inbox, and the right to run it: one compare-and-swap, taken by a receive loop, a worker or the
/// clock, whoever comes first. A run tells the shard the time, hands it what waits, and puts what it sent on the wire.
/// </summary>
internal sealed class ShardRunner(
    int index, IShard shard, ISendBatch sender, TickSource ticks, WakeSignal clockSignal, int queueLength, ILogger logger)
{
    // Items between two readings of the clock and two flushes.
    private const int BatchLength = 64;

    // Batches after which a runner that came by goes back to its own work: what is left is the clock's or a worker's.
    private const int BatchesPerRun = 16;

    private readonly ShardInbox _inbox = new(queueLength);

    // Not known before the first run: due at once.
    private long _nextDueTick;
    private long _clockSleepsUntil = long.MaxValue;
    private int _running;
    private int _faults;

    /// <summary>What <see cref="TryRun"/> found.</summary>
    internal enum RunEnd
    {
        /// <summary>Nothing waits any more.</summary>
        Empty,

        /// <summary>Somebody else is running it, and will look again when done.</summary>
        Busy,

        /// <summary>More waits than one run may take.</summary>
        MoreWaits,
    }

    /// <summary>The event that lets a shard begin to drain.</summary>
    public static object DrainMarker { get; } = new();

    /// <summary>Which shard it is.</summary>
    public int Index => index;

    /// <summary>Counters of the shard.</summary>
    public EngineMetrics Metrics => shard.Metrics;

    /// <summary>Items that wait.</summary>
    public int Waiting => _inbox.Count;

    /// <summary>True while somebody runs it. False after a post means that the poster must see to it.</summary>
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>When the shard's next timer is due, as of its last run; a lower bound.</summary>
    public long NextDueTick => Volatile.Read(ref _nextDueTick);

    /// <summary>Exceptions that escaped the shard: each one is a bug.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>Set by the clock before it sleeps: a timer due before that tick rings its bell.</summary>
    public long ClockSleepsUntil
    {
        set => Interlocked.Exchange(ref _clockSleepsUntil, value);
    }

    /// <summary>Posts a datagram; false when the inbox is full. Somebody has to run the shard after that.</summary>
    public bool TryPost(RawMessage datagram) => _inbox.TryPost(datagram);

    /// <summary>Posts a datagram or an event from where nobody runs shards; the clock's thread sees to it.</summary>
    public bool TryPostCrossThread(object item)
    {
        if (item is not RawMessage datagram)
        {
            _inbox.Post(item);
        }
        else if (!_inbox.TryPost(datagram))
        {
            return false;
        }

        if (!IsRunning)
        {
            clockSignal.Ring();
        }

        return true;
    }

    /// <summary>Runs the shard unless somebody else does, until nothing waits or this run has taken its share.</summary>
    public RunEnd TryRun()
    {
        for (var batches = 0; batches < BatchesPerRun; batches++)
        {
            if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
            {
                return RunEnd.Busy;
            }

            RunBatch();
            Interlocked.Exchange(ref _running, 0);
            if (_inbox.Count <= 0)
            {
                return RunEnd.Empty;
            }
        }

        return RunEnd.MoreWaits;
    }

    /// <summary>Gives back what waits without running the shard; only when nobody runs or posts any more.</summary>
    public void Discard()
    {
        while (_inbox.TryTake(out var item))
        {
            (item as RawMessage)?.Return();
        }
    }

    private void RunBatch()
    {
        Advance();
        var taken = 0;
        while (taken < BatchLength && _inbox.TryTake(out var item))
        {
            taken++;
            Hand(item);
        }

        _inbox.Took(taken);
        Finish();
    }

    // Three guards, so that a fault of a timer costs no datagram and a fault of a datagram none of its neighbours.
    private void Advance()
    {
        try
        {
            shard.Advance(ticks.NowTick);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e, "a timer");
        }
    }

    private void Hand(object item)
    {
        try
        {
            switch (item)
            {
                case RawMessage datagram:
                    shard.Receive(datagram);
                    break;
                case HostResolution resolution:
                    shard.Resolved(resolution);
                    break;
                case var marker when marker == DrainMarker:
                    shard.BeginDrain();
                    break;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The shard may have kept or returned the datagram: giving it back here could do so twice. It is left to
            // the garbage collector, and the ledger shows it.
            shard.Metrics.Drop(DropReason.Fault);
            Report(e, item.GetType().Name);
        }
    }

    private void Finish()
    {
        try
        {
            sender.Flush();
            var due = shard.NextDueTick;
            Interlocked.Exchange(ref _nextDueTick, due);
            if (due < Volatile.Read(ref _clockSleepsUntil))
            {
                clockSignal.Ring();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e, "the end of a batch");
        }
    }

    private void Report(Exception e, string occasion)
    {
        // Once in full, then by the counter: a fault that a peer can cause must not fill the disk.
        if (Interlocked.Increment(ref _faults) == 1)
        {
            logger.LogError(e, "Shard {Shard} threw at {Occasion}; this is a bug. It goes on; further ones are counted", index, occasion);
        }
    }
}
