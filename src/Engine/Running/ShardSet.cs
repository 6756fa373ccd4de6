using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Running;

/// <summary>All shards with the threads that run them, and the ways to post to them.</summary>
internal sealed class ShardSet
{
    // The part of the memory that may wait in the inboxes.
    private const int InboxShare = 8;
    private const int ShortestQueue = 64;

    private readonly IShardKey _key;
    private readonly MessagePool _pool;
    private readonly TimerThread _clock;
    private readonly RunnerPolicy _policy;
    private readonly int _processors;
    private readonly List<ShardDispatcher> _dispatchers = [];
    private int _saturatedLoops;
    private long _noticesLost;

    /// <param name="count">Shards.</param>
    /// <param name="build">Makes the shard with that index and the batch it sends into; the sink takes what could not be sent.</param>
    /// <param name="key">Which shard a datagram belongs to.</param>
    /// <param name="pool">For copies of notices that may concern any shard.</param>
    /// <param name="ticks">Engine time.</param>
    /// <param name="options">Who runs the shards, and how many datagrams may wait for each.</param>
    /// <param name="processors">Processors that this process may use.</param>
    /// <param name="logger">Is told of faults.</param>
    public ShardSet(
        int count, Func<int, IMessageSink, (IShard Shard, ISendBatch Batch)> build, IShardKey key, MessagePool pool, TickSource ticks,
        SipEngineOptions options, int processors, ILogger logger)
    {
        _key = key;
        _pool = pool;
        _policy = options.Runner;
        _processors = processors;
        Ticks = ticks;
        CrossThread = new NoticeSink(this);
        Runners = new ShardRunner[count];
        var queueLength = (int)Math.Clamp(options.MemoryOctets() / InboxShare / count / MessagePool.ReceiveCapacity, ShortestQueue, options.ShardQueueLength);
        for (var i = 0; i < count; i++)
        {
            var (shard, batch) = build(i, CrossThread);
            Runners[i] = new ShardRunner(i, shard, batch, ticks, ClockSignal, queueLength, logger);
        }

        Workers = new ShardWorkers(Runners, processors);
        _clock = new TimerThread(Runners, ticks, ClockSignal);
    }

    /// <summary>The shards by index.</summary>
    public ShardRunner[] Runners { get; }

    /// <summary>Engine time.</summary>
    public TickSource Ticks { get; }

    /// <summary>Rung when the clock's thread should look at the shards now.</summary>
    public WakeSignal ClockSignal { get; } = new();

    /// <summary>Threads that run shards for busy loops.</summary>
    public ShardWorkers Workers { get; }

    /// <summary>Takes notices of what could not be sent, from any thread.</summary>
    public IMessageSink CrossThread { get; }

    /// <summary>Receive loops that cannot keep up alone.</summary>
    public int SaturatedLoops => Volatile.Read(ref _saturatedLoops);

    /// <summary>A sink for one receive loop.</summary>
    public ShardDispatcher CreateDispatcher()
    {
        var dispatcher = new ShardDispatcher(this, new RunnerSelector(_policy, _processors));
        _dispatchers.Add(dispatcher);
        return dispatcher;
    }

    /// <summary>Starts the clock.</summary>
    public void Start() => _clock.Start();

    /// <summary>Ends all threads and gives back what still waits; nothing runs a shard after that.</summary>
    public void Stop()
    {
        Workers.Stop();
        _clock.Stop();
        foreach (var runner in Runners)
        {
            runner.Discard();
        }
    }

    /// <summary>True when every shard has drained.</summary>
    public bool HasDrained => Array.TrueForAll(Runners, static runner => runner.HasDrained);

    /// <summary>Tells every shard that no new calls are taken.</summary>
    public void BeginDrain()
    {
        foreach (var runner in Runners)
        {
            runner.TryPostCrossThread(ShardRunner.DrainMarker);
        }
    }

    /// <summary>
    /// The shard of a datagram; false for a notice that does not quote enough of ours to tell. A received datagram
    /// that names no call goes to the fallback, which answers or drops it.
    /// </summary>
    public bool TryRoute(RawMessage datagram, out int shard)
    {
        shard = 0;

        // With one shard there is nothing to find out.
        return Runners.Length == 1 || _key.TryGet(datagram.Span, out shard) || datagram.Kind == MessageKind.Received;
    }

    /// <summary>Posts a copy of a notice to every shard: the one that sent the datagram knows its branch.</summary>
    public void PostToAll(RawMessage notice)
    {
        foreach (var runner in Runners)
        {
            var copy = _pool.Keep(notice.Span);
            (copy.Kind, copy.Flow) = (notice.Kind, notice.Flow);
            PostCrossThread(runner, copy);
        }

        notice.Return();
    }

    /// <summary>Posts an event to a shard from any thread.</summary>
    public void Post(int shard, object item) => Runners[shard].TryPostCrossThread(item);

    /// <summary>Counts one receive loop more or less that cannot keep up alone.</summary>
    public void CountSaturated(int change) => Interlocked.Add(ref _saturatedLoops, change);

    /// <summary>Adds the counters of shards and dispatchers to <paramref name="sum"/>.</summary>
    public void AddTo(EngineMetrics sum)
    {
        foreach (var runner in Runners)
        {
            sum.Add(runner.Metrics);
        }

        foreach (var dispatcher in _dispatchers)
        {
            sum.Add(dispatcher.Metrics);
        }

        sum.Drop(DropReason.StrayUndelivered, Interlocked.Read(ref _noticesLost));
    }

    private void PostCrossThread(ShardRunner runner, RawMessage datagram)
    {
        if (!runner.TryPostCrossThread(datagram))
        {
            Interlocked.Increment(ref _noticesLost);
            datagram.Return();
        }
    }

    private sealed class NoticeSink(ShardSet shards) : IMessageSink
    {
        public void Post(RawMessage datagram)
        {
            if (shards.TryRoute(datagram, out var shard))
            {
                shards.PostCrossThread(shards.Runners[shard], datagram);
            }
            else
            {
                shards.PostToAll(datagram);
            }
        }

        public void DrainEnded(bool batchFull)
        {
            // Posting from afar has already seen to it that the shard is run.
        }
    }
}
