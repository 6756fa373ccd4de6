using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Waiting;

/// <summary>
/// The one door by which answers from outside a shard come in. A shard never waits: it asks with a ticket, goes on with
/// other work, and the answer is posted to its inbox as a <see cref="Completion"/>. Each question has a deadline, so
/// that a service that never answers holds nothing, and their number is limited.
/// <code>
/// ticket = answers.NextTicket(); service.Ask(…, ticket) → at once, or pending: answers.Wait(ticket, …)
/// inbox → Complete(completion) → receiver.Answered(subject, kept, completion)
/// timer → Expire(pending)      → receiver.Answered(subject, kept, null)
/// </code>
/// </summary>
/// <param name="wheel">The shard's timers.</param>
/// <param name="metrics">The shard's counters.</param>
/// <param name="limit">Questions open at a time.</param>
internal sealed class PendingAnswers(TimingWheel wheel, EngineMetrics metrics, int limit)
{
    private readonly Dictionary<long, PendingAnswer> _open = [];
    private readonly LocalPool<PendingAnswer> _idle = new(static () => new PendingAnswer());
    private long _tickets;

    /// <summary>Questions without an answer.</summary>
    public int Count => _open.Count;

    /// <summary>True when no further question may be asked; the asker says what becomes of its request.</summary>
    public bool IsFull => _open.Count >= limit;

    /// <summary>The ticket of the next question, which is asked with it.</summary>
    public long NextTicket() => ++_tickets;

    /// <summary>The question with <paramref name="ticket"/> was taken: its answer will come, or <paramref name="deadlineTick"/>.</summary>
    /// <param name="ticket">From <see cref="NextTicket"/>.</param>
    /// <param name="receiver">What is told.</param>
    /// <param name="subject">What waits, handed back with the answer.</param>
    /// <param name="kept">A message that waits too, owned from here on; or null.</param>
    /// <param name="deadlineTick">When it is given up.</param>
    public void Wait(long ticket, IAnswerReceiver receiver, object? subject, RawMessage? kept, long deadlineTick)
    {
        var pending = _idle.Get();
        (pending.Ticket, pending.Receiver, pending.Subject, pending.Kept) = (ticket, receiver, subject, kept);
        _open.Add(ticket, pending);
        wheel.Schedule(pending.Deadline, TimerKind.Answer, deadlineTick);
        metrics.AnswersPending = _open.Count;
    }

    /// <summary>The answer is of no use any more; when it comes it is counted as late.</summary>
    public void Forget(long ticket)
    {
        if (_open.Remove(ticket, out var pending))
        {
            Release(pending);
        }
    }

    /// <summary>An answer has come.</summary>
    public void Complete(Completion answer)
    {
        if (_open.Remove(answer.Ticket, out var pending))
        {
            End(pending, answer);
        }
        else if (answer.Ticket != 0)
        {
            metrics.AnswersLate++;
        }
    }

    /// <summary>The deadline of a question has passed.</summary>
    public void Expire(PendingAnswer pending)
    {
        metrics.AnswersMissing++;
        _open.Remove(pending.Ticket);
        End(pending, null);
    }

    /// <summary>Nothing is waited for any longer: the process ends.</summary>
    public void ExpireAll()
    {
        foreach (var pending in _open.Values.ToArray())
        {
            Expire(pending);
        }
    }

    private void End(PendingAnswer pending, Completion? answer)
    {
        // The receiver may ask again meanwhile: what it is handed is no longer in the table.
        try
        {
            pending.Receiver.Answered(pending.Subject, pending.Kept, answer);
        }
        finally
        {
            Release(pending);
        }
    }

    private void Release(PendingAnswer pending)
    {
        wheel.Cancel(pending.Deadline);
        pending.Kept?.Return();
        (pending.Subject, pending.Kept) = (null, null);
        _idle.Return(pending);
        metrics.AnswersPending = _open.Count;
    }
}
