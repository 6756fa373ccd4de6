using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Waiting;

/// <summary>One question that has no answer yet.</summary>
internal sealed class PendingAnswer
{
    public PendingAnswer() => Deadline = new TimerNode(this);

    /// <summary>What names the question; never used twice in a shard.</summary>
    public long Ticket { get; set; }

    /// <summary>What is told the answer.</summary>
    public IAnswerReceiver Receiver { get; set; } = null!;

    /// <summary>What waits, as its receiver knows it.</summary>
    public object? Subject { get; set; }

    /// <summary>The message that cannot go on before the answer; owned.</summary>
    public RawMessage? Kept { get; set; }

    /// <summary>Fires when the answer is not waited for any longer.</summary>
    public TimerNode Deadline { get; }
}
