namespace ImsSipFast.Engine.Parsing;

/// <summary>A range of octets in a message; four bytes, so a whole parsed message is a few cache lines.</summary>
internal readonly record struct Slice(ushort Start, ushort Length)
{
    /// <summary>The octet after the last one.</summary>
    public int End => Start + Length;

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>From start (included) to end (excluded).</summary>
    public static Slice FromBounds(int start, int end) => new((ushort)start, (ushort)(end - start));

    /// <summary>The octets themselves.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
