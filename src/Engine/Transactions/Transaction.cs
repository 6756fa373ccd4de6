using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>The states of the four machines, as in the figures of RFC 3261 §17 and RFC 6026 §7.</summary>
internal enum TransactionState : byte
{
    Calling,
    Trying,
    Proceeding,
    Completed,
    Accepted,
    Confirmed,
    Terminated,
}

/// <summary>What the machines share within one shard.</summary>
/// <param name="Timers">Durations.</param>
/// <param name="Wheel">The wheel of the shard.</param>
/// <param name="Sender">Where datagrams go out.</param>
/// <param name="Pool">Where kept messages live.</param>
/// <param name="Metrics">Counters.</param>
internal sealed record ShardResources(
    SipTimers Timers, TimingWheel Wheel, IMessageSender Sender, MessagePool Pool, EngineMetrics Metrics)
{
    /// <summary>What this shard keeps, and how much that may be.</summary>
    public MemoryBudget Budget => Pool.Budget;

    /// <summary>The present tick; set by the shard before anything else happens.</summary>
    public long NowTick { get; set; }

    /// <summary>Decision records; no log reads them unless the shard gives its own.</summary>
    public DecisionRecorder Recorder { get; init; } = new(new DecisionLog(1));

    /// <summary>Sends and counts.</summary>
    public void Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        Metrics.Sent++;
        Sender.Send(flow, message);
    }
}

/// <summary>
/// What all four machines have: a key in the table, two timers (one repeats, one ends), the kept request and where
/// it came from or went to. Objects are pooled; <see cref="Release"/> gives back what they hold.
/// </summary>
internal abstract class Transaction
{
    protected Transaction(ShardResources environment)
    {
        Environment = environment;
        RetransmitTimer = new TimerNode(this);
        EndTimer = new TimerNode(this);
    }

    /// <summary>Hash under which the table finds it.</summary>
    public ulong Key { get; set; }

    /// <summary>The next transaction in the same bucket of the table.</summary>
    public Transaction? NextInBucket { get; set; }

    /// <summary>Where the machine is.</summary>
    public TransactionState State { get; protected set; }

    /// <summary>Nothing is expected of it any more: it only absorbs and repeats until its last timer ends it.</summary>
    public bool IsLingering { get; private set; }

    /// <summary>Method of the request.</summary>
    public SipMethod Method { get; protected set; }

    /// <summary>The transaction user: a response context above a server transaction, a branch above a client one.</summary>
    public object? User { get; set; }

    /// <summary>Where responses go (server) or the request went (client).</summary>
    public Flow Peer { get; protected set; }

    /// <summary>Tick at which it was created.</summary>
    public long CreatedTick { get; protected set; }

    /// <summary>The request as received (server) or as sent (client); null once it is no longer needed.</summary>
    public RawMessage? Request { get; protected set; }

    protected ShardResources Environment { get; }

    protected SipTimers Timers => Environment.Timers;

    protected TimerNode RetransmitTimer { get; }

    protected TimerNode EndTimer { get; }

    /// <summary>Interval of the next retransmission in ticks.</summary>
    protected long RetransmitTicks { get; set; }

    /// <summary>A transaction that was just begun is open.</summary>
    public void Open()
    {
        IsLingering = false;
        Environment.Metrics.TransactionsOpen++;
    }

    /// <summary>From here on it only absorbs, or is over.</summary>
    public void Settle()
    {
        Environment.Metrics.TransactionsOpen -= IsLingering ? 0 : 1;
        IsLingering = true;
    }

    /// <summary>When the timer fires that ends it.</summary>
    public long DueTick => EndTimer.DueTick;

    /// <summary>
    /// True when it only waits for its last timer, has no user, and a <see cref="LingeringTransaction"/> says all that it may be asked.
    /// </summary>
    public abstract bool CanLinger { get; }

    /// <summary>What is left of it.</summary>
    public virtual LingeringTransaction ToRecord() => new()
    {
        Key = Key,
        DueTick = DueTick,
        CreatedTick = CreatedTick,
        Method = Method,
    };

    /// <summary>Stops the timers and gives back what is kept.</summary>
    public virtual void Release()
    {
        Settle();
        Environment.Wheel.Cancel(RetransmitTimer);
        Environment.Wheel.Cancel(EndTimer);
        ReleaseRequest();
        User = null;
        NextInBucket = null;
    }

    protected void Schedule(TimerNode timer, TimerKind kind, long delayTicks) =>
        Environment.Wheel.Schedule(timer, kind, Environment.NowTick + delayTicks);

    /// <summary>
    /// RFC 3261 §17, table 4: the duration of a timer that absorbs what is sent twice, 0 where nothing is. Each side of
    /// the proxy asks its own flow.
    /// </summary>
    protected long UnlessReliable(long delayTicks) => Peer.IsReliable ? 0 : delayTicks;

    /// <summary>Goes on where the record says that it rests.</summary>
    protected void Restore(in LingeringTransaction record, TransactionState state, TimerKind kind)
    {
        Key = record.Key;
        CreatedTick = record.CreatedTick;
        Method = record.Method;
        State = state;
        IsLingering = true;
        Environment.Wheel.Schedule(EndTimer, kind, record.DueTick);
    }

    protected void ReleaseRequest()
    {
        Request?.Return();
        Request = null;
    }

    protected static void Replace(ref RawMessage? kept, RawMessage? next)
    {
        kept?.Return();
        kept = next;
    }
}
