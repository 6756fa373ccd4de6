using System.Threading.Channels;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Running;

/// <summary>
/// What waits for one shard: datagrams, of which it holds a limited number (one that is longer than a receive buffer
/// counts as several, so that the limit is one of octets too), and the few events that must not be
/// lost, which always fit (look-ups in flight are limited where they begin). Any thread posts; the one that has the right
/// to run the shard takes.
/// </summary>
internal sealed class ShardInbox(int datagramLimit)
{
    private readonly Channel<object> _channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });

    // In receive buffers, and one for each event. Counted up after a post and down after a batch, each with a full fence: a runner that gave up the right to run
    // and then reads zero has left nothing behind whose poster does not come to run it.
    private int _count;

    /// <summary>What waits, in receive buffers; 0 when nothing does.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Posts a datagram; false when the limit is reached, and it stays the caller's. Loops that post at the same
    /// moment may pass the limit by one each.
    /// </summary>
    public bool TryPost(RawMessage datagram)
    {
        if (Count >= datagramLimit)
        {
            return false;
        }

        Post(datagram);
        return true;
    }

    /// <summary>Posts an event.</summary>
    public void Post(object item)
    {
        _channel.Writer.TryWrite(item);
        Interlocked.Add(ref _count, WeightOf(item));
    }

    /// <summary>What an item counts for.</summary>
    public static int WeightOf(object item) =>
        item is RawMessage datagram ? (datagram.Buffer.Length + MessagePool.ReceiveCapacity - 1) / MessagePool.ReceiveCapacity : 1;

    /// <summary>Takes the oldest item; what it counts for is told to <see cref="Took"/>.</summary>
    public bool TryTake(out object item) => _channel.Reader.TryRead(out item!);

    /// <summary>Counts what was taken since the last call.</summary>
    public void Took(int weight) => Interlocked.Add(ref _count, -weight);
}
