namespace ImsSipFast.LoadGen.Wire;

/// <summary>
/// The number of a leg as it stands in its Call-ID, tag and branches, so that whatever comes back finds its leg without
/// a look-up.
/// <code>token = 4 characters that tell this run from others, 16 hexadecimal digits of the leg's number</code>
/// <code>branch = "z9hG4bK" token, 2 hexadecimal digits of the transaction</code>
/// </summary>
internal readonly struct LegToken
{
    public const int Length = 20;
    public const int BranchLength = 7 + Length + 2;

    private const int MarkLength = 4;

    private readonly uint _mark;

    /// <param name="seed">What tells this run from others.</param>
    public LegToken(ulong seed)
    {
        uint mark = 0;
        for (var i = 0; i < MarkLength; i++)
        {
            mark = (mark << 8) | "bcdfghjklmnpqrstvwxzBCDFGHJKLMNP"u8[(int)(seed & 31)];
            seed >>= 5;
        }

        _mark = mark;
    }

    /// <summary>Writes the token of a leg.</summary>
    public void Write(Span<byte> to, ulong leg)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(to, _mark);
        Digits.WriteHex(to.Slice(MarkLength, 16), leg);
    }

    /// <summary>Reads a token from the start of a Call-ID or tag.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out ulong leg)
    {
        leg = 0;
        return text.Length >= Length
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(text) == _mark
            && Digits.TryReadHex(text.Slice(MarkLength, 16), out leg);
    }

    /// <summary>Reads a branch of ours.</summary>
    public bool TryReadBranch(ReadOnlySpan<byte> branch, out ulong leg, out byte transaction)
    {
        leg = 0;
        transaction = 0;
        if (branch.Length != BranchLength || !branch.StartsWith("z9hG4bK"u8) || !TryRead(branch[7..], out leg)
            || !Digits.TryReadHex(branch[^2..], out var number))
        {
            return false;
        }

        transaction = (byte)number;
        return true;
    }
}
