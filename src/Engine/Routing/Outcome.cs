using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Routing;

/// <summary>How a received datagram ended: exactly one of four, so that the counters balance. One that waits has not ended yet.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Reason">Why, when it was dropped.</param>
internal readonly record struct Outcome(OutcomeKind Kind, DropReason Reason)
{
    /// <summary>A request that we answered.</summary>
    public static Outcome Answered => new(OutcomeKind.Answered, DropReason.None);

    /// <summary>A message that went on, or a request that is being proxied.</summary>
    public static Outcome Forwarded => new(OutcomeKind.Forwarded, DropReason.None);

    /// <summary>A message that a transaction took in.</summary>
    public static Outcome Absorbed => new(OutcomeKind.Absorbed, DropReason.None);

    /// <summary>A message that was dropped.</summary>
    public static Outcome Dropped(DropReason reason) => new(OutcomeKind.Dropped, reason);

    /// <summary>A message that is kept until an answer from outside comes; it is counted when it ends.</summary>
    public static Outcome Waits => new(OutcomeKind.Waits, DropReason.None);

    /// <summary>Counts it, once for each message received: so the counters balance.</summary>
    public void CountIn(EngineMetrics metrics)
    {
        switch (Kind)
        {
            case OutcomeKind.Answered:
                metrics.Answered++;
                break;
            case OutcomeKind.Forwarded:
                metrics.Forwarded++;
                break;
            case OutcomeKind.Absorbed:
                metrics.Absorbed++;
                break;
            case OutcomeKind.Waits:
                break;
            default:
                metrics.Drop(Reason);
                break;
        }
    }
}

/// <summary>The four ends of a datagram, and none yet.</summary>
internal enum OutcomeKind : byte
{
    Answered,
    Forwarded,
    Absorbed,
    Dropped,
    Waits,
}
