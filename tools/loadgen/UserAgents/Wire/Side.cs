namespace ImsSipFast.LoadGen.Wire;

/// <summary>The two populations of a run; each has a socket of its own.</summary>
internal enum Side : byte
{
    /// <summary>Who calls, subscribes, sends messages, and registers as a load.</summary>
    Calling,

    /// <summary>Who is called.</summary>
    Called,
}
