using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The bindings of all shards (RFC 3261 §10): one partition a shard, keyed by registration set. Any shard looks up by any
/// address-of-record; only the shard that its set hashes to writes there, and it handles the REGISTERs for all of the set.
/// </summary>
internal sealed class LocationService
{
    private readonly LocationTable[] _tables;
    private readonly long _maxBindings;
    private readonly ulong _key;
    private readonly IRegistrationSets? _sets;
    private long _bindings;

    /// <param name="partitions">Partitions, one a shard.</param>
    /// <param name="maxBindings">Bindings in all partitions together; one more is refused.</param>
    /// <param name="key">Key of the hash, unknown to peers, so that no peer picks names that collide.</param>
    /// <param name="sets">Who is registered together; null when each address-of-record is a set of its own.</param>
    public LocationService(int partitions, long maxBindings = long.MaxValue, ulong key = 0, IRegistrationSets? sets = null)
    {
        _tables = new LocationTable[partitions];
        for (var i = 0; i < partitions; i++)
        {
            _tables[i] = new LocationTable();
        }

        _maxBindings = maxBindings;
        _key = key;
        _sets = sets;
    }

    /// <summary>Partitions, one a shard.</summary>
    public int Partitions => _tables.Length;

    /// <summary>Bindings in all partitions together, a moment old.</summary>
    public long Bindings => Volatile.Read(ref _bindings);

    /// <summary>
    /// The partition, and so the shard, of an address-of-record; its key comes from
    /// <see cref="AddressOfRecord.TryWrite(in SipUri, Span{byte}, out int)"/>.
    /// </summary>
    public int PartitionOf(ReadOnlySpan<byte> addressOfRecord) => PartitionOf(HashOf(SetOf(addressOfRecord)));

    /// <summary>The key of the registration set of an address-of-record.</summary>
    public ReadOnlySpan<byte> SetOf(ReadOnlySpan<byte> addressOfRecord) => _sets is null ? addressOfRecord : _sets.SetOf(addressOfRecord);

    /// <summary>
    /// The bindings of an address-of-record, highest q first; false when there are none. From any shard. Some may
    /// have expired: read them by <see cref="BindingSet.Live"/>.
    /// </summary>
    public bool Lookup(ReadOnlySpan<byte> addressOfRecord, out BindingSet bindings)
    {
        var registrationSet = SetOf(addressOfRecord);
        var hash = HashOf(registrationSet);
        bindings = _tables[PartitionOf(hash)].Find(registrationSet, hash);
        return !bindings.IsEmpty;
    }

    /// <summary>
    /// True for an address-of-record that has no bindings now but had some not long ago: the user exists and is not
    /// there (RFC 3261 §16.5: 480), while one never seen does not exist (404).
    /// </summary>
    public bool IsKnown(ReadOnlySpan<byte> addressOfRecord)
    {
        var hash = HashOf(SetOf(addressOfRecord));
        return _tables[PartitionOf(hash)].WasRecentlyUnregistered(hash);
    }

    /// <summary>A hash under the key of the location service.</summary>
    internal Hash64 BeginHash() => new(_key);

    internal ulong HashOf(ReadOnlySpan<byte> text)
    {
        var hash = BeginHash();
        hash.Add(text);
        return hash.Value;
    }

    internal int PartitionOf(ulong hash) => (int)((uint)hash % (uint)_tables.Length);

    internal LocationTable Table(int partition) => _tables[partition];

    /// <summary>Takes room for more bindings; false, and nothing taken, when that would pass the limit.</summary>
    internal bool TryReserve(int bindings)
    {
        if (bindings == 0 || Interlocked.Add(ref _bindings, bindings) <= _maxBindings)
        {
            return true;
        }

        Release(bindings);
        return false;
    }

    /// <summary>Gives room back.</summary>
    internal void Release(int bindings)
    {
        if (bindings != 0)
        {
            Interlocked.Add(ref _bindings, -bindings);
        }
    }
}
