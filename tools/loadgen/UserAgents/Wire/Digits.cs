namespace ImsSipFast.LoadGen.Wire;

/// <summary>Numbers as text, both ways, without objects.</summary>
internal static class Digits
{
    /// <summary>Writes a number; returns the octets written.</summary>
    public static int Write(Span<byte> to, uint value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, to, out var written);
        return written;
    }

    /// <summary>Writes a number over the whole of <paramref name="to"/>, with leading zeros.</summary>
    public static void WritePadded(Span<byte> to, int value)
    {
        for (var i = to.Length - 1; i >= 0; i--)
        {
            (value, var digit) = Math.DivRem(value, 10);
            to[i] = (byte)('0' + digit);
        }
    }

    /// <summary>False when there is anything but digits, nothing, or more than 32 bits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length is 0 or > 10)
        {
            return false;
        }

        ulong sum = 0;
        foreach (var octet in text)
        {
            var digit = (uint)(octet - '0');
            if (digit > 9)
            {
                return false;
            }

            sum = (sum * 10) + digit;
        }

        value = (uint)sum;
        return sum <= uint.MaxValue;
    }

    /// <summary>Writes 16 hexadecimal digits.</summary>
    public static void WriteHex(Span<byte> to, ulong value)
    {
        for (var i = 15; i >= 0; i--)
        {
            to[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
    }

    /// <summary>Reads 16 hexadecimal digits of lower case.</summary>
    public static bool TryReadHex(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var octet in text)
        {
            var digit = octet is >= (byte)'0' and <= (byte)'9' ? octet - '0'
                : octet is >= (byte)'a' and <= (byte)'f' ? octet - 'a' + 10 : -1;
            if (digit < 0)
            {
                return false;
            }

            value = (value << 4) | (uint)digit;
        }

        return true;
    }
}
