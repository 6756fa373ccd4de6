using CsCheck;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Tests.Transactions;

public sealed class LingeringRingTests
{
    [Fact]
    public void Records_end_in_order_and_at_their_tick()
    {
        var ring = new LingeringRing();
        ring.Add(new LingeringTransaction { Key = 1, DueTick = 100 });
        ring.Add(new LingeringTransaction { Key = 2, DueTick = 100 });
        ring.Add(new LingeringTransaction { Key = 3, DueTick = 101 });
        Assert.False(ring.TryTakeDue(99, out _));
        Assert.Equal([1UL, 2UL], Due(ring, 100));
        Assert.Equal(101, ring.FirstDueTick);
        Assert.Equal([3UL], Due(ring, 1000));
        Assert.Equal((0, long.MaxValue), (ring.Count, ring.FirstDueTick));
    }

    [Fact]
    public void A_record_is_found_by_key_and_loop_and_only_once()
    {
        var ring = new LingeringRing();
        ring.Add(new LingeringTransaction { Key = 7, Loop = 1, DueTick = 5, Peer = new Flow(default, Transport.Udp, 10) });
        ring.Add(new LingeringTransaction { Key = 7, Loop = 2, DueTick = 5, Peer = new Flow(default, Transport.Udp, 20) });
        Assert.False(ring.TryTake(7, 3, out _));
        Assert.True(ring.TryTake(7, 1, out var taken));
        Assert.Equal((10, 1), (taken.Peer.Listener, ring.Count));
        Assert.False(ring.TryTake(7, 1, out _));
        Assert.Equal([7UL], Due(ring, 5));
        Assert.False(ring.TryTake(7, 2, out _));
    }

    /// <summary>Against a dictionary: any mix of adding, taking back, time and letting go, over several chunks and indexes.</summary>
    [Fact]
    public void It_holds_what_was_added_and_is_neither_taken_nor_due() =>
        Gen.Select(Gen.Int[0, 10], Gen.Int[0, 4000]).Array[0, 60].Sample(
            steps =>
            {
                var (ring, model, key, now) = (new LingeringRing(), new Dictionary<ulong, long>(), 0UL, 0L);
                foreach (var (kind, amount) in steps)
                {
                    for (var i = 0; kind < 5 && i < amount; i++)
                    {
                        ring.Add(new LingeringTransaction { Key = ++key * 0x9E37_79B9_7F4A_7C15, Loop = key, DueTick = now + 3 });
                        model.Add(key, now + 3);
                    }

                    if (kind is 5 or 6)
                    {
                        var wanted = (ulong)amount % (key + 1);
                        Assert.Equal(model.Remove(wanted), ring.TryTake(wanted * 0x9E37_79B9_7F4A_7C15, wanted, out _));
                    }
                    else if (kind == 10)
                    {
                        ring.Trim();
                    }
                    else if (kind > 6)
                    {
                        now += amount % 3;
                        Assert.Equal(model.Where(pair => pair.Value <= now).Select(static pair => pair.Key).Order(), DueLoops(ring, now).Order());
                        model = model.Where(pair => pair.Value > now).ToDictionary();
                    }

                    Assert.Equal(model.Count, ring.Count);
                }

                Assert.All(model.Keys, loop => Assert.True(ring.TryTake(loop * 0x9E37_79B9_7F4A_7C15, loop, out _)));
            },
            iter: 200);

    /// <summary>An index keeps 24 bits of a number: what came sixteen million records ago must not be taken for what is there.</summary>
    [Fact]
    public void A_ring_goes_on_when_the_numbers_of_its_index_begin_again()
    {
        const ulong Spread = 0x9E37_79B9_7F4A_7C15;
        const int Alive = 3000;
        var (ring, last) = (new LingeringRing(), (1UL << 24) + 5000);
        for (var i = 1UL; i <= last; i++)
        {
            ring.Add(new LingeringTransaction { Key = i * Spread, Loop = i, DueTick = (long)i + Alive });
            ring.TryTakeDue((long)i, out _);
        }

        for (var i = last; i > last - (3 * Alive); i--)
        {
            Assert.Equal(i > last - Alive, ring.TryTake(i * Spread, i, out var taken));
            Assert.Equal(i > last - Alive ? i : 0, taken.Loop);
        }
    }

    [Fact]
    public void Responses_come_back_as_they_were_until_they_are_given_up()
    {
        var log = new ResponseLog();
        var places = new Queue<(long At, byte[] Octets)>();
        for (var i = 0; i < 20_000; i++)
        {
            var octets = new byte[1 + (i * 37 % 5000)];
            octets.AsSpan().Fill((byte)i);
            places.Enqueue((log.Add(octets), octets));
            if (places.Count > 300)
            {
                log.TrimTo(places.Dequeue().At);
            }

            if (i % 100 == 0)
            {
                Assert.All(places, place => Assert.True(log[place.At, place.Octets.Length].SequenceEqual(place.Octets)));
            }
        }
    }

    [Fact]
    public void A_steady_flow_allocates_nothing()
    {
        var (ring, log) = (new LingeringRing(), new ResponseLog());
        var response = new byte[300];
        var tick = 0L;
        void Flow()
        {
            for (var end = tick + 10_000; tick < end; tick++)
            {
                for (var i = 0UL; i < 8; i++)
                {
                    ring.Add(new LingeringTransaction { Key = ((ulong)tick << 3) + i, DueTick = tick + 1000, ResponseAt = log.Add(response), ResponseLength = response.Length });
                }

                while (ring.TryTakeDue(tick, out var over))
                {
                    log.TrimTo(over.ResponseAt);
                }
            }
        }

        AllocationAssert.None(Flow);
    }

    private static List<ulong> Due(LingeringRing ring, long now) => [.. DueRecords(ring, now).Select(static record => record.Key)];

    private static List<ulong> DueLoops(LingeringRing ring, long now) => [.. DueRecords(ring, now).Select(static record => record.Loop)];

    private static List<LingeringTransaction> DueRecords(LingeringRing ring, long now)
    {
        var due = new List<LingeringTransaction>();
        while (ring.TryTakeDue(now, out var record))
        {
            if (!record.IsRestored)
            {
                due.Add(record);
            }
        }

        return due;
    }
}
