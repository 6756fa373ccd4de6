using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.ObjectPool;

namespace ImsSipFast.Engine.Common;

/// <summary>
/// An <see cref="ObjectPool{T}"/> for one thread at a time: a shard's own objects need no interlocked operation to
/// come and go. After a peak it lets go, at each <see cref="Trim"/>, of a part of what was idle all the time since the
/// one before, so that steady traffic allocates nothing and a quiet shard ends small.
/// </summary>
/// <param name="create">Makes one.</param>
/// <param name="spare">Idle ones that are always kept.</param>
internal sealed class LocalPool<T>(Func<T> create, int spare = LocalPool<T>.DefaultSpare) : ObjectPool<T>
    where T : class
{
    private const int DefaultSpare = 1024;

    // An eighth every 30 s: a peak of an hour ago is gone, one of a minute ago is still there for the next.
    private const int TrimmedShare = 8;

    private readonly Stack<T> _idle = new();

    // The fewest that were idle at any time since the last trim.
    private int _leastIdle;

    /// <summary>Objects that wait for their next use.</summary>
    public int Idle => _idle.Count;

    /// <inheritdoc/>
    public override T Get() => TryGet(out var idle) ? idle : create();

    /// <summary>An idle one; false when there is none.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T idle)
    {
        if (!_idle.TryPop(out idle))
        {
            _leastIdle = 0;
            return false;
        }

        _leastIdle = Math.Min(_leastIdle, _idle.Count);
        return true;
    }

    /// <inheritdoc/>
    public override void Return(T obj) => _idle.Push(obj);

    /// <summary>Lets go of a part of what was not needed since the last call. How many those were.</summary>
    public int Trim()
    {
        var excess = Math.Min(_leastIdle, _idle.Count - spare);
        var count = excess > 0 ? (excess + TrimmedShare - 1) / TrimmedShare : 0;
        for (var i = 0; i < count; i++)
        {
            _idle.Pop();
        }

        if (count > 0 && _idle.Count < _idle.Capacity / 4)
        {
            _idle.TrimExcess();
        }

        _leastIdle = _idle.Count;
        return count;
    }

    /// <summary>Lets go of all that is idle.</summary>
    public void Clear()
    {
        _idle.Clear();
        _leastIdle = 0;
    }
}
