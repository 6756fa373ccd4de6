namespace ImsSipFast.Engine.Keys;

/// <summary>
/// What the proxy core of one shard makes and proves under a key. The same keys on every shard, but objects of its own: each
/// is used by one thread at a time. No root is in it.
/// </summary>
internal sealed class ProxyKeys
{
    /// <summary>Key of the hash of what decides where a request goes; <see cref="BranchSource"/> covers it before it leaves.</summary>
    public required ulong Loop { get; init; }

    /// <summary>
    /// Key of the hash that our To tags are: the same for a request and its retransmissions. A peer that works the key out of
    /// tags could foretell tags, which grant nothing, and nothing else.
    /// </summary>
    public required ulong Tag { get; init; }

    /// <summary>The same of the branch of an ACK that goes on without a transaction; it is never answered.</summary>
    public required ulong AckBranch { get; init; }

    /// <summary>What a response to a request that was forwarded without a transaction is let through by.</summary>
    public required MessageMac StatelessBranch { get; init; }

    /// <summary>What the tokens in our Record-Route are proven by.</summary>
    public required MessageMac Token { get; init; }
}
