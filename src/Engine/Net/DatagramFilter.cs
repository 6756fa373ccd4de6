using System.Buffers.Binary;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>Drops what no shard needs to see: keep-alives, STUN, and datagrams over the limit.</summary>
internal sealed class DatagramFilter(int maxMessageLength, EngineMetrics metrics)
{
    private const int StunHeaderLength = 20;
    private const uint StunMagicCookie = 0x2112A442;

    /// <summary>True when the datagram goes on; otherwise it was counted and given back.</summary>
    public bool Passes(RawMessage datagram)
    {
        var reason = Classify(datagram.Span);
        if (reason == DropReason.None)
        {
            return true;
        }

        metrics.Received++;
        metrics.Drop(reason);
        datagram.Return();
        return false;
    }

    internal DropReason Classify(ReadOnlySpan<byte> bytes)
    {
        // A SIP message begins with a letter: one comparison lets nearly all traffic through.
        if (!bytes.IsEmpty && bytes[0] > (byte)' ' && bytes[0] < 0x80)
        {
            return bytes.Length <= maxMessageLength ? DropReason.None : DropReason.TooLong;
        }

        if (!bytes.ContainsAnyExcept((byte)'\r', (byte)'\n', (byte)0))
        {
            return DropReason.KeepAlive;
        }

        // RFC 8489 §5: the two highest bits are zero, the magic cookie stands at octet 4.
        if (bytes.Length >= StunHeaderLength && bytes[0] < 0x40 && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == StunMagicCookie)
        {
            return DropReason.Stun;
        }

        return bytes.Length <= maxMessageLength ? DropReason.None : DropReason.TooLong;
    }
}
