using System.Buffers.Binary;
using System.Buffers.Text;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// IPv6 text to octets without an object (RFC 4291 §2.2): every URI and Via of an IPv6 peer holds one.
/// <code>
/// address = 8 groups of 1*4HEXDIG with ":" between; one run of zero groups may be "::"; the last two may be an IPv4 address
/// </code>
/// </summary>
internal static class Ipv6Text
{
    private const int Groups = 8;

    /// <summary>Parses text without brackets and zone into 16 octets; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> octets)
    {
        var group = 0;
        var gap = -1;
        var at = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            at = AfterGap(text, 0);
        }

        while (at < text.Length)
        {
            if (group <= Groups - 2 && !text[at..].Contains((byte)':') && PeerAddress.TryParseV4(text[at..], out var v4))
            {
                BinaryPrimitives.WriteUInt32BigEndian(octets[(2 * group)..], v4);
                group += 2;
                break;
            }

            if (group == Groups || !TryReadGroup(text, ref at, octets[(2 * group)..]))
            {
                return false;
            }

            group++;
            if (at == text.Length)
            {
                break;
            }

            if (text[at..].StartsWith("::"u8) && gap < 0)
            {
                gap = group;
                at = AfterGap(text, at);
            }
            else if (text[at++] != ':' || at == text.Length)
            {
                return false;
            }
        }

        return gap < 0 ? group == Groups : group < Groups && OpenGap(octets, gap, group);
    }

    /// <summary>RFC 5118 §4.10: the grammar of RFC 3261 let in a third colon before an IPv4 address; it is taken as two.</summary>
    private static int AfterGap(ReadOnlySpan<byte> text, int at) => text[at..].StartsWith(":::"u8) && at + 3 < text.Length ? at + 3 : at + 2;

    private static bool TryReadGroup(ReadOnlySpan<byte> text, ref int at, Span<byte> octets)
    {
        var rest = text.Slice(at, Math.Min(5, text.Length - at));
        if (!Utf8Parser.TryParse(rest, out ushort value, out var digits, 'x') || digits > 4)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        at += digits;
        return true;
    }

    /// <summary>Moves the groups after the gap to the end and fills the gap with zeros.</summary>
    private static bool OpenGap(Span<byte> octets, int gap, int groups)
    {
        var after = octets[(2 * gap)..(2 * groups)];
        after.CopyTo(octets[(16 - after.Length)..]);
        octets[(2 * gap)..(16 - after.Length)].Clear();
        return true;
    }
}
