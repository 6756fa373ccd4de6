namespace ImsSipFast.Engine.Parsing;

/// <summary>The <c>"%" HEXDIG HEXDIG</c> escapes of a URI (RFC 3261 §25.1, RFC 2396 §2.4.1).</summary>
internal static class Escape
{
    /// <summary>The octet that the escape at <paramref name="at"/> stands for; false when it is no escape.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int at, out byte octet)
    {
        octet = 0;
        if (text.Length - at < 3 || text[at] != '%')
        {
            return false;
        }

        var high = HexDigit(text[at + 1]);
        var low = HexDigit(text[at + 2]);
        octet = (byte)((high << 4) | low);
        return (high | low) >= 0;
    }

    private static int HexDigit(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        _ => -1,
    };
}
