using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Running;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// Which shard a datagram belongs to. All messages of a call have its Call-ID and meet in one shard. A REGISTER goes
/// by the registration set of its address-of-record: RFC 3261 §10.3 wants the REGISTERs of one user applied in order and
/// each as a whole, and the location service wants one writer for each of its partitions.
/// </summary>
internal sealed class ShardKey(LocationService location, ulong key) : IShardKey
{
    /// <summary>The shard of what cannot be told: it is malformed, and any shard can say so.</summary>
    public const int Fallback = 0;

    /// <summary>The shard of the datagram; false, and <see cref="Fallback"/>, when it names neither Call-ID nor user.</summary>
    public bool TryGet(ReadOnlySpan<byte> datagram, out int shard)
    {
        shard = Fallback;
        if (!CallIdScanner.TryScan(datagram, out var found))
        {
            return false;
        }

        shard = found.IsRegister ? ShardOfUser(found.To) : (int)((uint)HashOf(found.CallId) % (uint)location.Partitions);
        return true;
    }

    private int ShardOfUser(ReadOnlySpan<byte> to)
    {
        Span<byte> key = stackalloc byte[AddressOfRecord.MaxLength];
        return AddressOfRecord.TryWrite(to, key, out var length) ? location.PartitionOf(key[..length]) : Fallback;
    }

    // Keyed, so that no peer can aim all calls at one shard.
    private ulong HashOf(ReadOnlySpan<byte> callId)
    {
        var hash = new Hash64(key);
        hash.Add(callId);
        return hash.Value;
    }
}
