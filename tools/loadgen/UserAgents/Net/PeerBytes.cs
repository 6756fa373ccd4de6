using System.Buffers.Binary;
using ImsSipFast.Engine.Net;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Net;

/// <summary>A peer as a struct sockaddr_in or sockaddr_in6 of Linux.</summary>
internal static class PeerBytes
{
    public const int V4Length = 16;
    public const int V6Length = 28;

    /// <summary>Writes it; returns its length.</summary>
    public static int Write(Span<byte> to, in Peer peer)
    {
        System.Runtime.InteropServices.MemoryMarshal.Write(to, peer.IsV6 ? LinuxSocketCalls.FamilyV6 : LinuxSocketCalls.FamilyV4);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], peer.Port);
        if (!peer.IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to[4..], (uint)peer.Low);
            to[8..V4Length].Clear();
            return V4Length;
        }

        to[4..8].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(to[8..], peer.High);
        BinaryPrimitives.WriteUInt64BigEndian(to[16..], peer.Low);
        to[24..V6Length].Clear();
        return V6Length;
    }

    public static Peer Read(ReadOnlySpan<byte> from, bool isV6)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
        return isV6
            ? new(BinaryPrimitives.ReadUInt64BigEndian(from[8..]), BinaryPrimitives.ReadUInt64BigEndian(from[16..]), port, true)
            : Peer.V4(BinaryPrimitives.ReadUInt32BigEndian(from[4..]), port);
    }
}
