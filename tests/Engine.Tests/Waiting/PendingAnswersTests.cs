using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Tests.Waiting;

public sealed class PendingAnswersTests
{
    private readonly TimingWheel _wheel = new();
    private readonly EngineMetrics _metrics = new();
    private readonly MessagePool _pool = new(traceLeaks: true);
    private readonly Receiver _receiver = new();
    private readonly PendingAnswers _answers;

    public PendingAnswersTests() => _answers = new PendingAnswers(_wheel, _metrics, limit: 3);

    [Fact]
    public void An_answer_goes_to_what_asked_with_what_waits()
    {
        var first = Ask("first", deadlineTick: 1000);
        Ask("second", deadlineTick: 1000);
        _answers.Complete(new Answer(first, "yes"));
        Assert.Equal(["first: yes, kept INVITE"], _receiver.Log);
        Assert.Equal(1, _answers.Count);
    }

    [Fact]
    public void What_was_kept_goes_back_to_its_pool_after_the_answer()
    {
        _answers.Complete(new Answer(Ask("first", 1000), "yes"));
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_deadline_is_an_answer_too_and_what_comes_after_it_is_late()
    {
        var ticket = Ask("first", deadlineTick: 500);
        Advance(499);
        Assert.Empty(_receiver.Log);
        Advance(500);
        Assert.Equal(["first: none, kept INVITE"], _receiver.Log);
        _answers.Complete(new Answer(ticket, "yes"));
        Assert.Single(_receiver.Log);
        Assert.Equal((1L, 1L, 0L), (_metrics.AnswersMissing, _metrics.AnswersLate, _metrics.AnswersPending));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void What_was_forgotten_hears_nothing()
    {
        var ticket = Ask("first", 1000);
        _answers.Forget(ticket);
        _answers.Complete(new Answer(ticket, "yes"));
        Advance(2000);
        Assert.Empty(_receiver.Log);
        Assert.Equal((0L, 0L), (_pool.Outstanding, _metrics.AnswersPending));
    }

    [Fact]
    public void An_answer_that_no_one_waits_for_by_intent_is_not_late()
    {
        _answers.Complete(new Answer(0, "yes"));
        Assert.Equal(0, _metrics.AnswersLate);
    }

    [Fact]
    public void Questions_are_limited()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.False(_answers.IsFull);
            Ask("one", 1000);
        }

        Assert.True(_answers.IsFull);
    }

    [Fact]
    public void A_receiver_may_ask_again_from_within_the_answer()
    {
        _receiver.Then = () => Ask("again", 2000);
        _answers.Complete(new Answer(Ask("first", 1000), "yes"));
        Assert.Equal(1, _answers.Count);
        Advance(2000);
        Assert.Equal(["first: yes, kept INVITE", "again: none, kept INVITE"], _receiver.Log);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_receiver_that_throws_leaves_nothing_behind()
    {
        _receiver.Then = () => throw new InvalidOperationException();
        var ticket = Ask("first", 1000);
        Assert.Throws<InvalidOperationException>(() => _answers.Complete(new Answer(ticket, "yes")));
        Assert.Equal((0L, 0, 0), (_pool.Outstanding, _answers.Count, _wheel.Count));
    }

    private long Ask(string subject, long deadlineTick)
    {
        var ticket = _answers.NextTicket();
        _answers.Wait(ticket, _receiver, subject, _pool.Keep("INVITE"u8), deadlineTick);
        return ticket;
    }

    private void Advance(long tick)
    {
        while (_wheel.TryTakeDue(tick, out var timer))
        {
            _answers.Expire((PendingAnswer)timer.Owner);
        }
    }

    private sealed record Answer(long Ticket, string Text) : Completion(Ticket);

    private sealed class Receiver : IAnswerReceiver
    {
        public List<string> Log { get; } = [];

        public Action? Then { get; set; }

        public void Answered(object? subject, RawMessage? kept, Completion? answer)
        {
            Log.Add($"{subject}: {(answer as Answer)?.Text ?? "none"}, kept {Encoding.ASCII.GetString(kept!.Span)}");
            var then = Then;
            Then = null;
            then?.Invoke();
        }
    }
}
