using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// What one receive loop has read for one shard and not handed over yet. A loop that runs the shard itself hands it over as
/// it is: an inbox between the two would be a queue to oneself, at some 50 ns a datagram.
/// </summary>
internal sealed class ReadBatch
{
    // As many as one receive call reads.
    private const int Capacity = 64;

    private readonly RawMessage[] _read = new RawMessage[Capacity];
    private int _count;

    /// <summary>What was read, in its order.</summary>
    public ReadOnlySpan<RawMessage> Messages => _read.AsSpan(0, _count);

    /// <summary>Takes a datagram; false when there are too many, or when it is long, for the inbox counts the octets of those.</summary>
    public bool TryAdd(RawMessage datagram)
    {
        if (_count == Capacity || ShardInbox.WeightOf(datagram) > 1)
        {
            return false;
        }

        _read[_count++] = datagram;
        return true;
    }

    /// <summary>Forgets what has been handed over.</summary>
    public void Clear() => _count = 0;
}
