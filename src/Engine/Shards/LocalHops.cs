using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// The hops between the elements of one shard. What is sent to a listener of ours never meets a socket: a copy waits until
/// the message in hand is done, and is then received like any other, on the listener that it was sent to and from the one
/// that sent it. A Call-ID belongs to one shard, so both ends of such a hop are always here.
/// </summary>
/// <param name="listeners">All listeners.</param>
/// <param name="outside">Takes all the rest.</param>
/// <param name="pool">Where the copies live.</param>
/// <param name="metrics">The shard's counters.</param>
internal sealed class LocalHops(ListenerTable listeners, IMessageSender outside, MessagePool pool, EngineMetrics metrics) : IMessageSender
{
    /// <summary>Messages that wait at a time. One message of a peer becomes as many only by forking at several elements.</summary>
    public const int Capacity = 1024;

    private readonly Queue<RawMessage> _waiting = new();

    /// <inheritdoc/>
    public void Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        var to = flow.Connection == 0 ? ListenerAt(flow) : -1;
        if (to < 0)
        {
            outside.Send(flow, message);
        }
        else if (_waiting.Count >= Capacity || !pool.Budget.HasRoom)
        {
            // As with a socket that takes no more: the sender repeats what matters.
            metrics.Drop(DropReason.SendFailed);
        }
        else
        {
            var copy = pool.Keep(message);
            copy.Flow = new Flow(listeners[flow.Listener].Reached, flow.Transport, to);
            _waiting.Enqueue(copy);
            metrics.LocalHops++;
        }
    }

    /// <summary>The next message that an element has sent to another one; it is owned by the caller.</summary>
    public bool TryTake(out RawMessage message) => _waiting.TryDequeue(out message!);

    private int ListenerAt(in Flow flow)
    {
        var entries = listeners.All;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Transport == flow.Transport && entries[i].Reached == flow.Remote)
            {
                return i;
            }
        }

        return -1;
    }
}
