namespace ImsSipFast.Engine.Messages;

/// <summary>What a look-up of a host name gave at once.</summary>
internal enum ResolveStatus : byte
{
    /// <summary>The address was in the cache.</summary>
    Found,

    /// <summary>Asked; a <see cref="HostResolution"/> with the ticket will be posted to the shard's inbox.</summary>
    Pending,

    /// <summary>A cached failure, or a name that cannot be asked for.</summary>
    Failed,

    /// <summary>Too many look-ups in flight.</summary>
    Full,
}

/// <summary>
/// Host names to addresses, off the shard. The seam where NAPTR and SRV (RFC 3263 §4.1, §4.2) come in: the caller
/// says what the URI said, the resolver says where to send.
/// </summary>
internal interface IHostResolver
{
    /// <summary>
    /// Looks up <paramref name="host"/> (a name, never an IP literal). <paramref name="port"/> is the URI's, 0 when it
    /// has none (then the default of <paramref name="transport"/>). Never blocks; allocates only when the name is not cached.
    /// </summary>
    ResolveStatus Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops);
}

/// <summary>The outcome of a pending look-up, posted to the inbox of the shard that asked.</summary>
/// <param name="Ticket">What the shard gave with its question.</param>
/// <param name="Hops">Where to send; empty when the name has no address or no server answered.</param>
internal sealed record HostResolution(long Ticket, HopList Hops) : Completion(Ticket);
