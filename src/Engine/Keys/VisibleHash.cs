using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Keys;

/// <summary>
/// A hash of pieces of a message that peers may see: <see cref="Hash64"/>, whose value would tell its key, and one
/// block of AES over that. It grants no right: two messages may have one value, in 2^64.
/// </summary>
internal sealed class VisibleHash(ulong hashKey, byte[] blockKey)
{
    private readonly BlockFunction _function = new(blockKey);

    /// <summary>Begins a hash.</summary>
    public Hash64 Begin() => new(hashKey);

    /// <summary>What a peer may see of a hash that <see cref="Begin"/> began; <see cref="Hash64.Value"/> itself stays with us.</summary>
    public ulong Show(ulong hash) => _function.Of(hash, 0);
}
