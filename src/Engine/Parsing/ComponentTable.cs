using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Where the parameters, or the headers, of one URI stand, by a hash of each: those of another URI are looked up in it
/// one after the other, in whatever order they come.
/// </summary>
internal ref struct ComponentTable
{
    private Hashes _hashes;
    private Places _places;
    private Places _values;

    /// <summary>Components in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a component; those beyond the limit are the caller's to refuse.</summary>
    public void Add(int hash, Slice name, Slice value)
    {
        _hashes[Count] = hash;
        _values[Count] = value;
        _places[Count++] = name;
    }

    /// <summary>The next component from <paramref name="from"/> on with that hash, or -1.</summary>
    public readonly int Find(int hash, int from)
    {
        Steps.Block(Count * sizeof(int));
        var found = ((ReadOnlySpan<int>)_hashes)[from..Count].IndexOf(hash);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>The name of a parameter, or the whole of a header.</summary>
    public readonly ReadOnlySpan<byte> TextOf(int index, ReadOnlySpan<byte> components) => _places[index].Of(components);

    /// <summary>The value of a parameter.</summary>
    public readonly ReadOnlySpan<byte> ValueOf(int index, ReadOnlySpan<byte> components) => _values[index].Of(components);

    [InlineArray(UriComparison.MaxComponents + 1)]
    private struct Hashes
    {
        private int _element;
    }

    [InlineArray(UriComparison.MaxComponents + 1)]
    private struct Places
    {
        private Slice _element;
    }
}
