using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Running;

/// <summary>Engine time: milliseconds since the engine was built, by a clock that never steps back.</summary>
internal sealed class TickSource(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>What the system's clock says; read again by the timer thread.</summary>
    public WallClock Wall { get; } = new(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Reads the system's clock again.</summary>
    public void ReadWallClock() => Wall.Adjust(time.GetUtcNow().ToUnixTimeMilliseconds(), NowTick);

    /// <summary>The tick it is now, from 0.</summary>
    public long NowTick => (long)time.GetElapsedTime(_start).TotalMilliseconds;
}
