using System.Runtime.CompilerServices;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>A stretch of a datagram or of a leg's text.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, Length);
}

/// <summary>The values of a header that comes in several lines, in their order.</summary>
internal struct SliceList
{
    /// <summary>More than any sane path has; a message with more is not understood.</summary>
    public const int Capacity = 24;

    private Room _slices;

    public int Count { get; private set; }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly Slice this[int index] => ref _slices[index];

    /// <summary>False when there is no room.</summary>
    public bool Add(Slice slice)
    {
        if (Count == Capacity)
        {
            return false;
        }

        _slices[Count++] = slice;
        return true;
    }

    [InlineArray(Capacity)]
    private struct Room
    {
        private Slice _first;
    }
}
