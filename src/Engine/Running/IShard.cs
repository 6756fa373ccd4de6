using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Running;

/// <summary>The doors of a <see cref="Shard"/>, so that a test can stand in for it. One caller at a time.</summary>
internal interface IShard
{
    /// <summary>Its counters.</summary>
    EngineMetrics Metrics { get; }

    /// <summary>A tick before which no timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    long NextDueTick { get; }

    /// <summary>Moves time on and fires what is due.</summary>
    void Advance(long nowTick);

    /// <summary>Takes one datagram and owns it.</summary>
    void Receive(RawMessage datagram);

    /// <summary>Takes the outcome of a look-up.</summary>
    void Resolved(HostResolution resolution);

    /// <summary>From now on new INVITEs get 503.</summary>
    void BeginDrain();
}
