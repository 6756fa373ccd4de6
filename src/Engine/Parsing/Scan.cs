using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// The lexical rules of RFC 3261 §25.1 that every value parser shares: tokens, linear white space, quoted
/// strings, and finding a separator outside quotes and angle brackets.
/// </summary>
internal static class Scan
{
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    private static readonly SearchValues<byte> s_displayName = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~ \t\r\n"u8, .. Enumerable.Range(0x80, 0x80).Select(static octet => (byte)octet)]);

    private static readonly SearchValues<byte> s_listSeparators = SearchValues.Create(",\"<"u8);

    /// <summary>SP, HTAB, and the CR and LF of a fold: linear white space inside a value.</summary>
    public static bool IsLws(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>True when the span is one <c>token</c> of the grammar, not empty.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    /// <summary>True for an unquoted display-name (RFC 3261 §25.1): tokens and white space, maybe none; octets of UTF-8 are let through.</summary>
    public static bool IsDisplayName(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(s_displayName);

    /// <summary>Index of the first colon, or -1: where a header field's name ends, which is soon.</summary>
    public static int Colon(ReadOnlySpan<byte> line)
    {
        if (line.Length >= Vector128<byte>.Count)
        {
            var colons = Vector128.Equals(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(line)), Vector128.Create((byte)':')).ExtractMostSignificantBits();
            if (colons != 0)
            {
                return BitOperations.TrailingZeroCount(colons);
            }
        }

        return line.IndexOf((byte)':');
    }

    /// <summary>The span without linear white space at either end.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsLws(text[start]))
        {
            start++;
        }

        while (end > start && IsLws(text[end - 1]))
        {
            end--;
        }

        Steps.Walk(text.Length - (end - start));
        return text[start..end];
    }

    /// <summary>Index of the first octet at or after <paramref name="at"/> that is not linear white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipLws(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && IsLws(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Length of the token at <paramref name="at"/>, 0 when there is none.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        var end = rest.IndexOfAnyExcept(s_token);
        return end < 0 ? rest.Length : end;
    }

    /// <summary>
    /// Index after the closing quote of the quoted string that opens at <paramref name="at"/>, or -1 when it never
    /// closes. RFC 3261 §25.1: a backslash takes the next octet with it.
    /// </summary>
    public static int SkipQuoted(ReadOnlySpan<byte> text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                Steps.Walk(i - at);
                return i + 1;
            }
        }

        Steps.Walk(text.Length - at);
        return -1;
    }

    /// <summary>
    /// Index of the comma that ends the list element at <paramref name="at"/>, or the length when it is the last.
    /// Commas in quoted strings and in &lt;&gt; separate nothing (RFC 3261 §7.3.1, §20.10).
    /// </summary>
    public static int EndOfListElement(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            var found = text[at..].IndexOfAny(s_listSeparators);
            Steps.Block(found < 0 ? text.Length - at : found);
            if (found < 0)
            {
                return text.Length;
            }

            at += found;
            if (text[at] == ',')
            {
                return at;
            }

            var closed = text[at] == '"' ? SkipQuoted(text, at) : text[at..].IndexOf((byte)'>') + at + 1;
            Steps.Block(closed <= at ? text.Length - at : closed - at);
            if (closed <= at)
            {
                return text.Length;
            }

            at = closed;
        }

        return text.Length;
    }

    /// <summary>Sixteen hexadecimal digits, in either case, as a number; false for anything else.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out ulong value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        var valid = text.Length == 2 * sizeof(ulong) && Convert.FromHexString(text, octets, out _, out _) == OperationStatus.Done;
        value = valid ? BinaryPrimitives.ReadUInt64BigEndian(octets) : 0;
        return valid;
    }

    /// <summary>A whole span of decimal digits as a number up to 2^32 − 1; false for anything else.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length is 0 or > 9)
        {
            return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && (uint)(text[0] - '0') <= 9;
        }

        // Nine digits cannot overflow.
        foreach (var octet in text)
        {
            var digit = (uint)(octet - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }

    /// <summary>
    /// A delta-seconds that may exceed 2^32 − 1: RFC 3261 §20.19 lets a malformed or overlong Expires count as a
    /// default, so digits beyond the range saturate. False when it is not all digits.
    /// </summary>
    public static bool TrySeconds(ReadOnlySpan<byte> text, out uint seconds)
    {
        if (TryNumber(text, out seconds))
        {
            return true;
        }

        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        seconds = uint.MaxValue;
        return true;
    }

    /// <summary>
    /// A qvalue as thousandths (RFC 3261 §25.1: 0 to 1 with up to three decimals); false for anything else.
    /// </summary>
    public static bool TryQValue(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        if (text.IsEmpty || text.Length > 5 || text[0] is not ((byte)'0' or (byte)'1') || (text.Length > 1 && text[1] != '.'))
        {
            return false;
        }

        thousandths = (text[0] - '0') * 1000;
        var scale = 100;
        for (var i = 2; i < text.Length; i++, scale /= 10)
        {
            if ((uint)(text[i] - '0') > 9)
            {
                return false;
            }

            thousandths += (text[i] - '0') * scale;
        }

        return thousandths <= 1000;
    }
}
