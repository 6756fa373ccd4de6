using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// The Route values that a forwarded request keeps, line by line in the order of the message: some are taken off the top
/// (RFC 3261 §16.4, §16.6 step 6), and the last one where it has become the Request-URI (§16.4).
/// </summary>
internal ref struct RoutesLeft(SipMessage request, scoped in RequestEdits edits)
{
    private readonly int _removed = edits.RoutesRemoved;
    private readonly int _removedLast = edits.LastRouteRemoved ? Count(request) - 1 : -1;
    private int _seen;

    /// <summary>Writes what is left of the next Route field; nothing when nothing is.</summary>
    public void Write(ref SipWriter writer, SipMessage message, int index)
    {
        var keptOnLine = 0;
        var values = message.ValuesOf(index);
        while (values.Next())
        {
            var position = _seen++;
            if (position < _removed || position == _removedLast)
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
    }

    private static int Count(SipMessage message)
    {
        var count = 0;
        var values = message.Values(HeaderName.Route);
        while (values.Next())
        {
            count++;
        }

        return count;
    }
}
