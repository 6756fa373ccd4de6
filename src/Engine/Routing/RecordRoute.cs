using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// RFC 3261 §16.6 step 4: our Record-Route, so that the dialog's later requests pass here.
/// <code>
/// Record-Route: &lt;sip:[token@]host:port[;transport=…];lr&gt;             one interface
/// Record-Route: &lt;sip:[token@]out;lr&gt;, &lt;sip:[token@]in;lr&gt;     two: each side sees the one it can reach (RFC 5658 §3)
/// </code>
/// </summary>
internal static class RecordRoute
{
    /// <summary>
    /// True for requests that make a dialog or refresh its target; in others it has no effect (RFC 3261 §16.6 step 4), and
    /// a REGISTER makes none. Within a dialog, only where a Route of ours shows that we are on its path: who was not
    /// in the SUBSCRIBE MUST NOT be in the NOTIFY (RFC 6665 §4.3), and a peer that makes its route set anew from a
    /// re-INVITE would take us in.
    /// </summary>
    public static bool IsWanted(in RoutedRequest request) => request.Method switch
    {
        SipMethod.Invite or SipMethod.Subscribe or SipMethod.Refer => !request.IsInDialog || request.CameByOurRoute,
        SipMethod.Notify or SipMethod.Update => request.CameByOurRoute,
        _ => false,
    };

    /// <summary>Puts the value for a request that came in as <paramref name="request"/> says and leaves by <paramref name="hop"/> on top.</summary>
    public static void AddTo(HeaderEdits edits, scoped in RoutedRequest request, scoped in NextHop hop, ProxyEnvironment environment)
    {
        var token = WriteToken(request, hop, environment, stackalloc byte[FlowToken.MaxLength]);
        var writer = edits.Begin(HeaderName.RecordRoute, HeaderOperation.Prepend);
        var (outSide, inSide) = (environment.Identity.Listeners[hop.Flow.Listener], environment.Identity.Listeners[request.Source.Listener]);
        WriteUri(ref writer, hop, token, outSide);
        if (hop.Flow.Listener != request.Source.Listener && !(outSide.Transport == inSide.Transport && outSide.SentBy.AsSpan().SequenceEqual(inSide.SentBy)))
        {
            writer.Write(", "u8);
            WriteUri(ref writer, hop, token, inSide);
        }

        edits.End(writer);
    }

    /// <summary>
    /// RFC 3261 §16.7 step 8: our values in a response are rewritten for the side that it goes to, in place: a token keeps its
    /// length. The side that was called keeps the token of the request, which is for it alone. It is no header edit: these
    /// are of whole lines, so that the values of all other proxies would be copied once more to change some octets of ours.
    /// </summary>
    /// <param name="response">The response as it came, in octets that are ours.</param>
    /// <param name="asked">The request that it answers; null for an INVITE, where it is not needed.</param>
    /// <param name="environment">What the proxy core shares.</param>
    public static void RewriteInResponse(SipMessage response, SipMessage? asked, ProxyEnvironment environment)
    {
        Span<byte> head = stackalloc byte[FlowToken.HeadLength];
        var makesDialog = response.StatusCode < 300 && !response.ToTag.IsEmpty;
        var values = response.Values(HeaderName.RecordRoute);
        while (values.Next())
        {
            if (!NameAddr.TryParse(values.Current, out var route) || !SipUri.TryParse(route.Uri, out var uri)
                || !FlowToken.HasShape(uri.User) || !environment.Identity.IsOwn(uri))
            {
                continue;
            }

            if (!makesDialog)
            {
                FlowToken.WriteVoid(head);
            }
            else if (!FlowToken.TryAnswer(uri.User, environment.Keys.Token, response, asked, head))
            {
                continue;
            }

            _ = response.Bytes.Overlaps(uri.User, out var start);
            response.Overwrite(start, head);
        }
    }

    /// <summary>The token, the same for both interfaces; empty in loopback mode.</summary>
    private static ReadOnlySpan<byte> WriteToken(
        scoped in RoutedRequest request, scoped in NextHop hop, ProxyEnvironment environment, Span<byte> destination)
    {
        if (environment.Identity.Mode == NetworkMode.Loopback)
        {
            return default;
        }

        // A side needs a flow in the token when its Contact alone would not lead to it.
        var caller = NeedsFlow(request, environment) ? request.Source : default;
        var callee = hop.UsedBindingSource ? hop.Flow : default;
        var writer = new SipWriter(destination);
        FlowToken.Write(ref writer, environment.Keys.Token, request.Message, caller, callee);
        return destination[..writer.Length];
    }

    private static void WriteUri(ref SipWriter writer, scoped in NextHop hop, scoped ReadOnlySpan<byte> token, LocalListener listener)
    {
        // RFC 3261 §16.6 step 4: a sips URI where the Request-URI or the top Route is one, so that the way back is secure
        // too; the side that is reached in the clear sees what it can reach (RFC 5658 §3).
        var isSips = hop.IsSips && listener.IsSecure;
        writer.Write(isSips ? "<sips:"u8 : "<sip:"u8);
        if (!token.IsEmpty)
        {
            writer.Write(token);
            writer.Write((byte)'@');
        }

        writer.Write(listener.SentBy);
        if (listener.Transport != (isSips ? Transport.Tls : Transport.Udp))
        {
            // What the scheme does not say by itself.
            writer.Write(";transport="u8);
            writer.Write(listener.Transport.UriToken());
        }

        writer.Write(";lr>"u8);
    }

    private static bool NeedsFlow(in RoutedRequest request, ProxyEnvironment environment)
    {
        var source = request.Source.Remote;
        var isNear = environment.Neighbours.IsNear(source);
        if ((environment.Identity.Mode == NetworkMode.Lan && isNear)
            || !ContactValue.TryParse(request.Message.FirstValue(HeaderName.Contact), out var contact))
        {
            return false;
        }

        // With more Vias the source is another proxy, and the Contact is another host's; but what a stranger says is in
        // our own networks is never there.
        var isFirstHop = !request.Message.TryGetNextVia(out _);
        if (!PeerAddress.TryParseHost(contact.Uri.Host, contact.Uri.PortOrDefault, out var address))
        {
            return isFirstHop && !isNear;
        }

        return address != source
            && (isFirstHop
                ? !isNear || address.IsPrivate || address.IsLoopback || address.SameHost(source)
                : !isNear && environment.Neighbours.IsNear(address));
    }
}
