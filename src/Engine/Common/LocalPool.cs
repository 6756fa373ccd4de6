using Microsoft.Extensions.ObjectPool;

namespace ImsSipFast.Engine.Common;

/// <summary>
/// An <see cref="ObjectPool{T}"/> for one thread at a time: a shard's own objects need no interlocked operation to
/// come and go. It keeps all that it ever made, so the peak of live objects is allocated once.
/// </summary>
internal sealed class LocalPool<T>(Func<T> create) : ObjectPool<T>
    where T : class
{
    private readonly Stack<T> _idle = new();

    /// <inheritdoc/>
    public override T Get() => _idle.TryPop(out var idle) ? idle : create();

    /// <inheritdoc/>
    public override void Return(T obj) => _idle.Push(obj);
}
