namespace ImsSipFast.Engine.Keys;

/// <summary>
/// What the branches of one shard are made of: numbers that cannot be told from random ones, and for each a cover
/// for the hash beside it.
/// <code>
/// unique = AES(counter, shard)      not the key, nor the next one, follows from any number of them
/// cover  = AES(unique)              xor-ed over the loop hash, so that a peer never sees one
/// </code>
/// Both are made for many branches at a time.
/// </summary>
internal sealed class BranchSource
{
    private const int Batch = 64;
    private const ulong CoverDomain = ulong.MaxValue;

    private readonly BlockFunction _function;
    private readonly ulong _shard;
    private readonly byte[] _uniques = new byte[Batch * BlockFunction.BlockLength];
    private readonly byte[] _covers = new byte[Batch * BlockFunction.BlockLength];
    private ulong _counter;
    private int _at = Batch;

    public BranchSource(byte[] key, int shard)
    {
        _function = new BlockFunction(key);
        _shard = (ulong)shard;
    }

    /// <summary>The next number and its cover.</summary>
    public (ulong Unique, ulong Cover) Next()
    {
        if (_at == Batch)
        {
            Fill();
        }

        var block = _at++ * BlockFunction.BlockLength;
        return (BlockFunction.Read(_uniques.AsSpan(block)), BlockFunction.Read(_covers.AsSpan(block)));
    }

    /// <summary>The cover of a number that some shard of this process made.</summary>
    public ulong CoverOf(ulong unique) => _function.Of(unique, CoverDomain);

    private void Fill()
    {
        for (var at = 0; at < _uniques.Length; at += BlockFunction.BlockLength)
        {
            BlockFunction.Write(_uniques.AsSpan(at), _counter++, _shard);
        }

        _function.Transform(_uniques);
        for (var at = 0; at < _covers.Length; at += BlockFunction.BlockLength)
        {
            BlockFunction.Write(_covers.AsSpan(at), BlockFunction.Read(_uniques.AsSpan(at)), CoverDomain);
        }

        _function.Transform(_covers);
        _at = 0;
    }
}
