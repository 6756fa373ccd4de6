using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// The two requests that a proxy makes itself for one hop, out of the request as it was sent to that hop.
/// <code>
/// ACK    (RFC 3261 §17.1.1.3): Request-URI, one Via, From, Call-ID and Route of the INVITE; To of the response
/// CANCEL (RFC 3261 §9.1):      Request-URI, one Via, From, To, Call-ID and Route of the request
/// both:                        same CSeq number, own method, no Require or Proxy-Require, no body
/// </code>
/// </summary>
internal static class HopRequestWriter
{
    /// <summary>The ACK for a 3xx–6xx.</summary>
    public static void WriteAck(ref SipWriter writer, SipMessage sent, SipMessage response)
    {
        var to = response.Headers.FirstOf(HeaderName.To);
        Write(ref writer, sent, "ACK"u8, response[response.Headers[to].Line], edits: null);
    }

    /// <summary>The CANCEL of a request that has had a provisional response, with the lines that edits add; null for none.</summary>
    public static void WriteCancel(ref SipWriter writer, SipMessage sent, HeaderEdits? edits)
    {
        var to = sent.Headers.FirstOf(HeaderName.To);
        Write(ref writer, sent, "CANCEL"u8, sent[sent.Headers[to].Line], edits);
    }

    private static void Write(ref SipWriter writer, SipMessage sent, ReadOnlySpan<byte> method, ReadOnlySpan<byte> toLine, HeaderEdits? edits)
    {
        writer.Write(method);
        writer.Write((byte)' ');
        writer.Write(sent[sent.RequestUri]);
        writer.Write(" SIP/2.0\r\n"u8);
        writer.WriteHeader("Via"u8, sent[sent.TopVia.Value]);
        writer.Write("Max-Forwards: 70\r\n"u8);
        for (var i = 0; i < sent.Headers.Count; i++)
        {
            var header = sent.Headers[i];
            switch (header.Name)
            {
                case HeaderName.Route:
                case HeaderName.From or HeaderName.CallId when i == sent.Headers.FirstOf(header.Name):
                    writer.Write(sent[header.Line]);
                    break;
                case HeaderName.To when i == sent.Headers.FirstOf(HeaderName.To):
                    writer.Write(toLine);
                    break;
                default:
                    break;
            }
        }

        writer.Write("CSeq: "u8);
        writer.Write(sent.CSeq.Number);
        writer.Write((byte)' ');
        writer.Write(method);
        writer.Write("\r\n"u8);
        edits?.WriteLines(ref writer);
        writer.Write("Content-Length: 0\r\n\r\n"u8);
    }
}
