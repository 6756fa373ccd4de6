namespace ImsSipFast.Engine.Running;

/// <summary>Engine time: milliseconds since the engine was built, by a clock that never steps back.</summary>
internal sealed class TickSource(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The tick it is now, from 0.</summary>
    public long NowTick => (long)time.GetElapsedTime(_start).TotalMilliseconds;
}
