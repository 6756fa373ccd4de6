using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// An IP address and port as 22 bytes by value, so that a <see cref="Flow"/> has 32: compared, hashed and copied without touching the heap.
/// IPv4 is held in its IPv6-mapped form, so a peer seen through a dual-stack socket and the same peer
/// seen through an IPv4 socket are equal, and both are written as plain IPv4 (RFC 5118 §4.9).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly struct PeerAddress : IEquatable<PeerAddress>
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;

    private PeerAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        Port = port;
    }

    /// <summary>UDP or TCP port, 0 when it is not known.</summary>
    public ushort Port { get; }

    /// <summary>True when the address is IPv4 (or IPv4 mapped into IPv6).</summary>
    public bool IsV4 => _high == 0 && (_low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>True for <c>default</c>: no address at all.</summary>
    public bool IsNone => _high == 0 && _low == 0 && Port == 0;

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => IsV4 ? (V4 >> 24) == 127 : _high == 0 && _low == 1;

    /// <summary>True for 0.0.0.0 and ::, which a listener may be bound to but no message can be sent to.</summary>
    public bool IsAny => IsV4 ? V4 == 0 : _high == 0 && _low == 0;

    /// <summary>True for the limited broadcast address and multicast groups: never a SIP peer of ours.</summary>
    public bool IsBroadcastOrMulticast => IsV4 ? V4 == uint.MaxValue || (V4 >> 28) == 0xE : (_high >> 56) == 0xFF;

    /// <summary>True for the ranges of RFC 1918, RFC 6598, link-local and unique-local addresses.</summary>
    public bool IsPrivate
    {
        get
        {
            if (!IsV4)
            {
                return (_high >> 57) == (0xFC >> 1) || (_high >> 54) == (0xFE80 >> 6);
            }

            var v4 = V4;
            return (v4 >> 24) == 10 || (v4 >> 20) == 0xAC1 || (v4 >> 16) == 0xC0A8 || (v4 >> 16) == 0xA9FE
                || (v4 >> 22) == (0x6440 >> 6);
        }
    }

    /// <summary>The IPv4 address in host byte order; meaningless when <see cref="IsV4"/> is false.</summary>
    public uint V4 => (uint)_low;

    /// <summary>Interface scope of a link-local IPv6 address, else 0.</summary>
    public uint Scope => _scope;

    /// <summary>From an IPv4 address in host byte order.</summary>
    public static PeerAddress FromV4(uint address, ushort port) => new(0, MappedPrefix | address, 0, port);

    /// <summary>127.0.0.1 or ::1.</summary>
    public static PeerAddress Loopback(bool isV4, int port) => isV4 ? FromV4(0x7F00_0001, (ushort)port) : new(0, 1, 0, (ushort)port);

    /// <summary>From 16 bytes in network order.</summary>
    public static PeerAddress FromV6(ReadOnlySpan<byte> address, ushort port, uint scope = 0) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), scope, port);

    /// <summary>From a framework address.</summary>
    public static PeerAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)port)
            : FromV6(bytes, (ushort)port, (uint)address.ScopeId);
    }

    /// <summary>From a framework end point.</summary>
    public static PeerAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, endPoint.Port);
    }

    /// <summary>The same address with another port.</summary>
    public PeerAddress WithPort(int port) => new(_high, _low, _scope, (ushort)port);

    /// <summary>16 bytes in network order, IPv4 as ::ffff:a.b.c.d.</summary>
    public void WriteV6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>The same address on the interface with that scope.</summary>
    public PeerAddress WithScope(uint scope) => new(_high, _low, scope, Port);

    /// <summary>True for fe80::/10, which means a host only together with a scope.</summary>
    public bool IsLinkLocalV6 => (_high >> 54) == (0xFE80 >> 6);

    /// <summary>True when both are the same host on the same interface, whatever their ports.</summary>
    public bool IsSameInterface(in PeerAddress other) => SameHost(other) && _scope == other._scope;

    /// <summary>True when both are the same host, whatever their ports.</summary>
    public bool SameHost(in PeerAddress other) => _high == other._high && _low == other._low;

    /// <summary>True when this address lies in the network <paramref name="network"/>/<paramref name="prefixLength"/>
    /// (prefix length counted in the family of <paramref name="network"/>).</summary>
    public bool IsIn(in PeerAddress network, int prefixLength)
    {
        if (IsV4 != network.IsV4)
        {
            return false;
        }

        var bits = network.IsV4 ? prefixLength + 96 : prefixLength;
        var highMask = bits >= 64 ? ulong.MaxValue : bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
        var lowMask = bits >= 128 ? ulong.MaxValue : bits <= 64 ? 0 : ulong.MaxValue << (128 - bits);
        return ((_high ^ network._high) & highMask) == 0 && ((_low ^ network._low) & lowMask) == 0;
    }

    /// <summary>A framework end point; allocates, so for the edges only.</summary>
    public IPEndPoint ToEndPoint() => new(ToIPAddress(), Port);

    /// <summary>A framework address; allocates, so for the edges only.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteV6(bytes);
        return IsV4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, _scope);
    }

    /// <inheritdoc/>
    public bool Equals(PeerAddress other) =>
        _low == other._low && _high == other._high && Port == other.Port && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PeerAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, Port);

    /// <summary>As an operator reads it: <c>192.0.2.1:5060</c> or <c>[2001:db8::1]:5060</c>.</summary>
    public override string ToString() => ToEndPoint().ToString();

    /// <summary>Equality by value.</summary>
    public static bool operator ==(PeerAddress left, PeerAddress right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(PeerAddress left, PeerAddress right) => !left.Equals(right);

    /// <summary>
    /// Writes the address without its port as the wire wants it: dotted quad, or IPv6 text (in brackets when
    /// <paramref name="bracketed"/>). At most 41 bytes. Returns the count written.
    /// </summary>
    public int FormatHost(Span<byte> destination, bool bracketed)
    {
        if (IsV4)
        {
            var v4 = V4;
            var at = 0;
            for (var shift = 24; shift >= 0; shift -= 8)
            {
                System.Buffers.Text.Utf8Formatter.TryFormat((byte)(v4 >> shift), destination[at..], out var n);
                at += n;
                if (shift > 0)
                {
                    destination[at++] = (byte)'.';
                }
            }

            return at;
        }

        return FormatV6(destination, bracketed);
    }

    private int FormatV6(Span<byte> destination, bool bracketed)
    {
        // RFC 5952 §4: the longest run of zero groups (two or more, the first of equals) becomes "::".
        Span<byte> bytes = stackalloc byte[16];
        WriteV6(bytes);
        int runStart = -1, runLength = 1;
        for (var i = 0; i < 8; i++)
        {
            var j = i;
            while (j < 8 && bytes[2 * j] == 0 && bytes[(2 * j) + 1] == 0)
            {
                j++;
            }

            if (j - i > runLength)
            {
                (runStart, runLength) = (i, j - i);
            }

            i = Math.Max(i, j - 1);
        }

        var at = 0;
        if (bracketed)
        {
            destination[at++] = (byte)'[';
        }

        for (var i = 0; i < 8; i++)
        {
            if (i == runStart)
            {
                destination[at++] = (byte)':';
                destination[at++] = (byte)':';
                i += runLength - 1;
                continue;
            }

            if (i > 0 && i != runStart + runLength)
            {
                destination[at++] = (byte)':';
            }

            System.Buffers.Text.Utf8Formatter.TryFormat(
                BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]), destination[at..], out var n, new System.Buffers.StandardFormat('x'));
            at += n;
        }

        if (bracketed)
        {
            destination[at++] = (byte)']';
        }

        return at;
    }

    /// <summary>
    /// Parses an IP literal as it stands in a URI or Via host: dotted quad, or IPv6 with or without brackets.
    /// Never allocates. The port of the result is <paramref name="port"/>.
    /// </summary>
    public static bool TryParseHost(ReadOnlySpan<byte> host, int port, out PeerAddress address)
    {
        address = default;
        if (host.IsEmpty)
        {
            return false;
        }

        if (host[0] == '[')
        {
            return host[^1] == ']' && TryParseV6(host[1..^1], (ushort)port, out address);
        }

        return host.Contains((byte)':') ? TryParseV6(host, (ushort)port, out address) : TryParseV4(host, (ushort)port, out address);
    }

    private static bool TryParseV4(ReadOnlySpan<byte> text, ushort port, out PeerAddress address)
    {
        address = default;
        uint value = 0;
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            var octet = 0;
            var digits = 0;
            while (at < text.Length && (uint)(text[at] - '0') <= 9)
            {
                octet = (octet * 10) + (text[at++] - '0');
                if (++digits > 3)
                {
                    return false;
                }
            }

            if (digits == 0 || octet > 255 || (part < 3 && (at >= text.Length || text[at++] != '.')))
            {
                return false;
            }

            value = (value << 8) | (uint)octet;
        }

        if (at != text.Length)
        {
            return false;
        }

        address = FromV4(value, port);
        return true;
    }

    private static bool TryParseV6(ReadOnlySpan<byte> text, ushort port, out PeerAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var valid = Ipv6Text.TryParse(text, bytes);
        address = valid ? FromV6(bytes, port) : default;
        return valid;
    }

    internal static bool TryParseV4(ReadOnlySpan<byte> text, out uint address)
    {
        var valid = TryParseV4(text, 0, out var parsed);
        address = parsed.V4;
        return valid;
    }
}
