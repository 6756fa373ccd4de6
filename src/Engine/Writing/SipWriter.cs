using System.Buffers.Binary;
using System.Buffers.Text;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// Appends to a fixed span. What does not fit sets <see cref="Overflowed"/> and writes nothing more, so a writer
/// needs one check at its end and no exception on the way.
/// </summary>
internal ref struct SipWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Octets written.</summary>
    public int Length { get; private set; }

    /// <summary>True when something did not fit: the result is useless.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[..Length];

    /// <summary>Sets <see cref="Overflowed"/>: a part of what is written found no room elsewhere.</summary>
    public void Overflow() => Overflowed = true;

    /// <summary>Appends octets.</summary>
    public void Write(scoped ReadOnlySpan<byte> octets)
    {
        Steps.Block(octets.Length);
        if (octets.Length > _destination.Length - Length)
        {
            Overflowed = true;
            return;
        }

        octets.CopyTo(_destination[Length..]);
        Length += octets.Length;
    }

    /// <summary>Appends one octet.</summary>
    public void Write(byte octet)
    {
        if (Length >= _destination.Length)
        {
            Overflowed = true;
            return;
        }

        _destination[Length++] = octet;
    }

    /// <summary>Appends a decimal number.</summary>
    public void Write(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _destination[Length..], out var written))
        {
            Overflowed = true;
            return;
        }

        Length += written;
    }

    /// <summary>Appends 16 lower-case hexadecimal digits.</summary>
    public void WriteHex(ulong value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        WriteHex(octets);
    }

    /// <summary>Appends octets as lower-case hexadecimal digits.</summary>
    public void WriteHex(scoped ReadOnlySpan<byte> octets)
    {
        if (!Convert.TryToHexStringLower(octets, _destination[Length..], out var written))
        {
            Overflowed = true;
            return;
        }

        Length += written;
    }

    /// <summary>Appends octets, ASCII letters in lower case.</summary>
    public void WriteLower(scoped ReadOnlySpan<byte> octets)
    {
        var start = Length;
        Write(octets);
        if (Length > start)
        {
            foreach (ref var octet in _destination[start..Length])
            {
                octet = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
            }
        }
    }

    /// <summary>Appends an IP literal; IPv6 in brackets when <paramref name="bracketed"/> (RFC 5118 §4.5: not in received).</summary>
    public void WriteHost(in Messages.PeerAddress address, bool bracketed)
    {
        Span<byte> text = stackalloc byte[48];
        Write(text[..address.FormatHost(text, bracketed)]);
    }

    /// <summary>Appends <c>name: value CRLF</c>.</summary>
    public void WriteHeader(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        Write("\r\n"u8);
    }

    /// <summary>Appends <c>name: number CRLF</c>.</summary>
    public void WriteHeader(scoped ReadOnlySpan<byte> name, long value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        Write("\r\n"u8);
    }
}
