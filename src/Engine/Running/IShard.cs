using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Running;

/// <summary>The doors of a <see cref="Shard"/>, so that a test can stand in for it. One caller at a time.</summary>
internal interface IShard
{
    /// <summary>Its counters.</summary>
    EngineMetrics Metrics { get; }

    /// <summary>A tick before which no timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    long NextDueTick { get; }

    /// <summary>Tells the time and fires nothing: what happens next happens now.</summary>
    void TellTime(long nowTick);

    /// <summary>
    /// Fires what is due at that tick, at most <paramref name="limit"/> timers; the time is that tick or one that was told
    /// before. True when more are due.
    /// </summary>
    bool Advance(long nowTick, int limit = int.MaxValue);

    /// <summary>That datagram will be received next: what is far away in memory and will be needed for it may be fetched.</summary>
    void Prepare(RawMessage datagram);

    /// <summary>Takes one datagram and owns it.</summary>
    void Receive(RawMessage datagram);

    /// <summary>Takes an answer from outside.</summary>
    void Complete(Completion answer);

    /// <summary>
    /// An exception came out of one of the others: ends the call that was in hand and gives back what it held. Says which
    /// call it was.
    /// </summary>
    string Abort();

    /// <summary>From now on new INVITEs get 503.</summary>
    void BeginDrain();

    /// <summary>True when it drains and no call or message waits for it any more. Between two datagrams it says what is; while one is handled, nothing.</summary>
    bool HasDrained { get; }
}
