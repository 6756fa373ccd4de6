namespace ImsSipFast.Engine.Running;

/// <summary>
/// One thread for all shards that no other thread is running: it runs those whose next timer is due, and those to which
/// something was posted from afar. It sleeps until then; with nothing due it wakes once a second.
/// </summary>
internal sealed class TimerThread(ShardRunner[] runners, TickSource ticks, WakeSignal signal)
{
    /// <summary>Longest sleep in milliseconds.</summary>
    public const int LongestSleep = 1000;

    /// <summary>Shortest sleep in milliseconds: timers due within it fire together, at most so late.</summary>
    public const int ShortestSleep = 4;

    private Thread? _thread;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "shard clock" };
        _thread.Start();
    }

    /// <summary>Ends the thread and waits for it.</summary>
    public void Stop()
    {
        _stopping = true;
        signal.Ring();
        _thread?.Join();
    }

    /// <summary>How long to sleep when it is <paramref name="nowTick"/> and the nearest timer is due at <paramref name="dueTick"/>.</summary>
    public static int SleepMilliseconds(long nowTick, long dueTick) =>
        (int)Math.Clamp(dueTick - Math.Min(nowTick, dueTick), ShortestSleep, LongestSleep);

    /// <summary>Runs every shard that needs it and that no other thread runs, and looks at the system's clock.</summary>
    public void RunDue()
    {
        ticks.ReadWallClock();
        var nowTick = ticks.NowTick;
        foreach (var runner in runners)
        {
            if ((runner.NextDueTick <= nowTick || runner.Waiting > 0) && runner.TryRun() == ShardRunner.RunEnd.MoreWaits)
            {
                signal.Ring();
            }
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            RunDue();
            var nowTick = ticks.NowTick;
            var sleep = SleepMilliseconds(nowTick, Nearest());

            // A timer due at most a shortest sleep before the end waits for it: a busy shard has one in every batch.
            var until = nowTick + sleep - ShortestSleep;
            foreach (var runner in runners)
            {
                runner.ClockSleepsUntil = until;
            }

            // A shard that was run meanwhile did not know yet how long this sleep would be.
            if (Nearest() >= until || sleep == ShortestSleep)
            {
                signal.Wait(sleep);
            }
        }
    }

    private long Nearest()
    {
        var nearest = long.MaxValue;
        foreach (var runner in runners)
        {
            nearest = Math.Min(nearest, runner.NextDueTick);
        }

        return nearest;
    }
}
