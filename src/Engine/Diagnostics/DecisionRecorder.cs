using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// Writes decision records for a shard. When no log reads every method is one branch; the copying stands in
/// methods of their own so that the branch is all that is inlined.
/// </summary>
internal sealed class DecisionRecorder(DecisionLog log)
{
    /// <summary>The present tick; set by the shard.</summary>
    public long NowTick { get; set; }

    /// <summary>A message came in; <paramref name="method"/> is what a response answers.</summary>
    public void Rx(in Flow flow, ReadOnlySpan<byte> message, ReadOnlySpan<byte> method)
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Rx, flow, FirstLineOf(message), method, 0, null);
        }
    }

    /// <summary>
    /// A response to a request of that method went out; <paramref name="count"/> bindings in it, -1 when it is no answer to a
    /// REGISTER.
    /// </summary>
    public void Tx(in Flow flow, ReadOnlySpan<byte> response, ReadOnlySpan<byte> method, int count = -1, string? rule = null)
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Tx, flow, FirstLineOf(response), method, count, rule);
        }
    }

    /// <summary>A request went on.</summary>
    public void Fwd(in Flow flow, ReadOnlySpan<byte> method, ReadOnlySpan<byte> requestUri, string? rule = null)
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Fwd, flow, method, requestUri, 0, rule);
        }
    }

    /// <summary>A request could not go on; <paramref name="target"/> is its Request-URI, or the host name that failed.</summary>
    public void Fail(in Flow flow, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, FailureReason reason, string rule = "16.9")
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Fail, flow, method, target, 0, rule, failure: reason);
        }
    }

    /// <summary>A message was dropped.</summary>
    public void Drop(in Flow flow, DropReason reason, string? rule = null)
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Drop, flow, default, default, 0, rule, reason);
        }
    }

    /// <summary>Something an operator should know once.</summary>
    public void Note(ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail)
    {
        if (log.IsWatched)
        {
            Write(DecisionVerb.Note, default, text, detail, 0, null);
        }
    }

    /// <summary>A timer cleaned something up.</summary>
    public void Timer(TimerTag tag, ReadOnlySpan<byte> id, ReadOnlySpan<byte> detail, long ageMilliseconds, int count = 0, FailureReason failure = FailureReason.None)
    {
        if (!log.IsWatched)
        {
            return;
        }

        ref var record = ref log.TryBegin();
        if (Unsafe.IsNullRef(ref record))
        {
            return;
        }

        record.Tick = NowTick;
        record.Verb = DecisionVerb.Timer;
        record.Timer = tag;
        record.Failure = failure;
        record.AgeMilliseconds = ageMilliseconds;
        record.Count = count;
        record.SetText(id);
        record.SetDetail(detail);
        log.Publish();
    }

    /// <summary>True when something reads the records: only then is it worth composing one.</summary>
    public bool IsWatched => log.IsWatched;

    private static ReadOnlySpan<byte> FirstLineOf(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf((byte)'\r');
        return end < 0 ? message : message[..end];
    }

    private void Write(
        DecisionVerb verb, in Flow flow, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail, int count, string? rule,
        DropReason reason = DropReason.None, FailureReason failure = FailureReason.None)
    {
        ref var record = ref log.TryBegin();
        if (Unsafe.IsNullRef(ref record))
        {
            return;
        }

        record.Tick = NowTick;
        record.Verb = verb;
        record.Reason = reason;
        record.Failure = failure;
        record.Flow = flow;
        record.Count = count;
        record.Rule = rule;
        record.SetText(text);
        record.SetDetail(detail);
        log.Publish();
    }
}
