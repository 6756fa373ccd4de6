using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Schedule;

/// <summary>
/// How many attempts are due until when in a phase whose rate goes evenly from r0 to r1 in D seconds:
/// <code>N(t) = r0·t + (r1 − r0)·t² / 2D,   t(N) = 2N / (r0 + √(r0² + 2N·(r1 − r0)/D))</code>
/// </summary>
internal readonly struct RateCurve(Phase phase)
{
    private readonly double _start = phase.StartRate;
    private readonly double _slope = phase.Duration > TimeSpan.Zero ? (phase.EndRate - phase.StartRate) / phase.Duration.TotalSeconds : 0;

    /// <summary>Attempts of the whole phase.</summary>
    public double Total { get; } = (phase.StartRate + phase.EndRate) / 2 * phase.Duration.TotalSeconds;

    /// <summary>Microseconds from the start of the phase at which so many attempts have been due; attempts below <see cref="Total"/>.</summary>
    public long DueAfter(double attempts)
    {
        var root = Math.Sqrt(Math.Max(0, (_start * _start) + (2 * attempts * _slope)));
        return attempts <= 0 ? 0 : (long)Math.Round(2e6 * attempts / (_start + root));
    }
}
