namespace ImsSipFast.Engine.Transactions;

/// <summary>What a machine says to its caller; nothing in this room calls up.</summary>
internal enum TransactionVerdict : byte
{
    /// <summary>Nothing to do: the message was absorbed, or the timer has done its work.</summary>
    Absorbed,

    /// <summary>The message belongs to the transaction user.</summary>
    PassUp,

    /// <summary>No transaction matches.</summary>
    NoMatch,

    /// <summary>No transaction matches, and too many have the key of the request.</summary>
    Crowded,

    /// <summary>Timer B or F fired: no final response came.</summary>
    TimedOut,

    /// <summary>Timer H fired: no ACK came for a 3xx–6xx; the transaction is over.</summary>
    NoAck,

    /// <summary>The transaction is over and leaves the table.</summary>
    Terminated,

    /// <summary>A 100 is due: on a non-INVITE by RFC 4320, on an INVITE that came again because it is not kept.</summary>
    TryingDue,
}
