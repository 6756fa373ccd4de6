using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>A rate that changes evenly.</summary>
internal sealed record Ramp(double From, double To, TimeSpan Duration)
{
    /// <summary>As a measured phase.</summary>
    public Phase AsPhase() => new("ramp", Duration, From, To, Measured: true);
}

/// <summary>Rates one after the other, evenly spaced.</summary>
internal sealed record Steps(double From, double To, int Count, TimeSpan Duration)
{
    /// <summary>As measured phases.</summary>
    public IEnumerable<Phase> AsPhases() => Enumerable.Range(0, Count).Select(i =>
    {
        var rate = Math.Round(From + ((To - From) * i / (Count - 1)), 1);
        return new Phase($"step {i + 1}", Duration, rate, rate, Measured: true);
    });
}
