namespace ImsSipFast.LoadGen.Wire;

/// <summary>The route set of a dialog out of the Record-Route of the message that made it (RFC 3261 §12.1).</summary>
internal static class RouteSet
{
    private const int MostRoutes = 64;

    /// <summary>
    /// Writes the Route header of the dialog's requests with its line end (nothing for an empty set) and says which URI
    /// they are sent to and which is their Request-URI.
    /// </summary>
    /// <param name="to">At least twice as long as the message.</param>
    /// <param name="message">The 2xx for the calling side, the request for the called side.</param>
    /// <param name="reversed">True for the calling side (§12.1.2).</param>
    /// <param name="target">The Request-URI.</param>
    /// <param name="nextHop">The URI that leads on; of the message.</param>
    public static int Write(Span<byte> to, scoped in SipView message, bool reversed, out Slice target, out Slice nextHop)
    {
        Span<Slice> routes = stackalloc Slice[MostRoutes];
        var count = Collect(message, routes);
        if (reversed)
        {
            routes[..count].Reverse();
        }

        target = Parameters.UriOf(message.Bytes, CommaList.First(message.Bytes, message.Contact));
        nextHop = target;
        if (count == 0)
        {
            return 0;
        }

        nextHop = Parameters.UriOf(message.Bytes, routes[0]);
        var length = 0;
        Copy(to, ref length, "Route: "u8);
        var contact = target;

        // RFC 3261 §12.2.1.1: a strict router is the Request-URI, and the remote target the last Route.
        var first = 0;
        if (!Parameters.TryFind(message.Bytes, nextHop, "lr"u8, out _))
        {
            target = nextHop;
            first = 1;
        }

        for (var i = first; i < count; i++)
        {
            Copy(to, ref length, i > first ? ", "u8 : default);
            Copy(to, ref length, message[routes[i]]);
        }

        if (first == 1)
        {
            Copy(to, ref length, count > 1 ? ", <"u8 : "<"u8);
            Copy(to, ref length, message[contact]);
            Copy(to, ref length, ">"u8);
        }

        Copy(to, ref length, "\r\n"u8);
        return length;
    }

    private static int Collect(scoped in SipView message, Span<Slice> routes)
    {
        var count = 0;
        for (var i = 0; i < message.RecordRoutes.Count; i++)
        {
            var rest = message.RecordRoutes[i];
            while (count < routes.Length && CommaList.TryNext(message.Bytes, ref rest, out var value))
            {
                routes[count++] = value;
            }
        }

        return count;
    }

    private static void Copy(Span<byte> to, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[length..]);
        length += text.Length;
    }
}
