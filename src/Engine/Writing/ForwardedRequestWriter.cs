using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// What a forwarded request changes; everything that is not named here leaves byte for byte as it came. The fields are
/// what every request changes on its way (RFC 3261 §16.6), Max-Forwards and Max-Breadth among them, which are numbers that
/// change where they stand; what depends on who forwards it is in the list.
/// </summary>
internal ref struct RequestEdits
{
    /// <summary>The header fields that are added, removed and replaced; null for none.</summary>
    public HeaderEdits? Headers;

    /// <summary>The Request-URI to write (RFC 3261 §16.6 step 2).</summary>
    public ReadOnlySpan<byte> RequestUri;

    /// <summary>Max-Forwards to write (step 3).</summary>
    public int MaxForwards;

    /// <summary>Max-Breadth to write (RFC 5393 §5.3.3), or -1 to leave it as it is.</summary>
    public int MaxBreadth;

    /// <summary>How many Route values are taken off the top.</summary>
    public int RoutesRemoved;

    /// <summary>True when the last Route value is taken off too: it has become the Request-URI (§16.4).</summary>
    public bool LastRouteRemoved;

    /// <summary>Transport of our Via: that of the next hop (step 8).</summary>
    public Transport Transport;

    /// <summary>host:port of our Via (step 8).</summary>
    public ReadOnlySpan<byte> SentBy;

    /// <summary>Branch of our Via, cookie included (step 8).</summary>
    public ReadOnlySpan<byte> Branch;

    /// <summary>Where the request came from: noted in the Via below ours.</summary>
    public PeerAddress Source;

    /// <summary>True when Route values are taken off.</summary>
    public readonly bool RemovesRoutes => RoutesRemoved > 0 || LastRouteRemoved;
}

/// <summary>
/// The request as it goes to the next hop (RFC 3261 §16.6), in one pass over the header fields.
/// <code>
/// Method SP Request-URI SP SIP/2.0 CRLF
/// …
/// Via: SIP/2.0/transport sent-by;branch=… CRLF     ; ours, right above the first Via
/// *edited-line [ Max-Forwards: … CRLF ] [ Max-Breadth: … CRLF ]     ; what the request did not have
/// …                                           ; all others in their order
/// </code>
/// </summary>
internal static class ForwardedRequestWriter
{
    /// <summary>Writes the whole message; check <see cref="SipWriter.Overflowed"/> afterwards.</summary>
    public static void Write(ref SipWriter writer, SipMessage request, scoped in RequestEdits edits)
    {
        writer.Write(request[request.MethodToken]);
        writer.Write((byte)' ');
        writer.Write(edits.RequestUri);
        writer.Write(" SIP/2.0\r\n"u8);

        var headers = request.Headers;
        var topVia = headers.FirstOf(HeaderName.Via);
        var routes = new RoutesLeft(request, edits);
        var changed = (edits.Headers?.Names ?? 0) | OwnNames(edits);
        var pass = new EditedHeaderWriter(request, edits.Headers);
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            if (i == topVia)
            {
                pass.CopyUpTo(ref writer, header);
                WriteOwnVia(ref writer, edits);
                pass.WriteMissing(ref writer);
                WriteMissingNumbers(ref writer, request, edits);
            }
            else if (((changed >> (int)header.Name) & 1) == 0)
            {
                continue;
            }

            if (pass.Enter(ref writer, i))
            {
                WriteField(ref writer, request, i, edits, ref routes);
            }

            pass.Leave(ref writer, i);
        }

        pass.Finish(ref writer);
    }

    /// <summary>A bit for each name that is changed here, beside the top Via.</summary>
    private static ulong OwnNames(scoped in RequestEdits edits) =>
        (1UL << (int)HeaderName.MaxForwards)
        | (edits.RemovesRoutes ? 1UL << (int)HeaderName.Route : 0)
        | (edits.MaxBreadth >= 0 ? 1UL << (int)HeaderName.MaxBreadth : 0);

    private static void WriteOwnVia(ref SipWriter writer, scoped in RequestEdits edits)
    {
        writer.Write("Via: SIP/2.0/"u8);
        writer.Write(edits.Transport.ViaToken());
        writer.Write((byte)' ');
        writer.Write(edits.SentBy);
        writer.Write(";branch="u8);
        writer.Write(edits.Branch);
        writer.Write("\r\n"u8);
    }

    /// <summary>What the request did not have goes below our Via; what it had is changed where it stands.</summary>
    private static void WriteMissingNumbers(ref SipWriter writer, SipMessage request, scoped in RequestEdits edits)
    {
        if (!request.Has(HeaderName.MaxForwards))
        {
            writer.WriteHeader("Max-Forwards"u8, edits.MaxForwards);
        }

        if (edits.MaxBreadth >= 0 && !request.Has(HeaderName.MaxBreadth))
        {
            writer.WriteHeader("Max-Breadth"u8, edits.MaxBreadth);
        }
    }

    /// <summary>Writes a field that stays.</summary>
    private static void WriteField(ref SipWriter writer, SipMessage request, int index, scoped in RequestEdits edits, scoped ref RoutesLeft routes)
    {
        var header = request.Headers[index];
        var isFirst = index == request.Headers.FirstOf(header.Name);
        switch (header.Name)
        {
            case HeaderName.Via when isFirst:
                TopViaWriter.WriteLine(ref writer, request, header.Line, edits.Source);
                break;
            case HeaderName.Route when edits.RemovesRoutes:
                routes.Write(ref writer, request, index);
                break;
            case HeaderName.MaxForwards when !isFirst:
                // Repeated with the same value it is one.
                break;
            case HeaderName.MaxForwards:
                WriteNumber(ref writer, request, header, edits.MaxForwards);
                break;
            case HeaderName.MaxBreadth when edits.MaxBreadth >= 0:
                WriteNumber(ref writer, request, header, edits.MaxBreadth);
                break;
            default:
                writer.Write(request[header.Line]);
                break;
        }
    }

    private static void WriteNumber(ref SipWriter writer, SipMessage request, in HeaderLine header, int number)
    {
        var bytes = request.Bytes;
        writer.Write(bytes[header.Line.Start..header.Value.Start]);
        writer.Write(number);
        writer.Write(bytes[header.Value.End..header.Line.End]);
    }
}
