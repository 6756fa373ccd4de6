namespace ImsSipFast.LoadGen.Metrics;

/// <summary>Messages that led to nothing, by why.</summary>
internal enum Stray
{
    /// <summary>No SIP message, or one that cannot be read.</summary>
    NotUnderstood,

    /// <summary>A response whose top Via is not ours.</summary>
    ForeignResponse,

    /// <summary>A request inside a dialog that was never here.</summary>
    ForeignDialog,

    /// <summary>A request with a method that is not spoken here.</summary>
    UnknownMethod,

    /// <summary>A response or request that came when its leg could do nothing with it.</summary>
    OutOfTurn,
}
