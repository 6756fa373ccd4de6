using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Running;

public sealed class TimerThreadTests
{
    [Theory]
    [InlineData(0, long.MaxValue, TimerThread.LongestSleep)]
    [InlineData(500, 600, 100)]
    [InlineData(500, 501, TimerThread.ShortestSleep)]
    [InlineData(500, 500, TimerThread.ShortestSleep)]
    [InlineData(500, 0, TimerThread.ShortestSleep)]
    [InlineData(500, 100_000, TimerThread.LongestSleep)]
    public void It_sleeps_until_the_nearest_timer(long nowTick, long dueTick, int milliseconds) =>
        Assert.Equal(milliseconds, TimerThread.SleepMilliseconds(nowTick, dueTick));

    [Fact]
    public void It_runs_what_is_due_and_what_waits_and_nothing_else()
    {
        var fixture = new ShardFixture(shards: 3);
        var clock = new TimerThread(fixture.Set.Runners, fixture.Set.Ticks, fixture.Set.ClockSignal);
        fixture.Shards[0].NextDueTick = 100;
        clock.RunDue();
        Assert.All(fixture.Shards, static s => Assert.Equal(["time 0", "advance 0", "flush"], s.Log));

        fixture.Time.Advance(99);
        fixture.Set.Post(2, ShardRunner.DrainMarker);
        clock.RunDue();
        Assert.Equal([3, 3, 7], fixture.Shards.Select(static s => s.Log.Count));

        fixture.Time.Advance(1);
        clock.RunDue();
        Assert.Equal(["time 100", "advance 100", "flush"], fixture.Shards[0].Log[3..]);
        Assert.Equal(3, fixture.Shards[1].Log.Count);
    }

    /// <summary>A step of the clock, or a suspend, during which ticks stand still.</summary>
    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    public void It_reads_the_clock_of_the_system_again(long step)
    {
        var fixture = new ShardFixture();
        var timers = new TimerThread(fixture.Set.Runners, fixture.Set.Ticks, fixture.Set.ClockSignal);
        var before = fixture.Set.Ticks.Wall.UnixMillisecondsAtTickZero;
        fixture.Time.Advance(500);
        timers.RunDue();
        Assert.Equal(before, fixture.Set.Ticks.Wall.UnixMillisecondsAtTickZero);
        fixture.Time.Step(step);
        timers.RunDue();
        Assert.Equal(before + step, fixture.Set.Ticks.Wall.UnixMillisecondsAtTickZero);
    }

    [Fact]
    public void Its_thread_fires_a_timer_that_a_posted_event_brought()
    {
        // The clock of this test stands still until the timer is set, so the thread sleeps and must be woken.
        var fixture = new ShardFixture();
        using var fired = new ManualResetEventSlim();
        fixture.Shards[0].OnAdvance = () =>
        {
            if (fixture.Set.Ticks.NowTick >= 5)
            {
                fired.Set();
            }
        };
        fixture.Set.Start();
        fixture.Time.Advance(5);
        fixture.Set.Post(0, ShardRunner.DrainMarker);
        Assert.True(fired.Wait(TimeSpan.FromSeconds(10)));
        fixture.Set.Stop();
    }
}
