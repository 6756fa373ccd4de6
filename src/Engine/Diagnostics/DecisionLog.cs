namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// The ring of decision records of one shard: one writer (the shard), one reader (the operator log). When no log
/// reads, or reads slowly, writing costs one branch; what did not fit is counted, never waited for.
/// </summary>
public sealed class DecisionLog
{
    private readonly DecisionRecord[] _ring;
    private long _written;
    private long _read;
    private long _missed;
    private volatile bool _isWatched;

    /// <param name="capacity">Records, a power of two: 1,024 by default.</param>
    public DecisionLog(int capacity = 1024) => _ring = new DecisionRecord[capacity];

    /// <summary>True when something reads the ring; the shard writes nothing otherwise.</summary>
    public bool IsWatched
    {
        get => _isWatched;
        set => _isWatched = value;
    }

    /// <summary>Records that found the ring full since the last call.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    /// <summary>
    /// Writer: the next free record, cleared, or a null reference when the ring is full. Call
    /// <see cref="Publish"/> after it is filled.
    /// </summary>
    public ref DecisionRecord TryBegin()
    {
        if (_written - Volatile.Read(ref _read) >= _ring.Length)
        {
            Interlocked.Increment(ref _missed);
            return ref System.Runtime.CompilerServices.Unsafe.NullRef<DecisionRecord>();
        }

        ref var record = ref _ring[_written & (_ring.Length - 1)];
        record.Verb = default;
        record.Reason = default;
        record.Failure = default;
        record.Timer = default;
        record.Flow = default;
        record.AgeMilliseconds = 0;
        record.Count = 0;
        record.Rule = null;
        record.TextLength = 0;
        record.DetailLength = 0;
        return ref record;
    }

    /// <summary>Writer: shows the record to the reader.</summary>
    public void Publish() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Reader: copies the oldest unread record; false when there is none.</summary>
    public bool TryRead(out DecisionRecord record)
    {
        if (_read == Volatile.Read(ref _written))
        {
            record = default;
            return false;
        }

        record = _ring[_read & (_ring.Length - 1)];
        Volatile.Write(ref _read, _read + 1);
        return true;
    }
}
