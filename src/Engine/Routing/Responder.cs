using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// Responses of our own (RFC 3261 §8.2.6). The To tag is derived from the request (§8.2.7), so that a retransmission
/// of a request that was answered without state gets the same response, and our tag is known again in an ACK.
/// </summary>
internal sealed class Responder(ProxyEnvironment environment)
{
    /// <summary>Octets of a tag of ours.</summary>
    public const int TagLength = 16;

    // INVITEs inside a dialog that were answered without state not long ago. Their To has the tag of the dialog and
    // not ours, so nothing in the ACK tells that it is for us; 8 KiB a shard, whatever comes.
    private const int RefusedCapacity = 1024;
    private readonly ulong[] _refused = new ulong[RefusedCapacity];

    /// <summary>The tag that we put into To when answering this request; the same for its ACK and CANCEL.</summary>
    public ReadOnlySpan<byte> TagOf(SipMessage request, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.WriteHex(HashOf(request));
        return destination[..writer.Length];
    }

    /// <summary>True for an ACK to a non-2xx that we sent without state.</summary>
    public bool IsAckToOwnResponse(SipMessage ack)
    {
        var hash = HashOf(ack);
        return _refused[hash % RefusedCapacity] == hash
            || (ack.ToTag.Length == TagLength && Scan.TryHex(ack[ack.ToTag], out var tag) && tag == hash);
    }

    /// <summary>Answers without state: one datagram in, one out.</summary>
    public void Reply(SipMessage request, in Flow source, in Flow replyTo, int statusCode, string rule, int warnCode = 0)
    {
        if (request.Method == SipMethod.Invite && !request.ToTag.IsEmpty)
        {
            // RFC 3261 §17.1.1.3: the ACK stays on this hop.
            var hash = HashOf(request);
            _refused[hash % RefusedCapacity] = hash;
        }

        Span<byte> tag = stackalloc byte[TagLength];
        var writer = new SipWriter(environment.Output);
        ResponseWriter.Begin(ref writer, request, statusCode, ReasonOf(request, statusCode), TagOf(request, tag), source.Remote);
        WriteExtras(ref writer, request, statusCode);
        FailureText.WriteWarning(ref writer, warnCode, environment.Identity.Listeners[source.Listener].SentBy);
        ResponseWriter.End(ref writer);
        Transmit(request, writer, replyTo, statusCode, -1, rule);
    }

    /// <summary>Sends a response that its caller composed in <see cref="ProxyEnvironment.Output"/>.</summary>
    public void Transmit(SipMessage request, in SipWriter writer, in Flow replyTo, int statusCode, int count, string rule)
    {
        // A request that leaves no room for its own Vias in the answer cannot be answered.
        if (writer.Overflowed)
        {
            return;
        }

        environment.Resources.Metrics.CountResponse(statusCode);
        environment.Recorder.Tx(replyTo, writer.Written, request[request.MethodToken], count, rule);
        environment.Resources.Send(replyTo, writer.Written);
    }

    /// <summary>The same through a server transaction.</summary>
    public void Transmit(ServerTransaction server, SipMessage request, in SipWriter writer, int statusCode, int count, string rule)
    {
        if (writer.Overflowed)
        {
            return;
        }

        environment.Resources.Metrics.CountResponse(statusCode);
        environment.Recorder.Tx(server.Peer, writer.Written, request[request.MethodToken], count, rule);
        server.Respond(statusCode, writer.Written);
    }

    /// <summary>Sends a response of our own through a server transaction; its kept request is read again.</summary>
    public void Respond(ServerTransaction server, int statusCode, string rule) => Respond(server, new Refusal(statusCode, rule));

    /// <summary>The same for a refusal.</summary>
    public void Respond(ServerTransaction server, Refusal refusal) =>
        Respond(server, ReadKept(server), refusal.StatusCode, refusal.Rule, failed: null, refusal.WarnCode);

    /// <summary>The same for a request whose branches failed: with the reason in words.</summary>
    public void RespondFailed(ResponseContext context, int statusCode, string rule) =>
        Respond(context.Server, ReadKept(context.Server), statusCode, rule, context);

    /// <summary>The same, with the request at hand.</summary>
    public void Respond(ServerTransaction server, SipMessage request, int statusCode, string rule, ResponseContext? failed = null, int warnCode = 0)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        var writer = new SipWriter(environment.Output);

        // RFC 3261 §8.2.6.2: no tag in a 100; a 2xx is never ours except to a CANCEL.
        var reason = statusCode == 500 && failed is not null ? FailureText.PhraseOf(failed.Failure) : ReasonOf(request, statusCode);
        ResponseWriter.Begin(ref writer, request, statusCode, reason, statusCode == 100 ? default : TagOf(request, tag), server.Source.Remote);
        WriteExtras(ref writer, request, statusCode);
        FailureText.WriteWarning(ref writer, warnCode, environment.Identity.Listeners[server.Source.Listener].SentBy);
        if (failed is not null)
        {
            FailureText.WriteWarnings(ref writer, failed, environment.Identity.Listeners[server.Source.Listener].SentBy);
        }

