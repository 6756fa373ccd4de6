namespace ImsSipFast.LoadGen.Wire;

/// <summary>Header lines, unfolded in place.</summary>
internal static class Lines
{
    /// <summary>The next line without its end, with those that continue it (RFC 3261 §7.3.1); a bare LF is an end too.</summary>
    public static bool TryNext(ReadOnlySpan<byte> bytes, ref int position, out Slice line)
    {
        var start = position;
        while (true)
        {
            var length = bytes[position..].IndexOf((byte)'\n');
            if (length < 0)
            {
                line = default;
                return false;
            }

            var end = position + length;
            position = end + 1;
            if (end > start && bytes[end - 1] == '\r')
            {
                end--;
            }

            // An empty line is never continued: what follows it is the body.
            if (end == start || position == bytes.Length || bytes[position] is not ((byte)' ' or (byte)'\t'))
            {
                line = new(start, end - start);
                return true;
            }
        }
    }

    /// <summary>Without the white space around it.</summary>
    public static Slice Trim(ReadOnlySpan<byte> bytes, Slice slice)
    {
        var (start, end) = (slice.Start, slice.End);
        while (start < end && IsSpace(bytes[start]))
        {
            start++;
        }

        while (end > start && IsSpace(bytes[end - 1]))
        {
            end--;
        }

        return new(start, end - start);
    }

    public static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
