namespace ImsSipFast.Engine.Running;

/// <summary>Says which shard a message belongs to; what that depends on is not known here. Safe from any thread.</summary>
internal interface IShardKey
{
    /// <summary>The shard of <paramref name="message"/>; false, and a shard that may take it all the same, when it cannot be told.</summary>
    bool TryGet(ReadOnlySpan<byte> message, out int shard);
}