        ResponseWriter.End(ref writer);
        environment.Resources.Metrics.CountResponse(statusCode);
        environment.Recorder.Tx(server.Peer, writer.Written, request[request.MethodToken], -1, rule);
        server.Respond(statusCode, writer.Written);
    }

    /// <summary>RFC 3261 §16.3 item 1: a request that does not parse is told so; an ACK is never answered (§17).</summary>
    public Outcome RefuseMalformed(SipMessage request, in Flow source, in Flow replyTo)
    {
        if (request.Method == SipMethod.Ack)
        {
            return Outcome.Dropped(DropReason.MalformedAck);
        }

        Reply(request, source, replyTo, ParseErrors.StatusOf(request.Error, request.Method), "16.3.1");
        return Outcome.Answered;
    }

    /// <summary>
    /// RFC 3261 §17.2.1: an INVITE that came again gets the most recent provisional response. A 100 is not kept for that:
    /// it is written again from the request.
    /// </summary>
    public Outcome RepeatTrying(ServerTransaction server)
    {
        var request = ReadKept(server);
        var writer = new SipWriter(environment.Output);
        ResponseWriter.Begin(ref writer, request, 100, ReasonOf(request, 100), default, server.Source.Remote);
        ResponseWriter.End(ref writer);
        environment.Resources.Metrics.Retransmitted++;
        environment.Resources.Send(server.Peer, writer.Written);
        return Outcome.Absorbed;
    }

    /// <summary>
    /// RFC 3261 §18.2.2 and RFC 3581 §4: where the response to a request goes. False when its Via leads to no address.
    /// </summary>
    public bool TryGetReplyTo(SipMessage request, in Flow source, out Flow replyTo)
    {
        replyTo = source;
        if (source.IsReliable)
        {
            // RFC 3261 §18.2.2: over the connection that the request came by, whatever its Via says.
            return true;
        }

        ref readonly var via = ref request.TopVia;
        var port = via.PortOrDefault(source.Transport);
        var destination = via.HasRport ? source.Remote : source.Remote.WithPort(port);

        // maddr is an address to be sent to; a name or a group in it is none that we would answer.
        if (!via.Maddr.IsEmpty)
        {
            if (!PeerAddress.TryParseHost(request[via.Maddr], port, out var maddr))
            {
                return false;
            }

            // A stranger does not choose who gets our answers: they go to the host that asked.
            var mayChoose = maddr.SameHost(source.Remote) || environment.Neighbours.IsNear(source.Remote);
            destination = mayChoose || maddr.IsBroadcastOrMulticast || maddr.IsAny ? maddr : destination;
        }

        replyTo = source.To(destination);
        return !destination.IsBroadcastOrMulticast && !destination.IsAny;
    }

    /// <summary>The same for a request, its retransmissions, its CANCEL and the ACK to its non-2xx.</summary>
    private ulong HashOf(SipMessage request)
    {
        var hash = new Hash64(environment.Keys.Tag);
        hash.Add(request[request.CallId]);
        hash.Add(request[request.FromTag]);
        hash.Add(request.CSeq.Number);
        hash.AddIgnoringCase(request[request.TopVia.Branch]);
        return hash.Value;
    }

    private SipMessage ReadKept(ServerTransaction server)
    {
        var request = environment.KeptView;
        SipParser.TryParse(server.Request!.Buffer, server.Request.Length, request);
        return request;
    }

    private static ReadOnlySpan<byte> ReasonOf(SipMessage request, int statusCode) => statusCode switch
    {
        100 => "Trying"u8,
        200 => "OK"u8,
        403 => "Forbidden"u8,
        404 => "Not Found"u8,
        408 => "Request Timeout"u8,
        416 => "Unsupported URI Scheme"u8,
        420 => "Bad Extension"u8,
        440 => "Max-Breadth Exceeded"u8,
        480 => "Temporarily Unavailable"u8,
        481 => "Call/Transaction Does Not Exist"u8,
        482 => "Loop Detected"u8,
        483 => "Too Many Hops"u8,
        487 => "Request Terminated"u8,
        500 => "Server Internal Error"u8,
        501 => "Not Implemented"u8,
        502 => "Bad Gateway"u8,
        503 => "Service Unavailable"u8,
        504 => "Server Time-out"u8,
        505 => "Version Not Supported"u8,
        513 => "Message Too Large"u8,
        _ => ParseErrors.ReasonOf(request.Error),
    };

    private static void WriteExtras(ref SipWriter writer, SipMessage request, int statusCode)
    {
        switch (statusCode)
        {
            case 420:
                WriteUnsupported(ref writer, request);
                break;
            case 503:
                writer.Write("Retry-After: 5\r\n"u8);
                break;

            // RFC 3261 §11.2: what an OPTIONS for this element learns.
            case 200 when request.Method == SipMethod.Options:
                // A proxy forwards any method: an Allow of its own would be ambiguous.
                writer.Write("Accept: application/sdp\r\n"u8);
                writer.WriteHeader("Supported"u8, OptionTags.Supported);
                break;
            default:
                break;
        }
    }

    private static void WriteUnsupported(ref SipWriter writer, SipMessage request)
    {
        // RFC 3261 §16.3 item 5: the option tags that we do not understand, and only these.
        var header = OptionTags.AreSupported(request, HeaderName.ProxyRequire) ? HeaderName.Require : HeaderName.ProxyRequire;
        var first = true;
        var tags = request.Values(header);
        while (tags.Next())
        {
            if (OptionTags.IsSupported(tags.Current))
            {
                continue;
            }

            writer.Write(first ? "Unsupported: "u8 : ", "u8);
            writer.Write(tags.Current);
            first = false;
        }

        if (!first)
        {
            writer.Write("\r\n"u8);
        }
    }
}
