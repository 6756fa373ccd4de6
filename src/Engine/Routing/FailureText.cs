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

    /// <summary>
    /// RFC 3261 §20.43: a Warning for each reason, since one response stands for all branches; none when it stands for
    /// something that has no words.
    /// </summary>
    public static void WriteWarnings(ref SipWriter writer, ResponseContext context, ReadOnlySpan<byte> agent)
    {
        for (var i = 0; context.Failure != FailureReason.None && i < context.Failures.Count; i++)
        {
            var reason = context.Failures.Get(i, out var host);
            WriteWarning(ref writer, CodeOf(reason), agent, TextOf(reason), host);
        }
    }

    /// <summary>RFC 5630 §9: the Warning of a request refused for its scheme; nothing for code 0.</summary>
    public static void WriteWarning(ref SipWriter writer, int code, ReadOnlySpan<byte> agent) => WriteWarning(
        ref writer, code, agent, TextOf(code == 380 ? FailureReason.SipsNotAllowed : code == 381 ? FailureReason.SipsRequired : FailureReason.None), default);

    private static void WriteWarning(ref SipWriter writer, int code, ReadOnlySpan<byte> agent, ReadOnlySpan<byte> text, ReadOnlySpan<byte> host)
    {
        if (text.IsEmpty)
        {
            return;
        }

        writer.Write("Warning: "u8);
        writer.Write(code);
        writer.Write((byte)' ');
        writer.Write(agent);
        writer.Write(" \""u8);
        writer.Write(text);
        writer.Write(host);
        writer.Write("\"\r\n"u8);
    }

    private static int CodeOf(FailureReason reason) => reason switch
    {
        FailureReason.SipsNotAllowed => 380,
        FailureReason.SipsRequired => 381,
        _ => 399,
    };

    private static ReadOnlySpan<byte> TextOf(FailureReason reason) => reason switch
    {
        FailureReason.Unreachable => "Callee's address is unreachable (ICMP)"u8,
        FailureReason.NoAddress => "no address for host "u8,
        FailureReason.TooManyLookups => "too many host names are being looked up; not asked for "u8,
        FailureReason.NoTransport => "Callee's address needs a transport or address family that is not served here"u8,
        FailureReason.TooLong => "the forwarded request does not fit a datagram"u8,
        FailureReason.NoAnswer => "no answer from the callee in time"u8,
        FailureReason.NextHopUnavailable => "the next hop answered 503"u8,
        FailureReason.UnusableAnswer => "the next hop's answer has no Via to pass it on by"u8,
        FailureReason.NotServed => "it leads to this proxy, which does not serve "u8,
        FailureReason.SipsNotAllowed => "SIPS Not Allowed"u8,
        FailureReason.SipsRequired => "SIPS Required"u8,
        _ => default,
    };
}
