using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// A response on its way upstream (RFC 3261 §16.7 steps 3, 7 and 9): our Via is taken off the top and nothing else
/// is touched, unless the challenges of several branches are merged into it.
/// </summary>
internal static class ForwardedResponseWriter
{
    /// <summary>
    /// Writes the message without its top Via. <paramref name="challenges"/>, when not empty, are complete header
    /// lines that take the place of the message's own WWW-Authenticate and Proxy-Authenticate (step 7).
    /// </summary>
    public static void Write(ref SipWriter writer, SipMessage response, ReadOnlySpan<byte> challenges)
    {
        // The version is case-insensitive when read and upper case when written (RFC 3261 §7.1).
        writer.Write("SIP/2.0 "u8);
        writer.Write(response[response.StatusAndReason]);
        writer.Write("\r\n"u8);

        // One walk in the order of the message: RFC 3261 §7.3.1 lets a challenge stand above the Vias as well as below.
        var bytes = response.Bytes;
        var headers = response.Headers;
        var copied = response.HeadersStart;
        var topVia = headers.FirstOf(HeaderName.Via);
        var written = false;
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            if (i == topVia)
            {
                WriteWithoutTopVia(ref writer, response, header, ref copied);
                if (challenges.IsEmpty)
                {
                    break;
                }
            }
            else if (!challenges.IsEmpty && header.Name is (HeaderName.WwwAuthenticate or HeaderName.ProxyAuthenticate))
            {
                writer.Write(bytes[copied..header.Line.Start]);
                copied = header.Line.End;
                writer.Write(written ? default : challenges);
                written = true;
            }
        }

        writer.Write(bytes[copied..]);
    }

    private static void WriteWithoutTopVia(ref SipWriter writer, SipMessage response, HeaderLine line, ref int copied)
    {
        var bytes = response.Bytes;
        writer.Write(bytes[copied..line.Line.Start]);
        copied = line.Line.End;

        // Other values on the same line stay, from the next one on: an empty element of a list is none.
        var values = response.Values(HeaderName.Via);
        if (values.Next() && values.Next() && values.CurrentLine == response.Headers.FirstOf(HeaderName.Via))
        {
            writer.WriteHeader("Via"u8, bytes[values.CurrentSlice.Start..line.Value.End]);
        }
    }
}
