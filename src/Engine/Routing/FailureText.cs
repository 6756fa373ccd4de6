using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// What a caller is told when its request failed here. The status code is the RFC's (3261 §16.7 step 6: a lone 503 becomes
/// 500), so the words have to tell a callee that is gone from a fault of ours: the reason phrase, which phones show
/// (§7.2 leaves it to us), and a Warning (§20.43). Neither names an address: that of a callee is not the caller's business.
/// </summary>
internal static class FailureText
{
    /// <summary>The reason phrase of the 500.</summary>
    public static ReadOnlySpan<byte> PhraseOf(FailureReason reason) => reason switch
    {
        FailureReason.Unreachable => "Callee Unreachable"u8,
        FailureReason.NoAddress => "No Address For Callee's Host"u8,
        FailureReason.TooManyLookups => "Too Many Host Names Looked Up"u8,
        FailureReason.NoTransport => "Callee's Transport Not Served"u8,
        FailureReason.TooLong => "Request Too Long To Forward"u8,
        FailureReason.NextHopUnavailable => "Next Hop Unavailable"u8,
        _ => "Server Internal Error"u8,
    };

    /// <summary>The Warning header field; nothing for a reason that has no words.</summary>
    public static void WriteWarning(ref SipWriter writer, FailureReason reason, ReadOnlySpan<byte> host, ReadOnlySpan<byte> agent)
    {
        var text = reason switch
        {
            FailureReason.Unreachable => "Callee's address is unreachable (ICMP)"u8,
            FailureReason.NoAddress => "no address for host "u8,
            FailureReason.TooManyLookups => "too many host names are being looked up; not asked for "u8,
            FailureReason.NoTransport => "Callee's address needs a transport or address family that is not served here"u8,
            FailureReason.TooLong => "the forwarded request does not fit a datagram"u8,
            FailureReason.NoAnswer => "no answer from the callee in time"u8,
            FailureReason.NextHopUnavailable => "the next hop answered 503"u8,
            FailureReason.UnusableAnswer => "the next hop's answer has no Via to pass it on by"u8,
            _ => default,
        };
        if (text.IsEmpty)
        {
            return;
        }

        writer.Write("Warning: 399 "u8);
        writer.Write(agent);
        writer.Write(" \""u8);
        writer.Write(text);
        writer.Write(host);
        writer.Write("\"\r\n"u8);
    }
}
