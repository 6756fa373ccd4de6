namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// Why a datagram was neither answered nor forwarded. Every drop has exactly one reason and a counter, so that
/// received = answered + forwarded + absorbed + dropped by reason.
/// </summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None,

    /// <summary>A keep-alive: empty, or nothing but CR, LF and NUL octets (RFC 5626 §4.4.1).</summary>
    KeepAlive,

    /// <summary>A STUN message on the SIP port; not served yet.</summary>
    Stun,

    /// <summary>No start line of SIP in it.</summary>
    NotSip,

    /// <summary>A request without a usable top Via: there is nowhere to answer to.</summary>
    NoUsableVia,

    /// <summary>A response that does not parse (RFC 3261 §18.3 and §7).</summary>
    MalformedResponse,

    /// <summary>A malformed ACK: an ACK is never answered (RFC 3261 §17.1.1.3).</summary>
    MalformedAck,

    /// <summary>An ACK whose request would have been refused: no route, unknown user, Max-Forwards 0, a loop, no right to relay.</summary>
    UnroutableAck,

    /// <summary>A response whose top Via is not ours (RFC 3261 §18.1.2).</summary>
    ViaNotOurs,

    /// <summary>A response that matches no client transaction (RFC 6026 §7.3).</summary>
    StrayResponse,

    /// <summary>A response whose next Via is missing: it was meant for this element, which asked nothing.</summary>
    NoNextVia,

    /// <summary>A response whose next Via names a broadcast, multicast or unresolvable host.</summary>
    UnroutableResponse,

    /// <summary>The inbox of the shard was full.</summary>
    ShardQueueFull,

    /// <summary>The datagram was longer than the limit on messages.</summary>
    TooLong,

    /// <summary>The forwarded message would not fit a datagram.</summary>
    DoesNotFit,

    /// <summary>The socket refused to send: no route, no permission, buffer full after its retry.</summary>
    SendFailed,

    /// <summary>The kernel discarded it before it was read (SO_RXQ_OVFL): the socket buffer was full.</summary>
    KernelOverflow,

    /// <summary>An undeliverable notice for something that no transaction waits for any more.</summary>
    StrayUndelivered,

    /// <summary>A response longer than the request that it answers, which no memory was left to keep.</summary>
    MemoryFull,

    /// <summary>An exception escaped the shard while it handled the message: a bug, told in the log with its call and place.</summary>
    Fault,
}
