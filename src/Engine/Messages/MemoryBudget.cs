namespace ImsSipFast.Engine.Messages;

/// <summary>
/// What one shard keeps in memory, in octets, and how much that may be: its share of the option Memory. Counted are the
/// buffers of kept messages, by their capacity; transactions, with what belongs to each, by a fixed sum; the records and
/// responses of settled ones; and bindings. What only passes through (receive buffers, send batches) is limited in other
/// ways and never asks here, so that a full shard still receives, acknowledges and cancels.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    /// <summary>Octets that may be kept.</summary>
    public long Limit => limit;

    /// <summary>Octets that are kept now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>False in the last eighth: calls that are up may still change and end, new ones get 503.</summary>
    public bool HasRoomForNew => _used < limit - (limit / 8);

    /// <summary>False when nothing more may be kept.</summary>
    public bool HasRoom => _used < limit;

    /// <summary>Counts octets more, or less.</summary>
    public void Add(long octets) => Volatile.Write(ref _used, _used + octets);
}
