using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>What the rooms of the proxy core share within one shard.</summary>
internal sealed class ProxyEnvironment
{
    private readonly HeaderEdits _edits = new();

    /// <summary>Index of the shard.</summary>
    public required int ShardIndex { get; init; }

    /// <summary>Validated options.</summary>
    public required SipEngineOptions Options { get; init; }

    /// <summary>Who we are.</summary>
    public required LocalIdentity Identity { get; init; }

    /// <summary>Who is near.</summary>
    public required Neighbours Neighbours { get; init; }

    /// <summary>Which listener sends.</summary>
    public required ListenerChoice ListenerChoice { get; init; }

    /// <summary>The bindings of all shards.</summary>
    public required LocationService Location { get; init; }

    /// <summary>Host names to addresses.</summary>
    public required IHostResolver Resolver { get; init; }

    /// <summary>The questions of this shard that have no answer yet.</summary>
    public required PendingAnswers Answers { get; init; }

    /// <summary>The request that is worked on now.</summary>
    public required RequestInHand InHand { get; init; }

    /// <summary>The transactions of this shard.</summary>
    public required TransactionLayer Transactions { get; init; }

    /// <summary>Wheel, sender, pool and counters of this shard.</summary>
    public required ShardResources Resources { get; init; }

    /// <summary>The dialogs observed by this shard.</summary>
    public required DialogTable Dialogs { get; init; }

    /// <summary>Decision records.</summary>
    public required DecisionRecorder Recorder { get; init; }

    /// <summary>What is made and proven under a key.</summary>
    public required ProxyKeys Keys { get; init; }

    /// <summary>
    /// Room to compose one outgoing message; used by one writer at a time. A little more than the longest datagram, so
    /// that the answer to the longest request can be composed; the sender refuses what is too long and counts it.
    /// </summary>
    public byte[] Output { get; } = new byte[MessagePool.MaxCapacity + 2048];

    /// <summary>Room for a Request-URI that route preprocessing changed.</summary>
    public byte[] UriScratch { get; } = new byte[MessagePool.MaxCapacity];

    /// <summary>Room for a target's URI that may not stand in a Request-URI as it is.</summary>
    public byte[] TargetScratch { get; } = new byte[MessagePool.MaxCapacity];

    /// <summary>View of a kept message, for what happens after its datagram is gone.</summary>
    public required SipMessage KeptView { get; init; }

    /// <summary>True while draining: new INVITEs get 503.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Transactions alive in all shards are limited; each shard takes its share.</summary>
    public required int MaxTransactions { get; init; }

    /// <summary>
    /// Takes a domain in as ours unless it is already, and tells the operator once; another shard may have taken it in since
    /// it was looked for, and it is ours all the same. False when it may not be taken in (<see cref="DomainSet.TryAdopt"/>).
    /// </summary>
    public bool TryAdoptDomain(ReadOnlySpan<byte> host)
    {
        if (!Identity.Domains.TryAdopt(host, out var isNew))
        {
            return false;
        }

        if (isNew)
        {
            Recorder.Note("Domain adopted as ours: "u8, host);
        }

        return true;
    }

    /// <summary>An empty list of header edits for the next message; the one before it ends.</summary>
    public HeaderEdits NewEdits()
    {
        _edits.Clear();
        return _edits;
    }
}
