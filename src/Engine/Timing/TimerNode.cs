namespace ImsSipFast.Engine.Timing;

/// <summary>
/// One timer, embedded in whatever it times: scheduling links it into a wheel slot and allocates nothing.
/// A node is in one place at a time; scheduling it again moves it.
/// </summary>
internal sealed class TimerNode(object owner)
{
    internal TimerNode? Next;
    internal TimerNode? Previous;
    internal short Slot = -1;

    /// <summary>What the timer belongs to: a transaction, a branch, a binding, a dialog.</summary>
    public object Owner { get; } = owner;

    /// <summary>Which timer it is; chosen when it is scheduled.</summary>
    public TimerKind Kind { get; internal set; }

    /// <summary>When it fires, in ticks (milliseconds since the engine started).</summary>
    public long DueTick { get; internal set; }

    /// <summary>True while it is on the wheel.</summary>
    public bool IsScheduled => Slot >= 0;
}
