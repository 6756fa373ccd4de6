namespace ImsSipFast.LoadGen.Wire;

/// <summary>The sent-by of a Via value, and where its response goes.</summary>
internal static class ViaSentBy
{
    /// <summary>host [":" port] of <c>SIP/2.0/UDP host:port;branch=…</c>.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> via)
    {
        var end = via.IndexOf((byte)';');
        var head = (end < 0 ? via : via[..end]).TrimEnd(" \t\r\n"u8);
        return head[(head.LastIndexOfAny(" \t\n"u8) + 1)..];
    }

    /// <summary>RFC 3261 §18.2.2, RFC 3581 §4: to the source, at its port when rport asks so and else at that of sent-by.</summary>
    public static Peer ResponseTo(scoped in SipView request, in Peer source)
    {
        var top = CommaList.First(request.Bytes, request.Vias[0]);
        if (Parameters.TryFind(request.Bytes, top, "rport"u8, out _))
        {
            return source;
        }

        var sentBy = Of(request[top]);
        var colon = sentBy[(sentBy.IndexOf((byte)']') + 1)..].LastIndexOf((byte)':');
        var port = colon >= 0 && Digits.TryRead(sentBy[(sentBy.LastIndexOf((byte)':') + 1)..], out var given) && given is > 0 and <= ushort.MaxValue
            ? (ushort)given : (ushort)5060;
        return source with { Port = port };
    }
}
