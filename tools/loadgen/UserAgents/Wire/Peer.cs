using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>An IP address and a UDP port, as a value.</summary>
internal readonly record struct Peer(ulong High, ulong Low, ushort Port, bool IsV6)
{
    public bool IsKnown => Port != 0;

    public static Peer V4(uint address, ushort port) => new(0, address, port, false);

    public static Peer From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    public static Peer From(IPAddress address, int port)
    {
        Span<byte> octets = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(octets, out _);
            return V4(BinaryPrimitives.ReadUInt32BigEndian(octets), (ushort)port);
        }

        address.TryWriteBytes(octets, out _);
        return new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]), (ushort)port, true);
    }

    public IPEndPoint EndPoint
    {
        get
        {
            Span<byte> octets = stackalloc byte[16];
            if (!IsV6)
            {
                BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)Low);
                return new(new IPAddress(octets[..4]), Port);
            }

            BinaryPrimitives.WriteUInt64BigEndian(octets, High);
            BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Low);
            return new(new IPAddress(octets), Port);
        }
    }

    /// <summary>The address as it stands in a received parameter; returns the octets written.</summary>
    public int WriteAddress(Span<byte> to)
    {
        if (IsV6)
        {
            // Rare enough (only where the source is not what Via says) for an object.
            EndPoint.Address.TryFormat(to, out var written);
            return written;
        }

        var length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            length += Digits.Write(to[length..], (uint)(Low >> shift) & 0xFF);
            if (shift > 0)
            {
                to[length++] = (byte)'.';
            }
        }

        return length;
    }

    public override string ToString() => EndPoint.ToString();
}
