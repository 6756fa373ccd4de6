using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// A response of our own (RFC 3261 §8.2.6).
/// <code>
/// Status-Line *Via From To Call-ID CSeq [Timestamp] *extra Content-Length: 0 CRLF CRLF
/// </code>
/// Between <see cref="Begin"/> and <see cref="End"/> the caller may write further header fields.
/// </summary>
internal static class ResponseWriter
{
    /// <summary>
    /// Writes the status line and the header fields that every response copies: all Via values in order, From, To,
    /// Call-ID and CSeq. <paramref name="toTag"/> is added to To when the request had none (RFC 3261 §8.2.6.2);
    /// empty for a 100.
    /// </summary>
    public static void Begin(
        ref SipWriter writer, SipMessage request, int statusCode, scoped ReadOnlySpan<byte> reason, scoped ReadOnlySpan<byte> toTag, in PeerAddress source)
    {
        writer.Write("SIP/2.0 "u8);
        writer.Write(statusCode);
        writer.Write((byte)' ');
        writer.Write(reason);
        writer.Write("\r\n"u8);

        var topVia = request.HasVia ? request.Headers.FirstOf(HeaderName.Via) : -1;
        for (var i = 0; i < request.Headers.Count; i++)
        {
            var header = request.Headers[i];
            switch (header.Name)
            {
                case HeaderName.Via when i == topVia:
                    TopViaWriter.WriteLine(ref writer, request, header.Line, source);
                    break;
                case HeaderName.To when request.ToTag.IsEmpty && !toTag.IsEmpty && i == request.Headers.FirstOf(HeaderName.To):
                    WriteTo(ref writer, request, header, toTag);
                    break;
                // What may stand once and was repeated with the same value is one value.
                case HeaderName.From or HeaderName.To or HeaderName.CallId or HeaderName.CSeq when i != request.Headers.FirstOf(header.Name):
                    break;
                case HeaderName.Via or HeaderName.From or HeaderName.To or HeaderName.CallId or HeaderName.CSeq:
                // RFC 3261 §8.2.6.1: a Timestamp goes back in the 100.
                case HeaderName.Timestamp when statusCode == 100:
                    writer.Write(request[header.Line]);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Ends the header fields of a response without a body.</summary>
    public static void End(ref SipWriter writer) => writer.Write("Content-Length: 0\r\n\r\n"u8);

    private static void WriteTo(ref SipWriter writer, SipMessage request, HeaderLine header, scoped ReadOnlySpan<byte> toTag)
    {
        writer.Write(request.Bytes[header.Line.Start..header.Value.End]);
        writer.Write(";tag="u8);
        writer.Write(toTag);
        writer.Write("\r\n"u8);
    }
}
