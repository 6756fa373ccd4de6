using System.Numerics;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// One partition of the location service: keys of registration sets to their bindings. One thread writes, any thread
/// reads without a lock, and no operation takes longer because the table is large:
/// <code>
/// directory (by the top bits of the hash) → segment of 64 to 1024 slots (linear probing) → binding set
/// </code>
/// A full segment is replaced by two (extendible hashing), so growth copies one segment and never the table. A
/// reader that still holds a replaced segment sees it as it was at that moment. Removal leaves a tombstone only
/// before an occupied slot; a segment with too many is replaced by a clean one.
/// </summary>
internal sealed class LocationTable
{
    // Hashes of registration sets whose last binding is gone: 128 KiB a partition, whatever comes.
    private const int RecentlyUnregisteredCapacity = 16_384;
    private readonly ulong[] _recentlyUnregistered = new ulong[RecentlyUnregisteredCapacity];

    private const int SmallestSegment = 64;
    private const int LargestSegment = 1024;

    // Beyond this the directory would cost more than it saves: segments then grow instead.
    private const int MaxDepth = 20;

    private static readonly object s_removed = new();

    private Segment[] _directory = [new Segment(SmallestSegment, 0)];

    /// <summary>Registration sets in this partition. Exact for the writer.</summary>
    public int Count { get; private set; }

    /// <summary>Slots in use and free, all segments together: what the table costs.</summary>
    public int Capacity { get; private set; } = SmallestSegment;

    /// <summary>The bindings of the registration set with that key, an empty set when there are none. Any thread.</summary>
    public BindingSet Find(ReadOnlySpan<byte> key, ulong hash)
    {
        var directory = Volatile.Read(ref _directory);
        var slots = Volatile.Read(ref directory[DirectoryIndex(hash, directory.Length)]).Slots;
        var mask = slots.Length - 1;
        for (var i = FirstSlot(hash) & mask; ; i = (i + 1) & mask)
        {
            // The reference is read first: the hash beside it was written before it was published.
            var value = Volatile.Read(ref slots[i].Value);
            if (value is null)
            {
                return default;
            }

            if (slots[i].Hash == hash && value != s_removed)
            {
                var set = BindingSet.FromReference(value);
                if (set[0].RegistrationSet.SequenceEqual(key))
                {
                    return set;
                }
            }
        }
    }

    /// <summary>
    /// Shows readers the bindings of a registration set from now on; an empty set takes it out. Writer only. What it has to
    /// allocate it allocates before that.
    /// </summary>
    public void Publish(ReadOnlySpan<byte> key, ulong hash, BindingSet set)
    {
        while (true)
        {
            var segment = _directory[DirectoryIndex(hash, _directory.Length)];
            var index = FindSlot(segment, key, hash, out var free);
            if (index >= 0)
            {
                if (set.IsEmpty)
                {
                    Remove(segment, index, hash);
                }
                else
                {
                    Volatile.Write(ref segment.Slots[index].Value, set.ToReference());
                }

                return;
            }

            if (set.IsEmpty)
            {
                return;
            }

            if (segment.Insert(free, hash, set.ToReference()!, s_removed))
            {
                Count++;
                return;
            }

            MakeRoom(segment, hash);
        }
    }

    /// <summary>All bindings, a set at a time. Writer only.</summary>
    public IEnumerable<BindingSet> All()
    {
        // A segment stands in the directory once for each hash that it has not been split by.
        for (var i = 0; i < _directory.Length; i += _directory.Length >> _directory[i].Depth)
        {
            foreach (var slot in _directory[i].Slots)
            {
                if (slot.Value is not null && slot.Value != s_removed)
                {
                    yield return BindingSet.FromReference(slot.Value);
                }
            }
        }
    }

    private static int DirectoryIndex(ulong hash, int directoryLength) =>
        (int)(hash >> 32 >> (32 - BitOperations.Log2((uint)directoryLength)));

    // The low half of the hash chose the partition, the top bits choose the segment: the slot takes bits between.
    private static int FirstSlot(ulong hash) => (int)(hash >> 32);

    /// <summary>The slot of the key, or -1 and the first slot that it may be put in.</summary>
    private static int FindSlot(Segment segment, ReadOnlySpan<byte> key, ulong hash, out int free)
    {
        var mask = segment.Slots.Length - 1;
        free = -1;
        for (var i = FirstSlot(hash) & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref segment.Slots[i];
            if (slot.Value is null || slot.Value == s_removed)
            {
                free = free < 0 ? i : free;
                if (slot.Value is null)
                {
                    return -1;
                }
            }
            else if (slot.Hash == hash && BindingSet.FromReference(slot.Value)[0].RegistrationSet.SequenceEqual(key))
            {
                return i;
            }
        }
    }

