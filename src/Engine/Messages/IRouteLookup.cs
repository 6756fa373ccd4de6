namespace ImsSipFast.Engine.Messages;

/// <summary>Which of this machine's addresses faces a peer. Used by one shard; never blocks.</summary>
internal interface IRouteLookup
{
    /// <summary>The address that a datagram to <paramref name="peer"/> would leave from; false when no route leads there.</summary>
    bool TryFind(in PeerAddress peer, out PeerAddress local);
}
