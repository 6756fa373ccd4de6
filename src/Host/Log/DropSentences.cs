using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host.Log;

/// <summary>Each <see cref="DropReason"/> as a sentence for an operator.</summary>
internal static class DropSentences
{
    public static string Of(DropReason reason) => reason switch
    {
        DropReason.KeepAlive => "Keep-alive: nothing to answer",
        DropReason.Stun => "STUN message on the SIP port: not served",
        DropReason.NotSip => "Not SIP: no start line",
        DropReason.NoUsableVia => "Request without a usable top Via: nowhere to answer to",
        DropReason.MalformedResponse => "Malformed response",
        DropReason.MalformedAck => "Malformed ACK: an ACK is never answered",
        DropReason.UnroutableAck => "ACK that leads nowhere: no route, unknown user, no hops left, a loop, or a relay that is not allowed",
        DropReason.ViaNotOurs => "Response to somebody else: its top Via is not ours",
        DropReason.StrayResponse => "Response that nobody waits for",
        DropReason.NoNextVia => "Response with no Via behind ours: we asked nothing",
        DropReason.UnroutableResponse => "Response that cannot go upstream: its next Via names no usable address",
        DropReason.ShardQueueFull => "Overload: the queue of the shard is full",
        DropReason.TooLong => "Datagram longer than --max-message-length",
        DropReason.DoesNotFit => "Forwarded message would not fit a datagram",
        DropReason.SendFailed => "The network refused to send",
        DropReason.KernelOverflow => "Overload: the kernel's receive buffer is full",
        DropReason.StrayUndelivered => "Undeliverable notice that nobody waits for",
        DropReason.MemoryFull => "Response too long to be kept: the memory for messages is full (--memory)",
        DropReason.Fault => "A fault of the program: the error stands in this log",
        _ => "Dropped",
    };
}
