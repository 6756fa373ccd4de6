using ImsSipFast.Engine.Common;

namespace ImsSipFast.Engine.Transactions.Lingering;

/// <summary>
/// The last responses of lingering transactions, one behind the other in large blocks, given up in the order in which
/// they came. A response never crosses the end of a block.
/// </summary>
internal sealed class ResponseLog
{
    // Four of the largest datagrams; on the heap for large objects, which is never moved.
    private const int BlockLength = 1 << 18;

    private const int SpareBlocks = 2;

    private readonly LocalPool<byte[]> _idle = new(static () => GC.AllocateUninitializedArray<byte>(BlockLength), SpareBlocks);
    private byte[]?[] _blocks = new byte[]?[4];
    private long _first;
    private long _end;

    /// <summary>A response that was kept and not yet given up.</summary>
    public ReadOnlySpan<byte> this[long at, int length] => Block(at).AsSpan((int)(at % BlockLength), length);

    /// <summary>Keeps a response; where it is.</summary>
    public long Add(ReadOnlySpan<byte> response)
    {
        if ((_end % BlockLength) + response.Length > BlockLength)
        {
            _end += BlockLength - (_end % BlockLength);
        }

        EnsureBlock(_end / BlockLength);
        var at = _end;
        response.CopyTo(Block(at).AsSpan((int)(at % BlockLength)));
        _end += response.Length;
        return at;
    }

    /// <summary>Gives up everything before that place.</summary>
    public void TrimTo(long at)
    {
        for (; _first < at / BlockLength; _first++)
        {
            ref var block = ref _blocks[(int)_first & (_blocks.Length - 1)];
            if (block is not null)
            {
                _idle.Return(block);
                block = null;
            }
        }
    }

    /// <summary>Lets go of a part of the blocks that were not needed since the last call. How many octets that were.</summary>
    public long Trim() => (long)_idle.Trim() * BlockLength;

    private byte[] Block(long at) => _blocks[(int)(at / BlockLength) & (_blocks.Length - 1)]!;

    private void EnsureBlock(long number)
    {
        if (number - _first >= _blocks.Length)
        {
            var larger = new byte[]?[_blocks.Length * 2];
            for (var old = _first; old < number; old++)
            {
                larger[(int)old & (larger.Length - 1)] = _blocks[(int)old & (_blocks.Length - 1)];
            }

            _blocks = larger;
        }

        _blocks[(int)number & (_blocks.Length - 1)] ??= _idle.Get();
    }
}
