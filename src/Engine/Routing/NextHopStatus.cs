namespace ImsSipFast.Engine.Routing;

/// <summary>Whether the next hop is known.</summary>
internal enum NextHopStatus : byte
{
    /// <summary>The address is known.</summary>
    Known,

    /// <summary>A name has to be looked up first.</summary>
    NeedsLookup,

    /// <summary>It cannot be reached: another transport, a group address, no listener of its family.</summary>
    Unreachable,

    /// <summary>A name that is none of our domains has turned out to lead to us.</summary>
    Ourselves,

    /// <summary>A Route of the request wants a secure transport, and there is none.</summary>
    SipsNotAllowed,

    /// <summary>The Path of the binding does.</summary>
    SipsRequired,
}
