namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// What the system's clock says, for Date headers and log lines: ticks never step, but that clock may, and while a machine
/// is suspended it goes on and ticks do not. Read outside the shards and handed in as the time at tick 0, so that a run can
/// still be replayed from what went in.
/// </summary>
/// <param name="unixMillisecondsAtTickZero">What it said at tick 0.</param>
internal sealed class WallClock(long unixMillisecondsAtTickZero)
{
    // Two clocks that are read one after the other differ by a rounding or two; lines of a log must not dance with it.
    private const long Rounding = 5;

    private long _atTickZero = unixMillisecondsAtTickZero;

    /// <summary>Milliseconds since 1970 at tick 0, as of the last reading.</summary>
    public long UnixMillisecondsAtTickZero => Volatile.Read(ref _atTickZero);

    /// <summary>Takes a reading; one thread.</summary>
    public void Adjust(long unixMilliseconds, long nowTick)
    {
        var atTickZero = unixMilliseconds - nowTick;
        if (Math.Abs(atTickZero - _atTickZero) >= Rounding)
        {
            Volatile.Write(ref _atTickZero, atTickZero);
        }
    }
}
