using System.Text;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Finds in a raw datagram what decides which shard it goes to, and looks at nothing else: the Call-ID, or for a
/// REGISTER and its responses the To. It reads until it has that, checks no grammar, and stops at a line that a
/// quoted datagram cut off.
/// </summary>
internal ref struct CallIdScanner
{
    /// <summary>The Call-ID; empty when there is none, or the message is about a REGISTER.</summary>
    public ReadOnlySpan<byte> CallId;

    /// <summary>The value of To, sought only for a REGISTER and its responses; empty when there is none.</summary>
    public ReadOnlySpan<byte> To;

    /// <summary>True for a REGISTER and its responses.</summary>
    public bool IsRegister;

    /// <summary>False when nothing was found to go by.</summary>
    public static bool TryScan(ReadOnlySpan<byte> datagram, out CallIdScanner found)
    {
        found = default;

        // RFC 3261 §7.5: CRLFs before the start line are ignored.
        while (datagram.StartsWith("\r\n"u8))
        {
            datagram = datagram[2..];
        }

        // A request says its method first; of a response only CSeq knows it.
        var isResponse = datagram.Length > 4 && Ascii.EqualsIgnoreCase(datagram[..4], "SIP/"u8);
        found.IsRegister = datagram.StartsWith("REGISTER "u8);
        var knowsMethod = !isResponse;
        var at = NextLine(datagram, 0);
        while (at >= 0 && at < datagram.Length && datagram[at] != '\r')
        {
            var start = at;
            at = NextField(datagram, at);
            if (at < 0)
            {
                break;
            }

            if ((datagram[start] | 0x20) is not ('c' or 'i' or 't'))
            {
                continue;
            }

            found.Take(datagram[start..at], ref knowsMethod);
            if (knowsMethod && !(found.IsRegister ? found.To : found.CallId).IsEmpty)
            {
                break;
            }
        }

        found.CallId = found.IsRegister || !knowsMethod ? default : found.CallId;
        return knowsMethod && !(found.IsRegister ? found.To : found.CallId).IsEmpty;
    }

    private void Take(ReadOnlySpan<byte> field, ref bool knowsMethod)
    {
        var colon = field.IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        var value = Scan.Trim(field[(colon + 1)..]);
        switch (HeaderNames.Recognise(field[..colon].TrimEnd(" \t"u8)))
        {
            // Of a header that stands twice the first counts, here as in the parser.
            case HeaderName.CallId when CallId.IsEmpty:
                CallId = value;
                break;
            case HeaderName.To when To.IsEmpty:
                To = value;
                break;
            case HeaderName.CSeq when !knowsMethod:
                knowsMethod = true;
                IsRegister = value.EndsWith("REGISTER"u8) && value.Length > 8 && Scan.IsLws(value[^9]);
                break;
        }
    }

    /// <summary>The start of the next header field: the next line that is not a fold (RFC 3261 §7.3.1); -1 when the datagram ends first.</summary>
    private static int NextField(ReadOnlySpan<byte> datagram, int at)
    {
        do
        {
            at = NextLine(datagram, at);
        }
        while (at >= 0 && at < datagram.Length && datagram[at] is (byte)' ' or (byte)'\t');
        return at;
    }

    private static int NextLine(ReadOnlySpan<byte> datagram, int at)
    {
        var end = datagram[at..].IndexOf("\r\n"u8);
        Steps.Block(end < 0 ? datagram.Length - at : end);
        return end < 0 ? -1 : at + end + 2;
    }
}
