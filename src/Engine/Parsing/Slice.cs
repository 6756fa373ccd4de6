using System.Runtime.CompilerServices;

namespace ImsSipFast.Engine.Parsing;

/// <summary>A range of octets in a message; four bytes, so a whole parsed message is a few cache lines.</summary>
internal readonly record struct Slice
{
    // One field, so that a slice travels in a register: two halves would be written to the stack apart and read back
    // together, which a processor cannot forward.
    private readonly uint _bounds;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Slice(ushort start, ushort length) => _bounds = start | ((uint)length << 16);

    /// <summary>The first octet.</summary>
    public int Start => (ushort)_bounds;

    /// <summary>How many octets.</summary>
    public int Length => (int)(_bounds >> 16);

    /// <summary>The octet after the last one.</summary>
    public int End => Start + Length;

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => _bounds <= ushort.MaxValue;

    /// <summary>From start (included) to end (excluded).</summary>
    public static Slice FromBounds(int start, int end) => new((ushort)start, (ushort)(end - start));

    /// <summary>The octets themselves.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
