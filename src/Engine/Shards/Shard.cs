using ImsSipFast.Engine.Datagrams;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// A plain synchronous object: datagrams and ticks go in, sends come out. No thread, lock, clock or socket; one
/// caller at a time.
/// </summary>
internal sealed class Shard
{
    public Shard(int index, ShardServices services)
    {
        Index = index;
        _ = services;
    }

    /// <summary>Which shard it is, from 0.</summary>
    public int Index { get; }

    /// <summary>Its counters.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <summary>Its decision records.</summary>
    public DecisionLog Decisions { get; } = new();

    /// <summary>A tick before which no timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDueTick => long.MaxValue;

    /// <summary>Moves time on and fires what is due. The first call of every run.</summary>
    public void Advance(long nowTick)
    {
    }

    /// <summary>Takes one datagram and owns it. Time is that of the last <see cref="Advance"/>.</summary>
    public void Receive(Datagram datagram) => datagram.Return();

    /// <summary>Takes the outcome of a look-up.</summary>
    public void Resolved(HostResolution resolution)
    {
    }

    /// <summary>From now on new INVITEs get 503.</summary>
    public void BeginDrain()
    {
    }
}
