using ImsSipFast.Engine.Datagrams;

namespace ImsSipFast.Engine.Tests.Datagrams;

public sealed class DatagramPoolTests
{
    [Fact]
    public void A_kept_message_wastes_at_most_a_third_of_its_buffer_whatever_its_length()
    {
        var pool = new DatagramPool().LocalPart();
        for (var length = 1; length <= DatagramPool.MaxCapacity; length++)
        {
            var kept = pool.Rent(length);
            var capacity = kept.Buffer.Length;
            kept.Return();
            Assert.True(capacity >= length && (capacity - length) * 3 <= Math.Max(capacity, 3 * 128), $"{length} octets are kept in {capacity}");
        }
    }

    [Fact]
    public void A_receive_buffer_has_the_length_that_the_kernel_is_told()
    {
        var socketPool = new DatagramPool().Part();
        Assert.Equal(DatagramPool.ReceiveCapacity, socketPool.Rent(DatagramPool.ReceiveCapacity).Buffer.Length);
    }

    /// <summary>Notices of the error queue are shorter than receive buffers; the kernel writes into both.</summary>
    [Theory]
    [InlineData(2048)]
    [InlineData(DatagramPool.ReceiveCapacity)]
    public unsafe void What_the_kernel_writes_into_never_moves(int length)
    {
        var socketPool = new DatagramPool().Part();
        var rented = new List<(Datagram Datagram, nint Address)>();
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
