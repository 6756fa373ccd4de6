namespace ImsSipFast.LoadGen.Wire;

/// <summary>Values that share a header, with commas between them (RFC 3261 §7.3.1).</summary>
internal static class CommaList
{
    /// <summary>The first value.</summary>
    public static Slice First(ReadOnlySpan<byte> bytes, Slice values)
    {
        var rest = values;
        return TryNext(bytes, ref rest, out var first) ? first : default;
    }

    /// <summary>Takes the next value from the front of <paramref name="rest"/>.</summary>
    public static bool TryNext(ReadOnlySpan<byte> bytes, ref Slice rest, out Slice value)
    {
        if (rest.IsEmpty)
        {
            value = default;
            return false;
        }

        var text = rest.Of(bytes);
        var comma = End(text);
        value = Lines.Trim(bytes, new(rest.Start, comma));
        rest = comma == text.Length ? default : new(rest.Start + comma + 1, text.Length - comma - 1);
        return true;
    }

    /// <summary>Where the first comma is that separates values: none inside quotes or angle brackets does.</summary>
    private static int End(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)',') < 0)
        {
            return text.Length;
        }

        var (quoted, bracketed) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'\\' when quoted:
                    i++;
                    break;
                case (byte)'"' when !bracketed:
                    quoted = !quoted;
                    break;
                case (byte)'<' when !quoted:
                    bracketed = true;
                    break;
                case (byte)'>' when !quoted:
                    bracketed = false;
                    break;
                case (byte)',' when !quoted && !bracketed:
                    return i;
            }
        }

        return text.Length;
    }
}
