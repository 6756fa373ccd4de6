using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// A response on its way upstream (RFC 3261 §16.7 steps 3, 8 and 9): our Via is taken off the top and nothing else is
/// touched but by edits.
/// </summary>
internal static class ForwardedResponseWriter
{
    /// <summary>Writes the message without its top Via; <paramref name="edits"/> are null for none.</summary>
    public static void Write(ref SipWriter writer, SipMessage response, HeaderEdits? edits)
    {
        // The version is case-insensitive when read and upper case when written (RFC 3261 §7.1).
        writer.Write("SIP/2.0 "u8);
        writer.Write(response[response.StatusAndReason]);
        writer.Write("\r\n"u8);

        // One walk in the order of the message: RFC 3261 §7.3.1 lets any field stand above the Vias as well as below.
        var headers = response.Headers;
        var topVia = headers.FirstOf(HeaderName.Via);
        var changed = edits?.Names ?? 0;
        var end = changed == 0 ? topVia + 1 : headers.Count;
        var pass = new EditedHeaderWriter(response, edits);
        for (var i = 0; i < end; i++)
        {
            var header = headers[i];
            if (i == topVia)
            {
                pass.CopyUpTo(ref writer, header);
                pass.WriteMissing(ref writer);
            }
            else if (((changed >> (int)header.Name) & 1) == 0)
            {
                continue;
            }

            if (pass.Enter(ref writer, i))
            {
                WriteField(ref writer, response, header, isTopVia: i == topVia);
            }

            pass.Leave(ref writer, i);
        }

        pass.Finish(ref writer);
    }

    private static void WriteField(ref SipWriter writer, SipMessage response, in HeaderLine header, bool isTopVia)
    {
        if (!isTopVia)
        {
            writer.Write(response[header.Line]);
            return;
        }

        // Other values on the same line stay, from the next one on: an empty element of a list is none.
        var values = response.Values(HeaderName.Via);
        if (values.Next() && values.Next() && values.CurrentLine == response.Headers.FirstOf(HeaderName.Via))
        {
            writer.WriteHeader("Via"u8, response.Bytes[values.CurrentSlice.Start..header.Value.End]);
        }
    }
}
