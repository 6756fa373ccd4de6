using System.Buffers.Binary;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// A <see cref="PeerAddress"/> as the kernel wants it. After the two octets of the family, which differ between
/// platforms, all lay it out alike:
/// <code>
/// sockaddr_in   port[2] address[4] zero[8]
/// sockaddr_in6  port[2] flowinfo[4] address[16] scope[4]
/// </code>
/// Port and address are in network order, the scope in that of the host.
/// </summary>
internal static class SocketAddressBytes
{
    /// <summary>Octets of a sockaddr_in.</summary>
    public const int V4Length = 16;

    /// <summary>Octets of a sockaddr_in6.</summary>
    public const int V6Length = 28;

    private const int Port = 2;
    private const int V4Address = 4;
    private const int V6FlowInfo = 4;
    private const int V6Address = 8;
    private const int V6Scope = 24;

    /// <summary>Writes all but the family.</summary>
    public static void Write(in PeerAddress address, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[Port..], address.Port);
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[V4Address..], address.V4);
            return;
        }

        destination[V6FlowInfo..V6Address].Clear();
        address.WriteV6(destination[V6Address..]);
        BitConverter.TryWriteBytes(destination[V6Scope..], address.Scope);
    }

    /// <summary>Reads an address of the family that the socket has.</summary>
    public static PeerAddress Read(ReadOnlySpan<byte> source, bool isV4)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[Port..]);
        return isV4
            ? PeerAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(source[V4Address..]), port)
            : PeerAddress.FromV6(source.Slice(V6Address, 16), port, BitConverter.ToUInt32(source[V6Scope..]));
    }
}
