using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Diagnostics;

/// <summary>What happened, in the words of the operator log.</summary>
public enum DecisionVerb : byte
{
    /// <summary>A message came in.</summary>
    Rx,

    /// <summary>A response of our own, or one passed upstream, went out.</summary>
    Tx,

    /// <summary>A request went on to a next hop.</summary>
    Fwd,

    /// <summary>A message was dropped.</summary>
    Drop,

    /// <summary>A timer cleaned something up.</summary>
    Timer,

    /// <summary>Something an operator should know once, such as a domain adopted as ours.</summary>
    Note,

    /// <summary>A request could not go on to a next hop.</summary>
    Fail,
}

/// <summary>Which clean-up a <see cref="DecisionVerb.Timer"/> record tells of: the tag of its log line.</summary>
public enum TimerTag : byte
{
    /// <summary>No timer.</summary>
    None,

    /// <summary>[TIMER-F]: a request got no final answer.</summary>
    F,

    /// <summary>[TIMER-C]: an INVITE branch without a final response is cancelled; it goes on until its answer to that.</summary>
    C,

    /// <summary>[TIMER-H]: an INVITE branch or the wait for an ACK ended.</summary>
    H,

    /// <summary>[TIMER-DIALOG]: an idle dialog was forgotten.</summary>
    Dialog,

    /// <summary>[TIMER-REG]: bindings expired.</summary>
    Registration,

    /// <summary>[TIMER-CLEANUP]: the periodic summary.</summary>
    Cleanup,
}

/// <summary>
/// One decision about one message: a fixed-size value written to the shard's ring when anything is looking. The
/// log lines and all that an operator is shown are read from it, off the hot path.
/// </summary>
public struct DecisionRecord
{
    /// <summary>Octets of <see cref="Text"/> and <see cref="Detail"/> that are kept.</summary>
    public const int TextCapacity = 96;

    /// <summary>Engine time in milliseconds.</summary>
    public long Tick;

    /// <summary>What happened.</summary>
    public DecisionVerb Verb;

    /// <summary>Why it was dropped.</summary>
    public DropReason Reason;

    /// <summary>Why a request failed.</summary>
    public FailureReason Failure;

    /// <summary>Which timer.</summary>
    public TimerTag Timer;

    /// <summary>The way it came, or went.</summary>
    public Flow Flow;

    /// <summary>Age in milliseconds of what a timer cleaned up.</summary>
    public long AgeMilliseconds;

    /// <summary>A count that belongs to the line: bindings in a 200, bindings that expired.</summary>
    public int Count;

    /// <summary>The section of RFC 3261 that decided, such as "16.3"; empty when none is named.</summary>
    public string? Rule;

    /// <summary>Octets of <see cref="TextBytes"/> in use.</summary>
    public byte TextLength;

    /// <summary>Octets of <see cref="DetailBytes"/> in use.</summary>
    public byte DetailLength;

    /// <summary>Start line, method or id, cut to <see cref="TextCapacity"/> octets.</summary>
    public TextBuffer TextBytes;

    /// <summary>Request-URI, branch or address-of-record, cut to <see cref="TextCapacity"/> octets.</summary>
    public TextBuffer DetailBytes;

    /// <summary>Start line, method or id.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)TextBytes)[..TextLength];

    /// <summary>Request-URI, branch or address-of-record.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Detail => ((ReadOnlySpan<byte>)DetailBytes)[..DetailLength];

    /// <summary>Sets <see cref="Text"/>.</summary>
    public void SetText(ReadOnlySpan<byte> text)
    {
        TextLength = (byte)Math.Min(text.Length, TextCapacity);
        text[..TextLength].CopyTo(TextBytes);
    }

    /// <summary>Sets <see cref="Detail"/>.</summary>
    public void SetDetail(ReadOnlySpan<byte> detail)
    {
        DetailLength = (byte)Math.Min(detail.Length, TextCapacity);
        detail[..DetailLength].CopyTo(DetailBytes);
    }

    /// <summary>Room for a text.</summary>
    [InlineArray(TextCapacity)]
    public struct TextBuffer
    {
        private byte _element;
    }
}
