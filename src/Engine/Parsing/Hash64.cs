using System.Buffers.Binary;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// A keyed 64-bit hash over pieces of a message. It is for tables only, where a peer that does not know the key must not
/// find collisions by arithmetic. One value that a peer sees gives the key away after some 2^32 steps: what leaves this
/// process has a key of its own, of no use for anything else, and what grants a right is a real MAC (the room Keys).
/// </summary>
internal struct Hash64(ulong key)
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;

    private ulong _state = key;

    /// <summary>Takes a piece in; its length too, so that pieces cannot slide into one another.</summary>
    public void Add(ReadOnlySpan<byte> piece) => Add(piece, 0);

    /// <summary>Takes a piece in without regard to the case of letters.</summary>
    public void AddIgnoringCase(ReadOnlySpan<byte> piece) => Add(piece, 0x2020_2020_2020_2020);

    /// <summary>Takes a number in.</summary>
    public void Add(ulong value)
    {
        // Both halves of the product count. With the low half alone a difference only moves up, and two words whose
        // differences cancel whatever the key is are a matter of arithmetic.
        var high = Math.BigMul(_state ^ value, Prime1, out var low);
        _state = high ^ low ^ Prime2;
    }

    /// <summary>The hash of all that was taken in.</summary>
    public readonly ulong Value
    {
        get
        {
            var value = _state;
            value = (value ^ (value >> 32)) * Prime2;
            value = (value ^ (value >> 29)) * Prime1;
            return value ^ (value >> 32);
        }
    }

    private void Add(ReadOnlySpan<byte> piece, ulong fold)
    {
        Add((ulong)piece.Length);
        Steps.Block(piece.Length);
        if (piece.Length < sizeof(ulong))
        {
            Add(Short(piece) | fold);
            return;
        }

        for (var rest = piece; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(rest) | fold);
        }

        // The last word overlaps the one before it: the length, taken in first, tells by how much.
        Add(BinaryPrimitives.ReadUInt64LittleEndian(piece[^sizeof(ulong)..]) | fold);
    }

    // Up to seven octets in a word, each at least once; with the length no two pieces make the same.
    private static ulong Short(ReadOnlySpan<byte> piece)
    {
        if (piece.Length >= sizeof(uint))
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(piece)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(piece[^sizeof(uint)..]) << 32);
        }

        return piece.IsEmpty ? 0 : piece[0] | ((ulong)piece[piece.Length / 2] << 8) | ((ulong)piece[^1] << 16);
    }
}
