namespace ImsSipFast.Engine.Diagnostics;

/// <summary>Why a request found no way on, or no answer: what the caller and the operator are told beside the status code.</summary>
public enum FailureReason : byte
{
    /// <summary>It did not fail, or its caller gave up first.</summary>
    None,

    /// <summary>The network said that it cannot be delivered (ICMP), or refused to take it.</summary>
    Unreachable,

    /// <summary>The host name has no address, or no name server answered.</summary>
    NoAddress,

    /// <summary>As many host names as may be are being looked up.</summary>
    TooManyLookups,

    /// <summary>Its next hop wants a transport or an address family that is not served here, or is a group address.</summary>
    NoTransport,

    /// <summary>The forwarded copy is longer than a datagram may be.</summary>
    TooLong,

    /// <summary>No answer came in time.</summary>
    NoAnswer,

    /// <summary>The next hop answered 503, which stays on its hop (RFC 3261 §16.7 step 6).</summary>
    NextHopUnavailable,

    /// <summary>The next hop's final response cannot be passed on: there is no Via in it behind ours (RFC 3261 §16.7 step 3).</summary>
    UnusableAnswer,

    /// <summary>No ACK came for a final response.</summary>
    NoAck,

    /// <summary>The host name leads to this proxy, which is not responsible for it.</summary>
    NotServed,

    /// <summary>A Route of the request wants a secure transport, and none is served here (RFC 5630 §5.3).</summary>
    SipsNotAllowed,

    /// <summary>The Path of the callee wants one.</summary>
    SipsRequired,
}
