using System.Globalization;
using System.Text;

namespace ImsSipFast.Host.Log;

/// <summary>
/// Text from the network or a user, made safe to print: no octet of a packet may move the cursor, colour the
/// screen, ring the bell, turn the writing direction or start a line of its own.
/// </summary>
internal static class SafeText
{
    /// <summary>The octets as UTF-8 where they are; everything else and all that is not to be seen is escaped.</summary>
    public static string Of(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length);
        while (!octets.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                Append(text, rune);
            }
            else
            {
                foreach (var octet in octets[..length])
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"\\x{octet:X2}");
                }
            }

            octets = octets[length..];
        }

        return text.ToString();
    }

    /// <summary>The same for text that is decoded already.</summary>
    public static string Of(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Append(safe, rune);
        }

        return safe.ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        _ = rune.Value switch
        {
            '\r' => text.Append("\\r"),
            '\n' => text.Append("\\n"),
            '\t' => text.Append("\\t"),
            < 0x20 or 0x7F => text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
            < 0x7F => text.Append((char)rune.Value),
            _ when IsShown(rune) => text.Append(rune.ToString()),
            _ => text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}"),
        };
    }

    // Format characters include the bidirectional overrides, which can make a line read as another one.
    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
