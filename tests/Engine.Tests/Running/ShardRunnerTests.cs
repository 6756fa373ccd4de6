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
        Assert.Equal(["time 25", "receive a", "answer 7", "receive b", "drain", "advance 25", "flush"], fixture.Shards[0].Log);
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
    public void Timers_wait_for_all_that_had_arrived_and_for_nothing_that_came_later()
    {
        var fixture = new ShardFixture();
        var shard = fixture.Shards[0];
        for (var i = 0; i < 130; i++)
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage("early"));
        }

        // As many come as are taken: the inbox is never empty.
        var more = 300;
        shard.OnReceive = _ =>
        {
            fixture.Time.Advance(1);
            if (--more > 0)
            {
                fixture.Set.Runners[0].TryPost(fixture.RawMessage("late"));
            }

            return null;
        };
        fixture.Set.Runners[0].TryRun();
        Assert.Equal(0, fixture.Pool.Outstanding);
        var first = shard.Log.IndexOf("advance 0");
        Assert.Equal(130, shard.Log.Take(first).Count(static l => l == "receive early"));
        Assert.InRange(shard.Log.Take(first).Count(static l => l == "receive late"), 0, 64);
        Assert.Equal("advance", shard.Log[^2].Split(' ')[0]);
    }

    [Fact]
    public void Many_timers_that_are_due_do_not_keep_messages_waiting()
    {
        var fixture = new ShardFixture();
        var (runner, shard) = (fixture.Set.Runners[0], fixture.Shards[0]);
        shard.TimersDue = 2_000;
        shard.OnAdvance = () =>
        {
            if (shard.TimersDue == 2_000)
            {
                runner.TryPost(fixture.RawMessage("meanwhile"));
            }
        };
        Assert.Equal(ShardRunner.RunEnd.Empty, runner.TryRun());
        Assert.Equal(0, shard.TimersDue);
        var at = shard.Log.IndexOf("receive meanwhile");
        Assert.Equal(1, shard.Log.Take(at).Count(static l => l.StartsWith("advance", StringComparison.Ordinal)));
        Assert.InRange(shard.Log.Skip(at).Count(static l => l.StartsWith("advance", StringComparison.Ordinal)), 2, 20);
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
    public void A_drain_ends_when_the_last_answer_has_left_and_not_in_the_middle_of_a_message()
    {
        var fixture = new ShardFixture(shards: 2);
        var (runner, shard) = (fixture.Set.Runners[0], fixture.Shards[0]);
        var seen = new List<bool>();
        shard.OnFlush = () => seen.Add(fixture.Set.HasDrained);
        shard.OnReceive = _ =>
        {
            // A BYE ends its dialog and then begins its transaction; the second one stands for the answer to it.
            shard.HasDrained = true;
            seen.Add(fixture.Set.HasDrained);
            shard.HasDrained = shard.Metrics.Received == 2;
            return null;
        };
        fixture.Shards[1].HasDrained = true;
        fixture.Set.BeginDrain();
        Array.ForEach(fixture.Set.Runners, static r => r.TryRun());
        foreach (var text in (string[])["BYE", "200"])
        {
            Assert.False(fixture.Set.HasDrained);
            runner.TryPost(fixture.RawMessage(text));
            runner.TryRun();
        }

        Assert.Equal([false, false, false, false, false], seen);
        Assert.True(fixture.Set.HasDrained);
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
    public void A_fault_costs_one_message_is_counted_and_each_kind_is_told()
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
        Assert.Equal(["time 0", "receive a", "receive bug", "abort", "receive c", "receive bug", "abort", "receive d", "advance 0", "abort", "flush"], shard.Log);
        Assert.Equal(2, fixture.Metrics.Dropped(DropReason.Fault));
        Assert.Equal(3, fixture.Set.Runners[0].Faults);
        Assert.Equal(2, fixture.Logged.Count);
        Assert.All(fixture.Logged, static line => Assert.Contains("InvalidOperationException at ", line, StringComparison.Ordinal));
        Assert.Contains("what it was at", fixture.Logged[1], StringComparison.Ordinal);
        Assert.False(fixture.Set.Runners[0].IsRunning);
    }

    [Fact]
    public void A_failed_allocation_costs_one_message_and_not_the_process()
    {
        var fixture = new ShardFixture();
        var shard = fixture.Shards[0];
        shard.OnReceive = static d =>
        {
            if (d.Span.SequenceEqual("large"u8))
            {
                d.Return();
                return new InsufficientMemoryException();
            }

            return null;
        };
        foreach (var text in new[] { "large", "small" })
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage(text));
        }

        Assert.Equal(ShardRunner.RunEnd.Empty, fixture.Set.Runners[0].TryRun());
        Assert.Equal(["time 0", "receive large", "abort", "receive small", "advance 0", "flush"], shard.Log);
        Assert.Equal(1, fixture.Metrics.Dropped(DropReason.Fault));
    }

    /// <summary>While memory is short everything that follows may fail too: the end of the call, and the line that tells of it.</summary>
    [Fact]
    public void A_shortage_that_lasts_stops_neither_the_shard_nor_the_count()
    {
        var fixture = new ShardFixture { LogFault = new InsufficientMemoryException() };
        var shard = fixture.Shards[0];
        shard.OnReceive = static d =>
        {
            d.Return();
            return new InsufficientMemoryException();
        };
        shard.OnAbort = static () => new InsufficientMemoryException();
        fixture.Set.Runners[0].TryPost(fixture.RawMessage("a"));
        fixture.Set.Runners[0].TryPost(fixture.RawMessage("b"));
        Assert.Equal(ShardRunner.RunEnd.Empty, fixture.Set.Runners[0].TryRun());
        Assert.Equal(["time 0", "receive a", "abort", "receive b", "abort", "advance 0", "flush"], shard.Log);
        Assert.Equal(4, fixture.Set.Runners[0].Faults);
        Assert.False(fixture.Set.Runners[0].IsRunning);

        (fixture.LogFault, shard.OnReceive, shard.OnAbort) = (null, null, null);
        fixture.Set.Runners[0].TryPost(fixture.RawMessage("c"));
        Assert.Equal(ShardRunner.RunEnd.Empty, fixture.Set.Runners[0].TryRun());
        Assert.Contains("receive c", shard.Log);
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public void A_fault_that_comes_again_is_told_once_a_minute_with_its_number()
    {
        var fixture = new ShardFixture();
        fixture.Shards[0].OnReceive = static d =>
        {
            d.Return();
            return new InvalidOperationException("bug");
        };
        for (var second = 0; second < 150; second++)
        {
            fixture.Set.Runners[0].TryPost(fixture.RawMessage("bug"));
            fixture.Set.Runners[0].TryRun();
            fixture.Time.Advance(1000);
        }

        Assert.Equal(150, fixture.Set.Runners[0].Faults);
        Assert.Equal(3, fixture.Logged.Count);
        Assert.Contains("121 times by now", fixture.Logged[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_a_look_up_is_no_dropped_datagram()
    {
        var fixture = new ShardFixture();
        fixture.Shards[0].OnCompleted = static () => throw new InvalidOperationException("bug");
        fixture.Set.Runners[0].TryPostCrossThread(new HostResolution(7, default));
        fixture.Set.Runners[0].TryRun();
        Assert.Equal((0, 0), (fixture.Metrics.Received, fixture.Metrics.Dropped(DropReason.Fault)));
        Assert.Equal(1, fixture.Set.Runners[0].Faults);
    }
}
