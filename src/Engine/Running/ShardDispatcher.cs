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
    private readonly ReadBatch[] _read = [.. shards.Runners.Select(static _ => new ReadBatch())];
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

        // A full inbox must not wait for the next datagram that fits.
        _touched[shard] = true;
        if (!_read[shard].TryAdd(datagram))
        {
            Spill(shard);
            PostToInbox(shard, datagram);
        }
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
                Spill(shard);
                shards.Workers.Wake(shard);
            }
            else if (Run(shard) == ShardRunner.RunEnd.MoreWaits)
            {
                // Other loops post faster than this one runs: back to the socket, the clock's thread goes on.
                shards.ClockSignal.Ring();
            }
        }
    }

    private ShardRunner.RunEnd Run(int shard)
    {
        if (_runners[shard].TryRun(_read[shard].Messages, out var end))
        {
            _read[shard].Clear();
            return end;
        }

        Spill(shard);
        return _runners[shard].TryRun();
    }

    /// <summary>What was read goes to the inbox after all, in its order.</summary>
    private void Spill(int shard)
    {
        foreach (var datagram in _read[shard].Messages)
        {
            PostToInbox(shard, datagram);
        }

        _read[shard].Clear();
    }

    private void PostToInbox(int shard, RawMessage datagram)
    {
        if (_runners[shard].TryPost(datagram))
        {
            return;
        }

        var isNotice = datagram.Kind == MessageKind.Undelivered;
        Metrics.Received += isNotice ? 0 : 1;
        Metrics.Drop(isNotice ? DropReason.StrayUndelivered : DropReason.ShardQueueFull);
        datagram.Return();
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
