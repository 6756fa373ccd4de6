using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Waiting;

/// <summary>What asked a question of the outside, and goes on when its answer comes.</summary>
internal interface IAnswerReceiver
{
    /// <summary>The answer has come, or its deadline has passed.</summary>
    /// <param name="subject">What was said to be waiting.</param>
    /// <param name="kept">The message that was kept for it, returned to its pool after this call.</param>
    /// <param name="answer">Null when the deadline passed without one.</param>
    void Answered(object? subject, RawMessage? kept, Completion? answer);
}
