namespace ImsSipFast.LoadGen.Wire;

/// <summary>What a response takes over from its request (RFC 3261 §8.2.6.2).</summary>
internal static class ResponseHead
{
    /// <summary>More octets than a head can have beyond those of its request.</summary>
    public const int Extra = 1024;

    /// <summary>Writes Via, Record-Route, From, To, Call-ID and CSeq with their line ends; returns the length and where parts lie.</summary>
    /// <param name="to">At least as long as the request and <see cref="Extra"/> more.</param>
    /// <param name="request">The request.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="tag">The To tag if the request has none.</param>
    public static HeadParts Write(Span<byte> to, scoped in SipView request, in Peer source, ReadOnlySpan<byte> tag)
    {
        var length = 0;
        for (var i = 0; i < request.Vias.Count; i++)
        {
            Copy(to, ref length, "Via: "u8);
            if (i == 0)
            {
                WriteTopVia(to, ref length, request, source);
            }
            else
            {
                Copy(to, ref length, request[request.Vias[i]]);
            }

            Copy(to, ref length, "\r\n"u8);
        }

        for (var i = 0; i < request.RecordRoutes.Count; i++)
        {
            Header(to, ref length, "Record-Route: "u8, request[request.RecordRoutes[i]]);
        }

        var from = Header(to, ref length, "From: "u8, request[request.From]);
        Copy(to, ref length, "To: "u8);
        var toStart = length;
        Copy(to, ref length, request[request.To]);
        if (request.ToTag.IsEmpty)
        {
            Copy(to, ref length, ";tag="u8);
            Copy(to, ref length, tag);
        }

        var toValue = new Slice(toStart, length - toStart);
        Copy(to, ref length, "\r\n"u8);
        var callId = Header(to, ref length, "Call-ID: "u8, request[request.CallId]);
        Header(to, ref length, "CSeq: "u8, request[request.CSeqValue]);
        return new(length, from, toValue, callId);
    }

    /// <summary>RFC 3261 §18.2.1, RFC 3581 §4: the top Via with where the request really came from.</summary>
    private static void WriteTopVia(Span<byte> to, ref int length, scoped in SipView request, in Peer source)
    {
        var line = request.Vias[0];
        var top = CommaList.First(request.Bytes, line);
        var hasRport = Parameters.TryFind(request.Bytes, top, "rport"u8, out var rport);
        var differs = !HostPort.TryReadSentBy(ViaSentBy.Of(request[top]), out var sentBy) || sentBy with { Port = 0 } != source with { Port = 0 };
        if (!hasRport && !differs)
        {
            Copy(to, ref length, request[line]);
            return;
        }

        // What stands behind rport, or else behind the whole value, goes behind what is added.
        var cut = hasRport && rport.IsEmpty ? RportEnd(request, rport) : top.End;
        Copy(to, ref length, request[new Slice(line.Start, cut - line.Start)]);
        if (hasRport && rport.IsEmpty)
        {
            to[length++] = (byte)'=';
            length += Digits.Write(to[length..], source.Port);
        }

        Copy(to, ref length, ";received="u8);
        length += source.WriteAddress(to[length..]);
        Copy(to, ref length, request[new Slice(cut, line.End - cut)]);
    }

    /// <summary>Behind the name of a parameter without value: an equals sign without value goes too.</summary>
    private static int RportEnd(scoped in SipView request, Slice value)
    {
        var end = value.Start;
        while (request.Bytes[end - 1] is (byte)'=' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            end--;
        }

        return end;
    }

    private static Slice Header(Span<byte> to, ref int length, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Copy(to, ref length, name);
        var slice = new Slice(length, value.Length);
        Copy(to, ref length, value);
        Copy(to, ref length, "\r\n"u8);
        return slice;
    }

    private static void Copy(Span<byte> to, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[length..]);
        length += text.Length;
    }
}

/// <summary>Where the parts of a head lie.</summary>
/// <param name="Length">Octets of the head.</param>
/// <param name="From">The value of From.</param>
/// <param name="To">The value of To, with tag.</param>
/// <param name="CallId">The value of Call-ID.</param>
internal readonly record struct HeadParts(int Length, Slice From, Slice To, Slice CallId);
