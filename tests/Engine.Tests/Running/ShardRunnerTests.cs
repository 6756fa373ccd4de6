using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Running;

public sealed class ShardRunnerTests
{
    [Fact]
    public void A_run_tells_the_time_hands_over_and_flushes()
    {
        var fixture = new ShardFixture();
        var runner = fixture.Set.Runners[0];
        fixture.Time.Advance(25);
        runner.TryPost(fixture.RawMessage("a"));
        runner.TryPostCrossThread(new HostResolution(7, default));
        runner.TryPost(fixture.RawMessage("b"));
        runner.TryPostCrossThread(ShardRunner.DrainMarker);

        Assert.Equal(ShardRunner.RunEnd.Empty, runner.TryRun());
        Assert.Equal(["advance 25", "receive a", "resolved 7", "receive b", "drain", "flush"], fixture.Shards[0].Log);
        Assert.Equal(0, runner.Waiting);
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void The_clock_is_read_and_the_batch_flushed_every_64_items()
    {
        var fixture = new ShardFixture();
        for (var i = 0; i < 130; i++)
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage("x"));
        }

        fixture.Set.Runners[0].TryRun();
        Assert.Equal(3, fixture.Shards[0].Log.Count(static l => l == "flush"));
        Assert.Equal(64, fixture.Shards[0].Log.IndexOf("flush") - 1);
    }

    [Fact]
    public void A_run_takes_its_share_and_leaves_the_rest()
    {
        var fixture = new ShardFixture(queueLength: 5000);
        for (var i = 0; i < 1025; i++)
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage("x"));
        }

        Assert.Equal(ShardRunner.RunEnd.MoreWaits, fixture.Set.Runners[0].TryRun());
        Assert.Equal(1, fixture.Set.Runners[0].Waiting);
        Assert.Equal(ShardRunner.RunEnd.Empty, fixture.Set.Runners[0].TryRun());
    }

    [Fact]
    public void Only_one_runs_at_a_time_and_it_finds_what_was_posted_meanwhile()
    {
        var fixture = new ShardFixture();
        var runner = fixture.Set.Runners[0];
        ShardRunner.RunEnd? nested = null;
        fixture.Shards[0].OnReceive = _ =>
        {
            Assert.True(runner.IsRunning);
            if (nested is null)
            {
                runner.TryPostCrossThread(fixture.RawMessage("posted meanwhile"));
                nested = runner.TryRun();
            }

            return null;
        };
        runner.TryPost(fixture.RawMessage("first"));
        Assert.Equal(ShardRunner.RunEnd.Empty, runner.TryRun());
        Assert.Equal(ShardRunner.RunEnd.Busy, nested);
        Assert.Contains("receive posted meanwhile", fixture.Shards[0].Log);
        Assert.False(runner.IsRunning);
    }

    [Fact]
    public void An_inbox_holds_so_many_datagrams_and_events_always_fit()
    {
        var fixture = new ShardFixture(queueLength: 64);
        var runner = fixture.Set.Runners[0];
        for (var i = 0; i < 64; i++)
        {
            Assert.True(runner.TryPost(fixture.RawMessage("x")));
        }

        var refused = fixture.RawMessage("one more");
        Assert.False(runner.TryPost(refused));
        refused.Return();
        Assert.True(runner.TryPostCrossThread(new HostResolution(1, default)));
        Assert.Equal(65, runner.Waiting);
        runner.TryRun();
        Assert.True(runner.TryPost(fixture.RawMessage("room again")));
        runner.Discard();
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void A_fault_costs_one_message_is_counted_and_told_once()
    {
        var fixture = new ShardFixture();
        var shard = fixture.Shards[0];
        shard.OnReceive = d =>
        {
            if (d.Buffer[0] != 'b')
            {
                return null;
            }

            d.Return();
            return new InvalidOperationException("bug");
        };
        shard.OnAdvance = static () => throw new InvalidOperationException("bug in a timer");
        foreach (var text in new[] { "a", "bug", "c", "bug", "d" })
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage(text));
        }

        Assert.Equal(ShardRunner.RunEnd.Empty, fixture.Set.Runners[0].TryRun());
        Assert.Equal(["advance 0", "receive a", "receive bug", "receive c", "receive bug", "receive d", "flush"], shard.Log);
        Assert.Equal(2, fixture.Metrics.Dropped(DropReason.Fault));
        Assert.Equal(3, fixture.Set.Runners[0].Faults);
        Assert.Single(fixture.Logged);
        Assert.False(fixture.Set.Runners[0].IsRunning);
    }
}
