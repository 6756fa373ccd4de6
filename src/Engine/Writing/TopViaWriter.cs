using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// Copies header bytes of a request while noting in its top Via where it really came from.
/// <code>
/// via-received = "received" EQUAL address     ; RFC 3261 §18.2.1
/// response-port = "rport" [ EQUAL 1*DIGIT ]   ; RFC 3581 §3
/// </code>
/// </summary>
internal static class TopViaWriter
{
    /// <summary>
    /// Writes the octets of the header field <paramref name="line"/> that holds the top Via, with received and rport
    /// set right. What is not to be changed is copied byte for byte.
    /// </summary>
    public static void WriteLine(ref SipWriter writer, SipMessage request, Slice line, in PeerAddress source)
    {
        ref readonly var via = ref request.TopVia;
        var bytes = request.Bytes;
        if (!NeedsReceived(request, source) && via.ReceivedParameter.IsEmpty)
        {
            writer.Write(line.Of(bytes));
            return;
        }

        // Old values go first: a received that the sender wrote itself would be believed by the next hop.
        var at = (int)line.Start;
        at = CopyUpTo(ref writer, bytes, at, via.SentByEnd);
        var (one, other) = via.ReceivedParameter.Start < via.RportParameter.Start
            ? (via.ReceivedParameter, via.RportParameter)
            : (via.RportParameter, via.ReceivedParameter);
        at = CopyWithout(ref writer, bytes, at, one);
        at = CopyWithout(ref writer, bytes, at, other);
        at = CopyUpTo(ref writer, bytes, at, via.Value.End);
        WriteParameters(ref writer, request, source);
        CopyUpTo(ref writer, bytes, at, line.End);
    }

    /// <summary>
    /// RFC 3261 §18.2.1: received is added when sent-by is a name or another address than the source;
    /// RFC 3581 §4: and always together with rport.
    /// </summary>
    public static bool NeedsReceived(SipMessage request, in PeerAddress source)
    {
        ref readonly var via = ref request.TopVia;
        return via.HasRport || !PeerAddress.TryParseHost(request[via.Host], source.Port, out var sentBy) || !sentBy.SameHost(source);
    }

    private static void WriteParameters(ref SipWriter writer, SipMessage request, in PeerAddress source)
    {
        if (!NeedsReceived(request, source))
        {
            return;
        }

        writer.Write(";received="u8);
        writer.WriteHost(source, bracketed: false);
        if (request.TopVia.HasRport)
        {
            writer.Write(";rport="u8);
            writer.Write(source.Port);
        }
    }

    private static int CopyWithout(ref SipWriter writer, ReadOnlySpan<byte> bytes, int at, Slice parameter)
    {
        if (parameter.IsEmpty)
        {
            return at;
        }

        var end = bytes[..parameter.Start].LastIndexOf((byte)';');
        CopyUpTo(ref writer, bytes, at, end);
        return parameter.End;
    }

    private static int CopyUpTo(ref SipWriter writer, ReadOnlySpan<byte> bytes, int at, int end)
    {
        if (end > at)
        {
            writer.Write(bytes[at..end]);
        }

        return Math.Max(at, end);
    }
}
