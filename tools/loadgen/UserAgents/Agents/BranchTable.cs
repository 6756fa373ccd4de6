namespace ImsSipFast.LoadGen.Agents;

/// <summary>
/// The legs whose INVITE or SUBSCRIBE may come again or be cancelled, by the branch of the request that made them
/// (RFC 3261 §17.2.3). Open addressing; a removal closes the gap it leaves.
/// </summary>
internal sealed class BranchTable
{
    private Entry[] _entries = new Entry[1 << 12];
    private int _count;

    /// <summary>The key of a branch; never 0.</summary>
    public static ulong KeyOf(ReadOnlySpan<byte> branch)
    {
        var hash = 0x9E3779B97F4A7C15UL ^ (ulong)branch.Length;
        while (branch.Length >= 8)
        {
            hash = Mix(hash, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(branch));
            branch = branch[8..];
        }

        foreach (var octet in branch)
        {
            hash = Mix(hash, octet);
        }

        return hash | 1;
    }

    /// <summary>The leg of a branch; 0 for none.</summary>
    public ulong Find(ulong key)
    {
        for (var i = Home(key); _entries[i].Key != 0; i = Next(i))
        {
            if (_entries[i].Key == key)
            {
                return _entries[i].Leg;
            }
        }

        return 0;
    }

    /// <summary>Makes room for so many.</summary>
    public void Reserve(int legs)
    {
        while (_entries.Length < 2 * legs)
        {
            Double();
        }
    }

    public void Add(ulong key, ulong leg)
    {
        if (2 * (_count + 1) > _entries.Length)
        {
            Double();
        }

        var i = Home(key);
        while (_entries[i].Key != 0)
        {
            i = Next(i);
        }

        _entries[i] = new(key, leg);
        _count++;
    }

    public void Remove(ulong key)
    {
        var gap = Home(key);
        while (_entries[gap].Key != key)
        {
            if (_entries[gap].Key == 0)
            {
                return;
            }

            gap = Next(gap);
        }

        for (var i = Next(gap); _entries[i].Key != 0; i = Next(i))
        {
            var home = Home(_entries[i].Key);
            if (((i - home) & (_entries.Length - 1)) >= ((i - gap) & (_entries.Length - 1)))
            {
                _entries[gap] = _entries[i];
                gap = i;
            }
        }

        _entries[gap] = default;
        _count--;
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0xFF51AFD7ED558CCDUL;
        return hash ^ (hash >> 32);
    }

    private int Home(ulong key) => (int)((key >> 20) & (ulong)(_entries.Length - 1));

    private int Next(int index) => (index + 1) & (_entries.Length - 1);

    private void Double()
    {
        var old = _entries;
        _entries = new Entry[2 * old.Length];
        _count = 0;
        foreach (var entry in old)
        {
            if (entry.Key != 0)
            {
                Add(entry.Key, entry.Leg);
            }
        }
    }

    private readonly record struct Entry(ulong Key, ulong Leg);
}
