using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>What a forwarded request changes; everything that is not named here leaves byte for byte as it came.</summary>
internal ref struct RequestEdits
{
    /// <summary>The Request-URI to write (RFC 3261 §16.6 step 2).</summary>
    public ReadOnlySpan<byte> RequestUri;

    /// <summary>Max-Forwards to write (step 3).</summary>
    public int MaxForwards;

    /// <summary>Max-Breadth to write (RFC 5393 §5.3.3), or -1 to leave it as it is.</summary>
    public int MaxBreadth;

    /// <summary>Our Record-Route value or values, or empty (step 4).</summary>
    public ReadOnlySpan<byte> RecordRoute;

    /// <summary>How many Route values are taken off the top.</summary>
    public int RoutesRemoved;

    /// <summary>True when the last Route value is taken off too: it has become the Request-URI (§16.4).</summary>
    public bool LastRouteRemoved;

    /// <summary>Route values to put on top, or empty: a binding's Path (RFC 3327 §5.3).</summary>
    public ReadOnlySpan<byte> RoutesAdded;

    /// <summary>The URI that goes to the end of Route when the next hop is a strict router (step 6), or empty.</summary>
    public ReadOnlySpan<byte> RouteAppended;

    /// <summary>Transport of our Via: that of the next hop (step 8).</summary>
    public Transport Transport;

    /// <summary>host:port of our Via (step 8).</summary>
    public ReadOnlySpan<byte> SentBy;

    /// <summary>Branch of our Via, cookie included (step 8).</summary>
    public ReadOnlySpan<byte> Branch;

    /// <summary>Where the request came from: noted in the Via below ours.</summary>
    public PeerAddress Source;

    /// <summary>True when Route is touched at all.</summary>
    public readonly bool ChangesRoute => RoutesRemoved > 0 || LastRouteRemoved || !RoutesAdded.IsEmpty || !RouteAppended.IsEmpty;
}

/// <summary>
/// The request as it goes to the next hop (RFC 3261 §16.6), in one pass over the header fields.
/// <code>
/// Method SP Request-URI SP SIP/2.0 CRLF
/// …
/// Via: SIP/2.0/transport sent-by;branch=… CRLF     ; ours, right above the first Via
/// [ Record-Route: … CRLF ] [ Route: … CRLF ] [ Max-Forwards: … CRLF ] [ Max-Breadth: … CRLF ]
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
        var firstRecordRoute = headers.FirstOf(HeaderName.RecordRoute);
        var routesSeen = 0;
        var routeCount = edits.LastRouteRemoved ? CountRoutes(request) : int.MaxValue;
        var copied = request.HeadersStart;
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            switch (header.Name)
            {
                case HeaderName.Via when i == topVia:
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    WriteOwnHeaders(ref writer, request, edits);
                    TopViaWriter.WriteLine(ref writer, request, header.Line, edits.Source);
                    break;
                case HeaderName.RecordRoute when i == firstRecordRoute && !edits.RecordRoute.IsEmpty:
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    writer.WriteHeader("Record-Route"u8, edits.RecordRoute);
                    writer.Write(request[header.Line]);
                    break;
                case HeaderName.Route when edits.ChangesRoute:
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    WriteRouteLine(ref writer, request, i, edits, routeCount, ref routesSeen);
                    break;
                case HeaderName.MaxForwards when i != headers.FirstOf(HeaderName.MaxForwards):
                    // Repeated with the same value it is one.
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    break;
                case HeaderName.MaxForwards:
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    WriteNumber(ref writer, request, header, edits.MaxForwards);
                    break;
                case HeaderName.MaxBreadth when edits.MaxBreadth >= 0:
                    CopyUpTo(ref writer, request, ref copied, header.Line);
                    WriteNumber(ref writer, request, header, edits.MaxBreadth);
                    break;
                default:
                    break;
            }
        }

        writer.Write(request.Bytes[copied..]);
    }

    /// <summary>Copies what came before the field unchanged, and leaves the field itself to the caller.</summary>
    private static void CopyUpTo(ref SipWriter writer, SipMessage request, ref int copied, Slice line)
    {
        writer.Write(request.Bytes[copied..line.Start]);
        copied = line.End;
    }

    private static void WriteOwnHeaders(ref SipWriter writer, SipMessage request, scoped in RequestEdits edits)
    {
        writer.Write("Via: SIP/2.0/"u8);
        writer.Write(edits.Transport.ViaToken());
        writer.Write((byte)' ');
        writer.Write(edits.SentBy);
        writer.Write(";branch="u8);
        writer.Write(edits.Branch);
        writer.Write("\r\n"u8);

        // What the request did not have goes here; what it had is changed where it stands.
        if (!edits.RecordRoute.IsEmpty && !request.Has(HeaderName.RecordRoute))
        {
            writer.WriteHeader("Record-Route"u8, edits.RecordRoute);
        }

        if (!request.Has(HeaderName.Route))
        {
            WriteAddedRoutes(ref writer, edits);
            WriteAppendedRoute(ref writer, edits);
        }

        if (!request.Has(HeaderName.MaxForwards))
        {
            writer.WriteHeader("Max-Forwards"u8, edits.MaxForwards);
        }

        if (edits.MaxBreadth >= 0 && !request.Has(HeaderName.MaxBreadth))
        {
            writer.WriteHeader("Max-Breadth"u8, edits.MaxBreadth);
        }
    }

    private static void WriteAddedRoutes(ref SipWriter writer, scoped in RequestEdits edits)
    {
        if (!edits.RoutesAdded.IsEmpty)
        {
            writer.WriteHeader("Route"u8, edits.RoutesAdded);
        }
    }

    private static void WriteAppendedRoute(ref SipWriter writer, scoped in RequestEdits edits)
    {
        if (!edits.RouteAppended.IsEmpty)
        {
            writer.Write("Route: <"u8);
            writer.Write(edits.RouteAppended);
            writer.Write(">\r\n"u8);
        }
    }

    private static void WriteRouteLine(
        ref SipWriter writer, SipMessage request, int index, scoped in RequestEdits edits, int routeCount, ref int routesSeen)
    {
        if (index == request.Headers.FirstOf(HeaderName.Route))
        {
            WriteAddedRoutes(ref writer, edits);
        }

        var keptOnLine = 0;
        var values = request.ValuesOf(index);
        while (values.Next())
        {
            var position = routesSeen++;
            if (position < edits.RoutesRemoved || position == routeCount - 1)
            {
                continue;
            }

            writer.Write(keptOnLine++ == 0 ? "Route: "u8 : ", "u8);
            writer.Write(values.Current);
        }

        if (keptOnLine > 0)
        {
            writer.Write("\r\n"u8);
        }

        if (request.Headers.NextOf(index) < 0)
        {
            WriteAppendedRoute(ref writer, edits);
        }
    }

    private static int CountRoutes(SipMessage request)
    {
        var count = 0;
        var values = request.Values(HeaderName.Route);
        while (values.Next())
        {
            count++;
        }

        return count;
    }

    private static void WriteNumber(ref SipWriter writer, SipMessage request, HeaderLine header, int number)
    {
        var bytes = request.Bytes;
        writer.Write(bytes[header.Line.Start..header.Value.Start]);
        writer.Write(number);
        writer.Write(bytes[header.Value.End..header.Line.End]);
    }
}
