namespace ImsSipFast.Engine.Registrar;

/// <summary>Why a REGISTER is refused.</summary>
internal enum RegisterFault : byte
{
    None,
    BadContact,
    BadWildcard,
    BadPath,
    TooLong,
    IntervalTooBrief,
    TooManyContacts,
    TooManyOctets,
    OutOfOrder,
    NoRoom,
    NoMemory,
    CommitFailed,
    NotAnAddressOfRecord,
    SipsInTheClear,
    OtherPartition,
}

/// <summary>How a refused REGISTER is answered.</summary>
internal static class RegisterFaults
{
    /// <summary>The status code; never a 6xx (RFC 3261 §10.3).</summary>
    public static int StatusOf(RegisterFault fault) => fault switch
    {
        RegisterFault.TooManyContacts or RegisterFault.TooManyOctets => 403,
        RegisterFault.IntervalTooBrief => 423,
        RegisterFault.OutOfOrder or RegisterFault.OtherPartition => 500,

        // RFC 3261 §10.3 step 7: "for example, because the back-end database commit failed".
        RegisterFault.CommitFailed => 500,
        RegisterFault.NoRoom or RegisterFault.NoMemory => 503,
        _ => 400,
    };

    /// <summary>The reason phrase: it tells the sender what to look at.</summary>
    public static ReadOnlySpan<byte> ReasonOf(RegisterFault fault) => fault switch
    {
        RegisterFault.BadContact => "Bad Contact"u8,
        RegisterFault.BadWildcard => "Contact * Stands Alone with Expires: 0"u8,
        RegisterFault.BadPath => "Bad Path"u8,
        RegisterFault.TooLong => "Contact, Path or Call-ID Too Long"u8,
        RegisterFault.IntervalTooBrief => "Interval Too Brief"u8,
        RegisterFault.TooManyContacts => "Too Many Contacts"u8,
        RegisterFault.TooManyOctets => "Contacts of This User Too Long Together"u8,
        RegisterFault.OutOfOrder => "CSeq Out of Order"u8,
        RegisterFault.NoRoom or RegisterFault.NoMemory => "Service Unavailable"u8,
        RegisterFault.SipsInTheClear => "SIPS Contact Needs SIPS Request-URI, Contacts and Path"u8,
        RegisterFault.NotAnAddressOfRecord => "To Is Not a SIP URI"u8,
        _ => "Server Internal Error"u8,
    };
}
