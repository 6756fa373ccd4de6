using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Transactions.Lingering;

/// <summary>
/// Lingering transactions of one kind in the order in which they end: all of them wait equally long, so the first that
/// came is the first to go, one timer serves them all, and none of them is an object. A proxy under load has
/// thirty-two seconds of them behind each call that is alive; here they cost their few octets, written and read in
/// sequence, and neither the collector's attention nor a place in the processor's caches.
/// </summary>
internal sealed class LingeringRing
{
    // 2,048 records of 88 octets: on the heap for large objects, which is never moved.
    private const int ChunkBits = 11;
    private const int ChunkLength = 1 << ChunkBits;

    private const int SpareChunks = 2;

    private readonly LocalPool<LingeringTransaction[]> _idleChunks = new(static () => new LingeringTransaction[ChunkLength], SpareChunks);
    private LingeringTransaction[]?[] _chunks = new LingeringTransaction[]?[4];

    // Four octets for each chain of an index: the low bits of the number of its newest record, and a mark for the keys
    // that it holds. Almost every message that is asked about is new: it meets no mark of its own and no record is
    // touched, only an index that is small enough to stay near.
    private const int NumberBits = 24;
    private const uint NumberMask = (1 << NumberBits) - 1;

    // When an index is full a larger one takes the records from there on, and it goes on finding those before until
    // the last of them is over: there is no moment in which all are moved.
    private const int SmallestIndex = 1024;

    private readonly Queue<(uint[] Index, long Until)> _olderIndexes = new();
    private uint[] _index = new uint[SmallestIndex];

    // Records are numbered from 1; [_first, _next) are in the ring. A number before _first ends a chain.
    private long _first = 1;
    private long _next = 1;

    public LingeringRing() => Timer = new TimerNode(this);

    /// <summary>Fires when the first of them is due.</summary>
    public TimerNode Timer { get; }

    /// <summary>Records that count: those taken back do not.</summary>
    public int Count { get; private set; }

    /// <summary>No more can be told apart.</summary>
    public bool IsFull => _next - _first >= NumberMask;

    /// <summary>When the first is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long FirstDueTick => _first == _next ? long.MaxValue : this[_first].DueTick;

    /// <summary>When the last is due, gone or not; the next to come must not be due before it.</summary>
    public long LastDueTick { get; private set; }

    private ref LingeringTransaction this[long number] => ref _chunks[ChunkSlot(number >> ChunkBits, _chunks)]![number & (ChunkLength - 1)];

    /// <summary>Adds a record; it is due no sooner than <see cref="LastDueTick"/>, and the ring is not full.</summary>
    public void Add(in LingeringTransaction record)
    {
        GrowIndex();
        EnsureChunk(_next >> ChunkBits);
        ref var place = ref this[_next];
        place = record;
        ref var bucket = ref _index[Bucket(record.Key, _index)];
        place.NextInBucket = NumberOf(bucket);
        bucket = (place.NextInBucket < _first ? 0 : bucket & ~NumberMask) | MarkOf(record.Key) | ((uint)_next & NumberMask);
        _next++;
        LastDueTick = record.DueTick;
        Count++;
    }

    /// <summary>A record with that key is about to be added: its place in the index is fetched meanwhile.</summary>
    public void PrefetchAdd(ulong key) => Fetch(_index, key);

    /// <summary>A record with that key is about to be looked for: its place in each index is fetched meanwhile.</summary>
    public void PrefetchTake(ulong key)
    {
        Fetch(_index, key);
        foreach (var (older, _) in _olderIndexes)
        {
            Fetch(older, key);
        }
    }

    /// <summary>Takes the record with that key (and loop half) back out.</summary>
    public bool TryTake(ulong key, ulong loop, out LingeringTransaction taken)
    {
        if (TryTake(_index, key, loop, out taken))
        {
            return true;
        }

        foreach (var (older, _) in _olderIndexes)
        {
            if (TryTake(older, key, loop, out taken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the first record out when it is due; it may be one that was taken back before.</summary>
    public bool TryTakeDue(long nowTick, out LingeringTransaction record)
    {
        if (FirstDueTick > nowTick)
        {
            record = default;
            return false;
        }

        record = this[_first];
        Count -= record.IsRestored ? 0 : 1;
        if ((++_first & (ChunkLength - 1)) == 0)
        {
            ref var chunk = ref _chunks[ChunkSlot((_first - 1) >> ChunkBits, _chunks)];
            _idleChunks.Return(chunk!);
            chunk = null;
        }

        if (_olderIndexes.TryPeek(out var older) && _first >= older.Until)
        {
            _olderIndexes.Dequeue();
        }

        return true;
    }

    /// <summary>
    /// Lets go of a part of the chunks that were not needed since the last call, and halves an index that is nearly empty;
    /// the larger one goes with its last record. How many octets of chunks that were.
    /// </summary>
    public long Trim()
    {
        if (_index.Length > SmallestIndex && Count < _index.Length / 16 && _olderIndexes.Count == 0)
        {
            if (_first != _next)
            {
                _olderIndexes.Enqueue((_index, _next));
            }

            _index = new uint[_index.Length / 2];
        }

        return (long)_idleChunks.Trim() * ChunkLength * Unsafe.SizeOf<LingeringTransaction>();
    }

    private static int Bucket(ulong key, uint[] index) => (int)(key ^ (key >> 32)) & (index.Length - 1);

    private static uint MarkOf(ulong key) => 1u << (NumberBits + (int)(key >> 61));

    private static int ChunkSlot(long chunk, LingeringTransaction[]?[] chunks) => (int)chunk & (chunks.Length - 1);

    private static unsafe void Fetch(uint[] index, ulong key)
    {
        if (Sse.IsSupported)
        {
            // Only a hint to the processor: it does no harm when the collector moves the array meanwhile.
            Sse.Prefetch0(Unsafe.AsPointer(ref index[Bucket(key, index)]));
        }
    }

    // The newest number with those low bits. Of a chain that ended long ago it may be that of a record in another one,
    // which is of another key: looked at for nothing.
    private long NumberOf(uint bucket) => _next - 1 - (((uint)(_next - 1) - bucket) & NumberMask);

    private bool TryTake(uint[] index, ulong key, ulong loop, out LingeringTransaction taken)
    {
        taken = default;
        var bucket = index[Bucket(key, index)];
        if ((bucket & MarkOf(key)) == 0)
        {
            return false;
        }

        for (var number = NumberOf(bucket); number >= _first;)
        {
            ref var record = ref this[number];
            if (record.Key == key && record.Loop == loop && !record.IsRestored)
            {
                taken = record;
                record.IsRestored = true;
                Count--;
                return true;
            }

            number = record.NextInBucket;
        }

        return false;
    }

    private void EnsureChunk(long chunk)
    {
        var firstChunk = _first >> ChunkBits;
        if (chunk - firstChunk >= _chunks.Length)
        {
            var larger = new LingeringTransaction[]?[_chunks.Length * 2];
            for (var old = firstChunk; old < chunk; old++)
            {
                larger[ChunkSlot(old, larger)] = _chunks[ChunkSlot(old, _chunks)];
            }

            _chunks = larger;
        }

        _chunks[ChunkSlot(chunk, _chunks)] ??= _idleChunks.Get();
    }

    private void GrowIndex()
    {
        if (Count >= _index.Length)
        {
            _olderIndexes.Enqueue((_index, _next));
            _index = new uint[_index.Length * 2];
        }
    }
}
