using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Messages;

public sealed class MessagePoolTests
{
    [Fact]
    public void A_kept_message_wastes_at_most_a_third_of_its_buffer_whatever_its_length()
    {
        var pool = new MessagePool().LocalPart(new MemoryBudget(long.MaxValue));
        for (var length = 1; length <= MessagePool.MaxCapacity; length++)
        {
            var kept = pool.Rent(length);
            var capacity = kept.Buffer.Length;
            kept.Return();
            Assert.True(capacity >= length && (capacity - length) * 3 <= Math.Max(capacity, 3 * 128), $"{length} octets are kept in {capacity}");
        }
    }

    [Fact]
    public void What_a_shard_holds_in_buffers_rented_and_idle_stays_within_its_budget()
    {
        var budget = new MemoryBudget(1 << 20);
        var pool = new MessagePool().LocalPart(budget);
        for (var round = 0; round < 3; round++)
        {
            foreach (var length in (int[])[300, 1_000, 5_000, 60_000])
            {
                var rented = new List<RawMessage>();
                while (budget.HasRoom)
                {
                    rented.Add(pool.Rent(length));
                    Assert.InRange(budget.Used + pool.IdleOctets, 0, budget.Limit + MessagePool.MaxCapacity);
                }

                rented.ForEach(static datagram => datagram.Return());
                Assert.InRange(pool.IdleOctets, 1, budget.Limit);
                Assert.Equal((0, 0), (budget.Used, pool.Outstanding));
            }
        }
    }

    [Fact]
    public void Idle_buffers_of_a_peak_are_let_go_bit_by_bit_and_those_in_use_every_day_are_not()
    {
        var pool = new MessagePool().LocalPart(new MemoryBudget(long.MaxValue));
        UseAtOnce(10_000);
        var peak = pool.IdleOctets;
        pool.Trim();
        Assert.Equal(peak, pool.IdleOctets);
        for (var tick = 0; tick < 40; tick++)
        {
            UseAtOnce(2_000);
            pool.Trim();
            Assert.InRange(pool.IdleOctets, peak / 5, peak);
        }

        Assert.InRange(pool.IdleOctets, peak / 5, peak / 4);

        void UseAtOnce(int count)
        {
            var rented = Enumerable.Range(0, count).Select(_ => pool.Rent(1_000)).ToList();
            rented.ForEach(static datagram => datagram.Return());
        }
    }

    [Fact]
    public void A_receive_buffer_has_the_length_that_the_kernel_is_told()
    {
        var socketPool = new MessagePool().Part();
        Assert.Equal(MessagePool.ReceiveCapacity, socketPool.Rent(MessagePool.ReceiveCapacity).Buffer.Length);
    }

    /// <summary>Notices of the error queue are shorter than receive buffers; the kernel writes into both.</summary>
    [Theory]
    [InlineData(2048)]
    [InlineData(MessagePool.ReceiveCapacity)]
    public unsafe void What_the_kernel_writes_into_never_moves(int length)
    {
        var socketPool = new MessagePool().Part();
        var rented = new List<(RawMessage RawMessage, nint Address)>();
        for (var i = 0; i < 200; i++)
        {
            _ = new byte[500];
            var datagram = socketPool.Rent(length);
            fixed (byte* at = datagram.Buffer)
            {
                rented.Add((datagram, (nint)at));
            }
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        foreach (var (datagram, address) in rented)
        {
            fixed (byte* at = datagram.Buffer)
            {
                Assert.Equal(address, (nint)at);
            }
        }
    }
}
