using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// Where one receive loop delivers: each datagram goes to the inbox of its shard, and at the end of a batch the
/// shards that got something are run, by the loop itself or by workers.
/// </summary>
internal sealed class ShardDispatcher(ShardSet shards, RunnerSelector selector) : IMessageSink
{
    private readonly ShardRunner[] _runners = shards.Runners;
    private readonly bool[] _touched = new bool[shards.Runners.Length];
    private bool _countedAsSaturated;
    private int _posted;

    /// <summary>Datagrams dropped because an inbox was full; they are counted as received here, as no shard saw them.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <inheritdoc/>
    public void Post(RawMessage datagram)
    {
        if (!shards.TryRoute(datagram, out var shard))
        {
            shards.PostToAll(datagram);
            return;
        }

        _posted++;
        if (_runners[shard].TryPost(datagram))
        {
            _touched[shard] = true;
            return;
        }

        var isNotice = datagram.Kind == MessageKind.Undelivered;
        Metrics.Received += isNotice ? 0 : 1;
        Metrics.Drop(isNotice ? DropReason.StrayUndelivered : DropReason.ShardQueueFull);
        datagram.Return();

        // A full inbox must not wait for the next datagram that fits.
        _touched[shard] = true;
    }

    /// <inheritdoc/>
    public void DrainEnded(bool batchFull)
    {
        if (!selector.IsFixed)
        {
            selector.BatchEnded(_posted, batchFull, shards.Ticks.NowTick, shards.SaturatedLoops - (_countedAsSaturated ? 1 : 0));
            ReportSaturation();
        }

        _posted = 0;
        for (var shard = 0; shard < _touched.Length; shard++)
        {
            if (!_touched[shard])
            {
                continue;
            }

            _touched[shard] = false;
            if (selector.UsesWorkers)
            {
                shards.Workers.Wake(shard);
            }
            else if (_runners[shard].TryRun() == ShardRunner.RunEnd.MoreWaits)
            {
                // Other loops post faster than this one runs: back to the socket, the clock's thread goes on.
                shards.ClockSignal.Ring();
            }
        }
    }

    private void ReportSaturation()
    {
        if (selector.IsSaturated != _countedAsSaturated)
        {
            _countedAsSaturated = selector.IsSaturated;
            shards.CountSaturated(_countedAsSaturated ? 1 : -1);
        }
    }
}
