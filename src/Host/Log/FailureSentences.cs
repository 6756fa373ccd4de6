using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host.Log;

/// <summary>Each <see cref="FailureReason"/> as words for an operator.</summary>
internal static class FailureSentences
{
    public static string Of(FailureReason reason) => reason switch
    {
        FailureReason.Unreachable => "unreachable (ICMP), taken as a 503",
        FailureReason.NoAddress => "this host name has no address, or no name server answered",
        FailureReason.TooManyLookups => "this host name is not asked for, too many look-ups are in flight (--max-pending-lookups)",
        FailureReason.NoTransport => "its next hop wants a transport or address family that is not served here",
        FailureReason.TooLong => "the forwarded copy does not fit a datagram",
        FailureReason.NoAnswer => "no answer in time",
        FailureReason.NextHopUnavailable => "the next hop answered 503",
        FailureReason.UnusableAnswer => "the next hop's answer has no Via behind ours",
        FailureReason.NoAck => "no ACK came",
        FailureReason.NotServed => "this name leads to this proxy, which does not serve it; if it shall, start with --domain and this name",
        FailureReason.SipsNotAllowed => "its Route is a sips URI, and no secure transport is served here",
        FailureReason.SipsRequired => "the callee's Path is a sips URI, and no secure transport is served here",
        _ => "failed",
    };
}
