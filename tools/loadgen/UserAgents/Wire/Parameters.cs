using System.Text;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>Parameters behind semicolons, and where they begin.</summary>
internal static class Parameters
{
    /// <summary>What follows the URI of a From, To, Contact or Route value: its header parameters.</summary>
    public static Slice OfAddress(ReadOnlySpan<byte> bytes, Slice address)
    {
        var uri = UriOf(bytes, address);
        var start = uri.End < address.End && bytes[uri.End] == '>' ? uri.End + 1 : uri.End;
        return new(start, address.End - start);
    }

    /// <summary>The URI of a From, To, Contact or Route value (RFC 3261 §20.10): without brackets, it ends at the first semicolon.</summary>
    public static Slice UriOf(ReadOnlySpan<byte> bytes, Slice address)
    {
        var text = address.Of(bytes);
        var from = 0;
        if (!text.IsEmpty && text[0] == '"')
        {
            from = EndOfQuoted(text, 0);
        }

        var open = text[from..].IndexOf((byte)'<');
        if (open >= 0)
        {
            open += from + 1;
            var close = text[open..].IndexOf((byte)'>');
            return new(address.Start + open, close < 0 ? text.Length - open : close);
        }

        var semicolon = text.IndexOf((byte)';');
        return new(address.Start, semicolon < 0 ? text.Length : semicolon);
    }

    /// <summary>The value of a parameter; empty when it is not there. The parameters begin anywhere before a semicolon.</summary>
    public static Slice Find(ReadOnlySpan<byte> bytes, Slice parameters, ReadOnlySpan<byte> name) =>
        TryFind(bytes, parameters, name, out var value) ? value : default;

    /// <summary>The same for a parameter that may be there without a value: the value is then empty, at its end.</summary>
    public static bool TryFind(ReadOnlySpan<byte> bytes, Slice parameters, ReadOnlySpan<byte> name, out Slice value)
    {
        var text = parameters.Of(bytes);
        var position = 0;
        while (true)
        {
            var next = text[position..].IndexOf((byte)';');
            if (next < 0)
            {
                value = default;
                return false;
            }

            position += next + 1;
            var end = EndOfParameter(text, position);
            var one = text[position..end];
            var equals = one.IndexOf((byte)'=');
            var key = (equals < 0 ? one : one[..equals]).Trim(" \t\r\n"u8);
            if (key.Length == name.Length && Ascii.EqualsIgnoreCase(key, name))
            {
                var start = equals < 0 ? end : position + equals + 1;
                value = Lines.Trim(bytes, new(parameters.Start + start, end - start));
                return true;
            }

            position = end;
        }
    }

    private static int EndOfParameter(ReadOnlySpan<byte> text, int start)
    {
        var semicolon = text[start..].IndexOf((byte)';');
        var end = semicolon < 0 ? text.Length : start + semicolon;
        var quote = text[start..end].IndexOf((byte)'"');
        if (quote < 0)
        {
            return end;
        }

        var closed = EndOfQuoted(text, start + quote);
        var after = text[closed..].IndexOf((byte)';');
        return after < 0 ? text.Length : closed + after;
    }

    /// <summary>Behind the quote that closes the one at <paramref name="open"/>.</summary>
    private static int EndOfQuoted(ReadOnlySpan<byte> text, int open)
    {
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }

        return text.Length;
    }
}
