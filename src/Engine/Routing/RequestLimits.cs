using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>What the limits of a shard, a drain and Max-Breadth say of a request that would be served.</summary>
internal static class RequestLimits
{
    /// <summary>503 when the shard has its fill of transactions, or is draining and this would be a new call.</summary>
    public static Refusal Check(in RoutedRequest request, ProxyEnvironment environment)
    {
        var full = environment.Transactions.Count >= environment.MaxTransactions;

        // RFC 3261 §12.2: with a To tag it belongs to a call that is up, and that may still be held, refreshed and ended.
        var isNewCall = request.Method == SipMethod.Invite && request.Message.ToTag.IsEmpty;
        return (full || (environment.IsDraining && isNewCall)) && request.Method is not (SipMethod.Ack or SipMethod.Cancel)
            ? new Refusal(503, "21.5.4")
            : Refusal.None;
    }

    /// <summary>
    /// What goes on within a dialog has the last part of the memory to itself: a call that is up can end, though nothing
    /// new begins. Any peer can write a To tag, so it is no more than a part.
    /// </summary>
    public static bool HasMemory(SipMessage request, MemoryBudget budget) =>
        budget.HasRoomForNew || (!request.ToTag.IsEmpty && budget.HasRoom);

    /// <summary>
    /// The Max-Breadth of a request (RFC 5393 §5.3.3): more than <paramref name="most"/> is cut down to it. False when the
    /// request may not be forwarded at all.
    /// </summary>
    public static bool TryReadBreadth(SipMessage request, int most, out int breadth)
    {
        breadth = most;
        if (request.Has(HeaderName.MaxBreadth) && Scan.TryNumber(request.FirstValue(HeaderName.MaxBreadth), out var asked))
        {
            breadth = (int)Math.Min(asked, (uint)most);
        }

        return breadth > 0;
    }
}
