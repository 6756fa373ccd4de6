namespace ImsSipFast.Engine.Running;

/// <summary>
/// Threads that run shards while a receive loop has its hands full: one a shard, but no more than processors; each
/// serves the shards whose index it divides into. Started when first needed, asleep when there is nothing to do.
/// </summary>
internal sealed class ShardWorkers
{
    private readonly ShardRunner[] _runners;
    private readonly Lock _gate = new();
    private readonly WakeSignal[] _signals;
    private Thread[]? _threads;
    private volatile bool _stopping;

    public ShardWorkers(ShardRunner[] runners, int processors)
    {
        _runners = runners;
        _signals = [.. Enumerable.Range(0, Math.Clamp(processors, 1, runners.Length)).Select(static _ => new WakeSignal())];
    }

    /// <summary>Has the shard with that index run by its worker.</summary>
    public void Wake(int shard)
    {
        if (Volatile.Read(ref _threads) is null)
        {
            Start();
        }

        // The thread that runs the shard looks for more before it lets go; only a shard that rests needs its worker.
        if (!_runners[shard].IsRunning)
        {
            _signals[shard % _signals.Length].Ring();
        }
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
        }

        foreach (var signal in _signals)
        {
            signal.Ring();
        }

        foreach (var thread in _threads ?? [])
        {
            thread.Join();
        }
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_threads is not null || _stopping)
            {
                return;
            }

            var threads = new Thread[_signals.Length];
            for (var i = 0; i < threads.Length; i++)
            {
                var worker = i;
                threads[i] = new Thread(() => Run(worker)) { IsBackground = true, Name = $"shard worker {i}" };
                threads[i].Start();
            }

            Volatile.Write(ref _threads, threads);
        }
    }

    private void Run(int worker)
    {
        while (!_stopping)
        {
            var more = false;
            for (var i = worker; i < _runners.Length; i += _signals.Length)
            {
                if (_runners[i].Waiting > 0)
                {
                    more |= _runners[i].TryRun() == ShardRunner.RunEnd.MoreWaits;
                }
            }

            if (!more)
            {
                _signals[worker].Wait(TimerThread.LongestSleep);
            }
        }
    }
}