    /// <summary>True when the last binding of that registration set went not long ago; a collision forgets it.</summary>
    public bool WasRecentlyUnregistered(ulong hash) => Volatile.Read(ref _recentlyUnregistered[FirstSlot(hash) & (RecentlyUnregisteredCapacity - 1)]) == hash;

    private void Remove(Segment segment, int index, ulong hash)
    {
        Count--;
        Volatile.Write(ref _recentlyUnregistered[FirstSlot(hash) & (RecentlyUnregisteredCapacity - 1)], hash);
        segment.Remove(index, s_removed);
    }

    // An allocation that fails leaves the table, and what it says of itself, as they were.
    private void MakeRoom(Segment segment, ulong hash)
    {
        var length = segment.Slots.Length;
        if (segment.Live < length / 2)
        {
            // Tombstones filled it.
            Replace(segment, hash, new Segment(length, segment.Depth));
        }
        else if (length < LargestSegment || segment.Depth == MaxDepth)
        {
            Replace(segment, hash, new Segment(length * 2, segment.Depth));
            Capacity += length;
        }
        else
        {
            Split(segment, hash);
            Capacity += length;
        }
    }

    private void Replace(Segment segment, ulong hash, Segment replacement)
    {
        foreach (ref readonly var slot in segment.Slots.AsSpan())
        {
            if (slot.Value is not null && slot.Value != s_removed)
            {
                replacement.Add(FirstSlot(slot.Hash), slot.Hash, slot.Value);
            }
        }

        Install(replacement, hash);
    }

    private void Split(Segment segment, ulong hash)
    {
        var depth = segment.Depth + 1;
        if (1 << segment.Depth == _directory.Length)
        {
            var doubled = new Segment[_directory.Length * 2];
            for (var i = 0; i < doubled.Length; i++)
            {
                doubled[i] = _directory[i / 2];
            }

            Volatile.Write(ref _directory, doubled);
        }

        var branchBit = 1UL << (64 - depth);
        var low = new Segment(segment.Slots.Length, depth);
        var high = new Segment(segment.Slots.Length, depth);
        foreach (ref readonly var slot in segment.Slots.AsSpan())
        {
            if (slot.Value is not null && slot.Value != s_removed)
            {
                ((slot.Hash & branchBit) == 0 ? low : high).Add(FirstSlot(slot.Hash), slot.Hash, slot.Value);
            }
        }

        Install(low, hash & ~branchBit);
        Install(high, hash | branchBit);
    }

    /// <summary>Puts a segment wherever the directory leads hashes with its leading bits.</summary>
    private void Install(Segment segment, ulong hash)
    {
        var width = _directory.Length >> segment.Depth;
        var first = DirectoryIndex(hash, _directory.Length) & ~(width - 1);
        for (var i = first; i < first + width; i++)
        {
            Volatile.Write(ref _directory[i], segment);
        }
    }

    private struct Slot
    {
        public ulong Hash;

        /// <summary>Null: never used, a probe ends here. The tombstone: a probe goes on. Else a binding set's reference.</summary>
        public object? Value;
    }

    private sealed class Segment(int slots, int depth)
    {
        public readonly Slot[] Slots = new Slot[slots];

        /// <summary>How many leading bits of the hash all its keys share.</summary>
        public readonly int Depth = depth;

        /// <summary>Slots that hold a set.</summary>
        public int Live;

        private int _tombstones;

        /// <summary>Fills a slot where readers may be; false when three quarters are taken, so that every probe ends.</summary>
        public bool Insert(int index, ulong hash, object value, object tombstone)
        {
            ref var slot = ref Slots[index];
            var reuses = slot.Value == tombstone;
            if (!reuses && Live + _tombstones >= Slots.Length / 4 * 3)
            {
                return false;
            }

            _tombstones -= reuses ? 1 : 0;
            Live++;
            slot.Hash = hash;
            Volatile.Write(ref slot.Value, value);
            return true;
        }

        /// <summary>Adds to a segment that no reader has seen yet.</summary>
        public void Add(int index, ulong hash, object value)
        {
            var mask = Slots.Length - 1;
            index &= mask;
            while (Slots[index].Value is not null)
            {
                index = (index + 1) & mask;
            }

            Slots[index] = new Slot { Hash = hash, Value = value };
            Live++;
        }

        public void Remove(int index, object tombstone)
        {
            var mask = Slots.Length - 1;
            Live--;
            _tombstones++;
            Volatile.Write(ref Slots[index].Value, tombstone);

            // Nothing is found past a free slot, so tombstones right before one are free slots too.
            while (Slots[(index + 1) & mask].Value is null && Slots[index].Value == tombstone)
            {
                Volatile.Write(ref Slots[index].Value, null);
                _tombstones--;
                index = (index - 1) & mask;
            }
        }
    }
}
