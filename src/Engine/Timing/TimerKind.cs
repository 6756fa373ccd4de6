namespace ImsSipFast.Engine.Timing;

/// <summary>
/// Every timer of the engine. A to M are those of RFC 3261 §17 with RFC 6026; the rest are named after what
/// they guard. One <c>switch</c> in the shard hands each to its owner.
/// </summary>
internal enum TimerKind : byte
{
    /// <summary>INVITE client, UDP: retransmit the INVITE (T1, doubling).</summary>
    A,

    /// <summary>INVITE client: give up without a response (64·T1).</summary>
    B,

    /// <summary>Proxy branch: give up without a final response to an INVITE (over 3 min).</summary>
    C,

    /// <summary>INVITE client: absorb retransmitted 3xx–6xx (over 32 s on UDP).</summary>
    D,

    /// <summary>Non-INVITE client, UDP: retransmit the request (T1, doubling to T2).</summary>
    E,

    /// <summary>Non-INVITE client: give up without a final response (64·T1).</summary>
    F,

    /// <summary>INVITE server, UDP: retransmit the 3xx–6xx (T1, doubling to T2).</summary>
    G,

    /// <summary>INVITE server: give up waiting for the ACK (64·T1).</summary>
    H,

    /// <summary>INVITE server: absorb retransmitted ACKs (T4 on UDP).</summary>
    I,

    /// <summary>Non-INVITE server: absorb retransmitted requests (64·T1 on UDP).</summary>
    J,

    /// <summary>Non-INVITE client: absorb retransmitted responses (T4 on UDP).</summary>
    K,

    /// <summary>INVITE server: absorb retransmitted INVITEs after a 2xx (64·T1, RFC 6026).</summary>
    L,

    /// <summary>INVITE client: forward retransmitted and forked 2xx (64·T1, RFC 6026).</summary>
    M,

    /// <summary>Timer J, K, L or M of the first of many lingering transactions.</summary>
    Lingering,

    /// <summary>Non-INVITE server: the 100 that is due once the client's Timer E has reached T2 (RFC 4320 §4.1).</summary>
    NonInviteTrying,

    /// <summary>Branch cancelled: wait 64·T1 for a final response, then take it as gone (RFC 3261 §9.1).</summary>
    CancelledBranch,

    /// <summary>Response context without any end in sight (the seed's pending request, 300 s).</summary>
    PendingRequest,

    /// <summary>A question to the outside that has had no answer for too long.</summary>
    Answer,

    /// <summary>Dialog without a message for too long (3600 s).</summary>
    Dialog,

    /// <summary>A binding's expiry (RFC 3261 §10.3).</summary>
    Registration,

    /// <summary>The periodic [TIMER-CLEANUP] summary (30 s).</summary>
    Cleanup,
}
