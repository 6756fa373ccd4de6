namespace ImsSipFast.LoadGen;

/// <summary>How one attempt ended.</summary>
/// <param name="Failure">Null: as its profile says. Otherwise a response code, "timeout B" and the like.</param>
/// <param name="Elapsed">From when it was asked for.</param>
public readonly record struct AttemptOutcome(string? Failure, TimeSpan Elapsed)
{
    /// <summary>True when it went as its profile says.</summary>
    public bool Succeeded => Failure is null;
}
