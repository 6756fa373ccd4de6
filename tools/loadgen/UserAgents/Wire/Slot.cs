namespace ImsSipFast.LoadGen.Wire;

/// <summary>What a template leaves open.</summary>
internal enum Slot : byte
{
    Literal,

    /// <summary>The token of the leg: tag, and start of Call-ID and branch.</summary>
    Leg,

    /// <summary>The number of the transaction, two hexadecimal digits: the end of the branch.</summary>
    Transaction,

    /// <summary>Number of the own user, seven digits.</summary>
    Local,

    /// <summary>Number of the other user, seven digits.</summary>
    Remote,

    CSeq,

    /// <summary>A number that only this message has (Expires).</summary>
    Number,

    /// <summary>The Request-URI.</summary>
    Target,

    /// <summary>Route header with its line end, or nothing.</summary>
    Routes,

    /// <summary>Authorization headers with their line ends, or nothing.</summary>
    Credentials,

    /// <summary>The value of From.</summary>
    LocalParty,

    /// <summary>The value of To.</summary>
    RemoteParty,

    CallId,

    /// <summary>The user part of the own Contact.</summary>
    User,

    /// <summary>What a response copies of its request: Via to CSeq, with line ends.</summary>
    Head,
}

/// <summary>What fills the slots of one message.</summary>
internal ref struct SlotValues
{
    public LegToken Token;
    public ulong Leg;
    public byte Transaction;
    public int Local;
    public int Remote;
    public uint CSeq;
    public uint Number;
    public ReadOnlySpan<byte> Target;
    public ReadOnlySpan<byte> Routes;
    public ReadOnlySpan<byte> Credentials;
    public ReadOnlySpan<byte> LocalParty;
    public ReadOnlySpan<byte> RemoteParty;
    public ReadOnlySpan<byte> CallId;
    public ReadOnlySpan<byte> User;
    public ReadOnlySpan<byte> Head;

    /// <summary>Digits of a user's number.</summary>
    public const int UserDigits = 7;

    /// <summary>Writes one slot; returns its length.</summary>
    public readonly int Write(Slot slot, Span<byte> to)
    {
        switch (slot)
        {
            case Slot.Leg:
                Token.Write(to, Leg);
                return LegToken.Length;
            case Slot.Transaction:
                to[0] = "0123456789abcdef"u8[Transaction >> 4];
                to[1] = "0123456789abcdef"u8[Transaction & 15];
                return 2;
            case Slot.Local:
                Digits.WritePadded(to[..UserDigits], Local);
                return UserDigits;
            case Slot.Remote:
                Digits.WritePadded(to[..UserDigits], Remote);
                return UserDigits;
            case Slot.CSeq:
                return Digits.Write(to, CSeq);
            case Slot.Number:
                return Digits.Write(to, Number);
            default:
                var text = Text(slot);
                text.CopyTo(to);
                return text.Length;
        }
    }

    private readonly ReadOnlySpan<byte> Text(Slot slot) => slot switch
    {
        Slot.Target => Target,
        Slot.Routes => Routes,
        Slot.Credentials => Credentials,
        Slot.LocalParty => LocalParty,
        Slot.RemoteParty => RemoteParty,
        Slot.CallId => CallId,
        Slot.User => User,
        _ => Head,
    };
}
