using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Running;

public sealed class ShardDispatcherTests
{
    [Fact]
    public void Each_datagram_goes_to_its_shard_and_is_run_when_the_batch_ends()
    {
        var fixture = new ShardFixture(shards: 4);
        var dispatcher = fixture.Set.CreateDispatcher();
        dispatcher.Post(fixture.RawMessage(fixture.CallOf(3)));
        dispatcher.Post(fixture.RawMessage(fixture.CallOf(1)));
        Assert.All(fixture.Shards, static s => Assert.Empty(s.Log));
        dispatcher.DrainEnded(batchFull: false);
        Assert.Equal([0, 1, 0, 1], fixture.Shards.Select(static s => (int)s.Metrics.Received));
        Assert.Empty(fixture.Shards[0].Log);
    }

    [Fact]
    public void What_names_no_call_goes_to_the_fallback()
    {
        var fixture = new ShardFixture(shards: 4);
        var dispatcher = fixture.Set.CreateDispatcher();
        dispatcher.Post(fixture.RawMessage("nonsense"));
        dispatcher.DrainEnded(batchFull: false);
        Assert.Equal(1, fixture.Shards[0].Metrics.Received);
    }

    [Fact]
    public void A_notice_that_quotes_too_little_goes_to_every_shard()
    {
        var fixture = new ShardFixture(shards: 3);
        var dispatcher = fixture.Set.CreateDispatcher();
        var peer = PeerAddress.FromV4(0x7F000001, 5070);
        var kinds = new List<(MessageKind, PeerAddress)>();
        foreach (var shard in fixture.Shards)
        {
            shard.OnReceive = d =>
            {
                kinds.Add((d.Kind, d.Flow.Remote));
                return null;
            };
        }

        var notice = fixture.RawMessage("INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-", MessageKind.Undelivered);
        notice.Flow = new Flow(peer, Transport.Udp, listener: 0);
        dispatcher.Post(notice);
        foreach (var runner in fixture.Set.Runners)
        {
            runner.TryRun();
        }

        Assert.Equal(Enumerable.Repeat((MessageKind.Undelivered, peer), 3), kinds);
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void A_notice_that_names_its_call_goes_to_its_shard()
    {
        var fixture = new ShardFixture(shards: 3);
        fixture.Set.CrossThread.Post(fixture.RawMessage(fixture.CallOf(2) + "cut", MessageKind.Undelivered));
        Assert.Equal([0, 0, 1], fixture.Set.Runners.Select(static r => r.Waiting));
        fixture.Set.Stop();
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void Beyond_the_limit_is_dropped_counted_and_given_back()
    {
        var fixture = new ShardFixture(queueLength: 64);
        var dispatcher = fixture.Set.CreateDispatcher();
        for (var i = 0; i < 70; i++)
        {
            dispatcher.Post(fixture.RawMessage("x"));
        }

        dispatcher.Post(fixture.RawMessage("a notice", MessageKind.Undelivered));
        dispatcher.DrainEnded(batchFull: false);
        var metrics = fixture.Metrics;
        Assert.Equal(70, metrics.Received);
        Assert.Equal(6, metrics.Dropped(DropReason.ShardQueueFull));
        Assert.Equal(1, metrics.Dropped(DropReason.StrayUndelivered));
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    /// <summary>The limit is one of octets too: 64 receive buffers of 4 KiB, or four of the largest datagrams.</summary>
    [Fact]
    public void Long_datagrams_fill_an_inbox_sooner_and_make_room_again_when_they_are_taken()
    {
        var fixture = new ShardFixture(queueLength: 64);
        var dispatcher = fixture.Set.CreateDispatcher();
        for (var round = 1; round <= 2; round++)
        {
            for (var i = 0; i < 10; i++)
            {
                dispatcher.Post(fixture.RawMessage(new string('x', 60_000)));
            }

            dispatcher.DrainEnded(batchFull: false);
            Assert.Equal((10 * round, 6 * round), (fixture.Metrics.Received, fixture.Metrics.Dropped(DropReason.ShardQueueFull)));
            Assert.Equal(0, fixture.Set.Runners[0].Waiting);
        }

        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void Workers_run_what_a_loop_hands_over()
    {
        var fixture = new ShardFixture(shards: 3, RunnerPolicy.Workers, processors: 2);
        using var received = new CountdownEvent(3);
        foreach (var shard in fixture.Shards)
        {
            shard.OnReceive = _ =>
            {
                received.Signal();
                return null;
            };
        }

        var dispatcher = fixture.Set.CreateDispatcher();
        for (var shard = 0; shard < 3; shard++)
        {
            dispatcher.Post(fixture.RawMessage(fixture.CallOf(shard)));
        }

        dispatcher.DrainEnded(batchFull: false);
        Assert.True(received.Wait(TimeSpan.FromSeconds(10)));
        fixture.Set.Stop();
        Assert.Equal(0, fixture.Pool.Outstanding);
    }

    [Fact]
    public void Posting_and_running_allocate_nothing()
    {
        var fixture = new ShardFixture(shards: 2, RunnerPolicy.Auto, processors: 2);
        var message = System.Text.Encoding.ASCII.GetBytes(fixture.CallOf(1));
        var pool = new MessagePool();
        var dispatcher = fixture.Set.CreateDispatcher();
        Array.ForEach(fixture.Shards, static s => s.IsQuiet = true);
        var posted = 0;
        AllocationAssert.None(() =>
        {
            for (var i = 0; i < 10; i++, posted++)
            {
                dispatcher.Post(pool.Keep(message));
            }

            dispatcher.DrainEnded(batchFull: false);
        });
        Assert.Equal(posted, fixture.Shards[1].Metrics.Received);
    }
}
