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
    /// <param name="request">Hash of all that tells it from others.</param>
    /// <param name="nowTick">The time.</param>
    public void TryAdd(ulong request, long nowTick)
    {
        if (!Contains(request, nowTick))
        {
            _ring[request % Capacity] = (request, nowTick + lifeTicks);
        }
    }

    /// <summary>True for the very request that has been served.</summary>
    public bool Contains(ulong request, long nowTick)
    {
        var (known, until) = _ring[request % Capacity];
        return known == request && nowTick < until;
    }
}
