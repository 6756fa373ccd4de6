using System.Numerics;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// The elements of a small list by a hash of each, so that one is found without a walk over all. Element n is the n-th
/// that was added. Made once and filled again; it grows to the longest list that it has seen.
/// </summary>
internal sealed class HashChains
{
    private int[] _first = new int[16];
    private (int Hash, int Next)[] _elements = new (int, int)[16];

    /// <summary>Elements in it.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_first);
        Count = 0;
    }

    /// <summary>Adds the next element.</summary>
    public void Add(int hash)
    {
        if (Count == _elements.Length)
        {
            Grow();
        }

        _elements[Count++].Hash = hash;
        Link(Count - 1);
    }

    /// <summary>The youngest element with that hash, or -1.</summary>
    public int Find(int hash) => Walk(_first[hash & (_first.Length - 1)] - 1, hash);

    /// <summary>The next older one with the same hash, or -1.</summary>
    public int FindNext(int index) => Walk(_elements[index].Next - 1, _elements[index].Hash);

    private int Walk(int index, int hash)
    {
        while (index >= 0 && _elements[index].Hash != hash)
        {
            Steps.Walk(1);
            index = _elements[index].Next - 1;
        }

        return index;
    }

    private void Grow()
    {
        Array.Resize(ref _elements, Count * 2);
        _first = new int[(int)BitOperations.RoundUpToPowerOf2((uint)_elements.Length)];
        for (var i = 0; i < Count; i++)
        {
            Link(i);
        }
    }

    private void Link(int index)
    {
        ref var first = ref _first[_elements[index].Hash & (_first.Length - 1)];
        _elements[index].Next = first;
        first = index + 1;
    }
}
