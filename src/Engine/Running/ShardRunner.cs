using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// One shard with its inbox, and the right to run it: one compare-and-swap, taken by a receive loop, a worker or the
/// timer thread, the first that comes. A run tells the shard the time, hands it what waits, fires its timers, and puts what it sent on the wire.
/// </summary>
internal sealed class ShardRunner(
    int index, IShard shard, ISendBatch sender, TickSource ticks, WakeSignal clockSignal, int queueLength, ILogger logger)
{
    // Items between two readings of the clock and two flushes.
    private const int BatchLength = 64;

    // Batches after which a runner that came by goes back to its own work: what is left is the clock's or a worker's.
    private const int BatchesPerRun = 16;

    // Timers that one batch may fire: a stall leaves thousands due at once, and messages must not wait for all of them.
    private const int TimersPerBatch = 256;

    private readonly ShardInbox _inbox = new(queueLength);

    // Not known before the first run: due at once.
    private long _nextDueTick;
    private long _clockSleepsUntil = long.MaxValue;
    private readonly FaultLog _faults = new(index, ticks, logger);
    private int _running;

    // What is due at that tick may fire when so many more items have been taken: all that had arrived by then.
    private long _timersUntil;
    private int _takenBeforeTimers;
    private bool _moreIsDue;
    private volatile bool _hasDrained;

    /// <summary>What <see cref="TryRun"/> found.</summary>
    internal enum RunEnd
    {
        /// <summary>Nothing waits any more.</summary>
        Empty,

        /// <summary>Another thread is running it, and will look again when done.</summary>
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

    /// <summary>What waits, in receive buffers; 0 when nothing does.</summary>
    public int Waiting => _inbox.Count;

    /// <summary>True while a thread runs it. False after a post means that the poster must see to it.</summary>
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>When the shard's next timer is due, as of its last run; a lower bound.</summary>
    public long NextDueTick => Volatile.Read(ref _nextDueTick);

    /// <summary>
    /// True when the shard has drained and all that it sent has left, as of its last batch. Its counters do not tell: who
    /// reads them meanwhile sees a BYE that has ended its dialog and not yet begun its transaction, or a last answer that
    /// still waits to be flushed, and closes the sockets under them.
    /// </summary>
    public bool HasDrained => _hasDrained;

    /// <summary>Exceptions that escaped the shard: each one is a bug.</summary>
    public int Faults => _faults.Count;

    /// <summary>Set by the clock before it sleeps: a timer due before that tick rings its bell.</summary>
    public long ClockSleepsUntil
    {
        set => Interlocked.Exchange(ref _clockSleepsUntil, value);
    }

    /// <summary>Posts a datagram; false when the inbox is full. Its poster has to run the shard after that.</summary>
    public bool TryPost(RawMessage datagram) => _inbox.TryPost(datagram);

    /// <summary>Posts a datagram or an event from a thread that runs no shards; the timer thread sees to it.</summary>
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

    /// <summary>Runs the shard unless another thread does, until nothing waits or this run has taken its share.</summary>
    public RunEnd TryRun()
    {
        for (var batches = 0; batches < BatchesPerRun; batches++)
        {
            if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
            {
                return RunEnd.Busy;
            }

            var moreIsDue = RunBatch();
            Interlocked.Exchange(ref _running, 0);
            if (_inbox.Count <= 0 && !moreIsDue)
            {
                return RunEnd.Empty;
            }
        }

        return RunEnd.MoreWaits;
    }

    /// <summary>
    /// Runs the shard with what a receive loop has just read, which need not go through the inbox then. False when something
    /// waits there, which comes first, or another thread runs the shard: nothing was taken.
    /// </summary>
    public bool TryRun(ReadOnlySpan<RawMessage> read, out RunEnd end)
    {
        end = RunEnd.Busy;
        if (_inbox.Count > 0 || Interlocked.CompareExchange(ref _running, 1, 0) != 0)
        {
            return false;
        }

        var isFirst = _inbox.Count == 0;
        var moreIsDue = isFirst && RunBatch(read);
        Interlocked.Exchange(ref _running, 0);
        if (isFirst)
        {
            end = _inbox.Count <= 0 && !moreIsDue ? RunEnd.Empty : TryRun();
        }

        return isFirst;
    }

    /// <summary>Gives back what waits without running the shard; only when no thread runs or posts any more.</summary>
    public void Discard()
    {
        while (_inbox.TryTake(out var item))
        {
            (item as RawMessage)?.Return();
        }
    }

    /// <summary>
    /// Time is told first, but timers wait until what had arrived by then has been taken: after a stall the answer that waits
    /// in the inbox must be seen before its request is sent again or given up, which under overload would feed itself. The
    /// inbox is limited, so they wait for no more than it holds; and each batch fires only so many. True when more are due.
    /// </summary>
    private bool RunBatch()
    {
        var nowTick = ticks.NowTick;
        if (!_moreIsDue && _takenBeforeTimers <= 0)
        {
            _timersUntil = nowTick;
            _takenBeforeTimers = _inbox.Count;
        }

        shard.TellTime(nowTick);
        var (taken, weight) = (0, 0);
        for (; taken < BatchLength && _inbox.TryTake(out var item); taken++)
        {
            weight += ShardInbox.WeightOf(item);
            Hand(item);
        }

        _inbox.Took(weight);
        _takenBeforeTimers -= weight;
        if (taken < BatchLength)
        {
            // Nothing waits any more.
            _timersUntil = nowTick;
            _takenBeforeTimers = 0;
        }

        if (_takenBeforeTimers <= 0)
        {
            Advance();
        }

        Finish();
        return _moreIsDue;
    }

    /// <summary>The same when the inbox is empty: what was read is all that has arrived.</summary>
    private bool RunBatch(ReadOnlySpan<RawMessage> read)
    {
        _timersUntil = ticks.NowTick;
        _takenBeforeTimers = 0;
        shard.TellTime(_timersUntil);
        for (var i = 0; i < read.Length; i++)
        {
            if (i + 1 < read.Length && read[i + 1].Kind == MessageKind.Received)
            {
                shard.Prepare(read[i + 1]);
            }

            Hand(read[i]);
        }

        Advance();
        Finish();
        return _moreIsDue;
    }

    // An allocation that fails ends its call as any other fault does: the next one may succeed, and the process serves the
    // calls that it has. Three guards, so that a fault of a timer costs no datagram and a fault of a datagram none of its neighbours.
    private void Advance()
    {
        try
        {
            _moreIsDue = shard.Advance(_timersUntil, TimersPerBatch);
        }
        catch (Exception e)
        {
            // The one that threw is off the wheel; the others fire in the next batch.
            _moreIsDue = false;
            Recover(e);
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
                case Completion answer:
                    shard.Complete(answer);
                    break;
                case var marker when marker == DrainMarker:
                    shard.BeginDrain();
                    break;
            }
        }
        catch (Exception e)
        {
            Recover(e);
        }
    }

    private void Finish()
    {
        try
        {
            sender.Flush();
            _hasDrained = shard.HasDrained;
            var due = shard.NextDueTick;
            Interlocked.Exchange(ref _nextDueTick, due);
            if (due < Volatile.Read(ref _clockSleepsUntil))
            {
                clockSignal.Ring();
            }
        }
        catch (Exception e)
        {
            _faults.Report(e, "the end of a batch");
        }
    }

    /// <summary>Has the shard end the call that met the exception; a second one on the way is a fault of its own.</summary>
    private void Recover(Exception e)
    {
        var work = "a call that could not be ended";
        try
        {
            work = shard.Abort();
        }
        catch (Exception second)
        {
            _faults.Report(second, "the end of a call that had met a fault");
        }

        _faults.Report(e, work);
    }
}
