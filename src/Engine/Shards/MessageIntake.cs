using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// Frames the messages of a shard. The next one is framed while the present one is still to be handled, and the place at
/// which its request will be looked for among the lingering transactions is prefetched: under load these are many and not
/// in the processor's caches, and by the time that the next one is handled they are.
/// </summary>
internal sealed class MessageIntake(TransactionLayer transactions, int maxHeaders)
{
    private SipMessage _next = new(maxHeaders);
    private RawMessage? _prepared;
    private bool _isFramed;
    private ulong _nextKey;

    /// <summary>The message that was taken last.</summary>
    public SipMessage Message { get; private set; } = new(maxHeaders);

    /// <summary>What <see cref="TransactionLayer.Prefetch"/> said of it.</summary>
    public ulong PrefetchedKey { get; private set; }

    /// <summary>That message will be taken next.</summary>
    public void Prepare(RawMessage datagram)
    {
        _prepared = datagram;
        (_isFramed, _nextKey) = Frame(datagram, _next);
    }

    /// <summary>Takes a message, prepared or not. False for what is no message.</summary>
    public bool Take(RawMessage datagram)
    {
        if (ReferenceEquals(datagram, _prepared))
        {
            (Message, _next, PrefetchedKey) = (_next, Message, _nextKey);
        }
        else
        {
            (_isFramed, PrefetchedKey) = Frame(datagram, Message);
        }

        _prepared = null;
        return _isFramed;
    }

    private (bool IsFramed, ulong Key) Frame(RawMessage datagram, SipMessage message)
    {
        var isFramed = SipParser.Frame(datagram.Buffer, datagram.Length, message);
        return (isFramed, isFramed && message.IsRequest ? transactions.Prefetch(message) : 0);
    }
}
