using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// The datagrams of one batch that go to peers of one address family, in the order they were sent. A peer has one
/// family, so its datagrams stand in one lane and keep their order.
/// </summary>
internal sealed class SendLane
{
    private readonly Entry[] _entries;

    /// <param name="isV4">The family.</param>
    /// <param name="capacity">Datagrams it holds.</param>
    /// <param name="bytes">Pinned memory with their octets.</param>
    public SendLane(bool isV4, int capacity, byte[] bytes)
    {
        IsV4 = isV4;
        Bytes = bytes;
        _entries = new Entry[capacity];
        Address = new SocketAddress(isV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
    }

    /// <summary>True for IPv4 peers.</summary>
    public bool IsV4 { get; }

    /// <summary>Pinned memory with the octets of all entries.</summary>
    public byte[] Bytes { get; }

    /// <summary>Datagrams in it.</summary>
    public int Count { get; private set; }

    /// <summary>True when no more fit.</summary>
    public bool IsFull => Count == _entries.Length;

    /// <summary>Scratch of the portable path: the address of the datagram that is being sent.</summary>
    public SocketAddress Address { get; }

    /// <summary>Scratch of the Linux path: headers for the kernel, made at the first use.</summary>
    public LinuxMessages? Messages { get; set; }

    /// <summary>Datagrams it holds when full.</summary>
    public int Capacity => _entries.Length;

    /// <summary>The datagram with that index.</summary>
    public ref readonly Entry this[int index] => ref _entries[index];

    /// <summary>Its octets.</summary>
    public ReadOnlySpan<byte> BytesOf(int index) => Bytes.AsSpan(_entries[index].Offset, _entries[index].Length);

    /// <summary>Adds one whose octets are already in <see cref="Bytes"/>.</summary>
    public void Add(in Flow flow, int offset, int length) => _entries[Count++] = new Entry(flow, offset, length);

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = 0;

    /// <summary>One datagram.</summary>
    internal readonly record struct Entry(Flow Flow, int Offset, int Length);
}
