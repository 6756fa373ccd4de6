namespace ImsSipFast.Engine.Messages;

/// <summary>What a <see cref="RawMessage"/> in an inbox stands for.</summary>
internal enum MessageKind : byte
{
    /// <summary>Bytes that a peer sent to one of our listeners.</summary>
    Received,

    /// <summary>The beginning of a datagram of ours that came back as undeliverable (ICMP); the peer is where it was sent.</summary>
    Undelivered,
}

/// <summary>
/// The currency that crosses rooms: bytes, the flow, and the pool that wants them back. The holder of a
/// <see cref="RawMessage"/> owns it and ends with <see cref="Return"/>; a reader gets a span.
/// </summary>
internal sealed class RawMessage
{
    private readonly MessagePool _pool;

    internal RawMessage(MessagePool pool, int capacity, int sizeClass)
    {
        _pool = pool;
        SizeClass = sizeClass;

        // A longer one is only ever copied into.
        Buffer = GC.AllocateUninitializedArray<byte>(capacity, pinned: pool.IsPinned && capacity <= MessagePool.ReceiveCapacity);
    }

    /// <summary>The bytes; only the first <see cref="Length"/> mean anything.</summary>
    public byte[] Buffer { get; }

    /// <summary>Octets in use, 0 to <c>Buffer.Length</c>.</summary>
    public int Length { get; set; }

    /// <summary>The way it came (or was to go, when it came back undelivered).</summary>
    public Flow Flow { get; set; }

    /// <summary>Why it is in the inbox.</summary>
    public MessageKind Kind { get; set; }

    /// <summary>The bytes in use.</summary>
    public ReadOnlySpan<byte> Span => new(Buffer, 0, Length);

    internal int SizeClass { get; }

    internal string? RentedBy { get; set; }

    /// <summary>Gives the bytes back to the pool; the caller must not touch them again.</summary>
    public void Return() => _pool.Return(this);
}
