using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The REGISTERs of a shard that got a 200 not long ago: what the server transaction of RFC 3261 §17.2.2 would keep
/// for 64·T1, in 16 octets each. A retransmission is known by it even when another REGISTER has removed its bindings
/// since. When the ring is too small for the rate of REGISTERs the oldest are forgotten.
/// </summary>
internal sealed class ServedRegisters(long lifeTicks)
{
    private const int Capacity = 4096;
    private readonly (ulong Request, long Tick)[] _ring = new (ulong, long)[Capacity];

    /// <summary>Remembers a REGISTER that has been served now; coming again does not make it younger.</summary>
    public void TryAdd(in RegisterOrder order, ulong addressOfRecordHash, long nowTick)
    {
        if (!Contains(order, addressOfRecordHash, nowTick))
        {
            var request = HashOf(order, addressOfRecordHash);
            _ring[request % Capacity] = (request, nowTick + lifeTicks);
        }
    }

    /// <summary>True for the very request that has been served.</summary>
    public bool Contains(in RegisterOrder order, ulong addressOfRecordHash, long nowTick)
    {
        var request = HashOf(order, addressOfRecordHash);
        var (known, until) = _ring[request % Capacity];
        return known == request && nowTick < until;
    }

    private static ulong HashOf(in RegisterOrder order, ulong addressOfRecordHash)
    {
        var hash = new Hash64(order.CallIdHash);
        hash.Add(addressOfRecordHash);
        hash.Add(order.ViaHash);
        hash.Add(order.CSeq);
        return hash.Value;
    }
}
