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
        Assert.All(fixture.Shards, static s => Assert.Equal(["advance 0", "flush"], s.Log));

        fixture.Time.Advance(99);
        fixture.Set.Post(2, ShardRunner.DrainMarker);
        clock.RunDue();
        Assert.Equal([2, 2, 5], fixture.Shards.Select(static s => s.Log.Count));

        fixture.Time.Advance(1);
        clock.RunDue();
        Assert.Equal(["advance 100", "flush"], fixture.Shards[0].Log[2..]);
        Assert.Equal(2, fixture.Shards[1].Log.Count);
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
