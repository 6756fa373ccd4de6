using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// RFC 3261 §16.6 step 4: our Record-Route, so that the dialog's later requests pass here.
/// <code>
/// Record-Route: &lt;sip:[mark@]host:port[;transport=…];lr&gt;              one interface
/// Record-Route: &lt;sip:[mark@]out;lr&gt;, &lt;sip:[mark@]in;lr&gt;     two: each side sees the one it can reach (RFC 5658 §3)
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

    /// <summary>Writes the value for a request that came in as <paramref name="request"/> says and leaves by <paramref name="hop"/>.</summary>
    public static ReadOnlySpan<byte> Write(scoped in RoutedRequest request, scoped in NextHop hop, ProxyEnvironment environment, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        WriteUri(ref writer, request, hop, hop.Flow.Listener, environment);
        var (outSide, inSide) = (environment.Identity.Listeners[hop.Flow.Listener], environment.Identity.Listeners[request.Source.Listener]);
        if (hop.Flow.Listener != request.Source.Listener && !(outSide.Transport == inSide.Transport && outSide.SentBy.AsSpan().SequenceEqual(inSide.SentBy)))
        {
            writer.Write(", "u8);
            WriteUri(ref writer, request, hop, request.Source.Listener, environment);
        }

        return writer.Overflowed ? default : destination[..writer.Length];
    }

    private static void WriteUri(ref SipWriter writer, scoped in RoutedRequest request, scoped in NextHop hop, int listener, ProxyEnvironment environment)
    {
        var identity = environment.Identity;

        // RFC 3261 §16.6 step 4: a sips URI where the Request-URI or the top Route is one, so that the way back is secure
        // too; the side that is reached in the clear sees what it can reach (RFC 5658 §3).
        var (transport, isSecure) = (identity.Listeners[listener].Transport, identity.Listeners[listener].IsSecure);
        var isSips = hop.IsSips && isSecure;
        writer.Write(isSips ? "<sips:"u8 : "<sip:"u8);
        if (identity.Mode != NetworkMode.Loopback)
        {
            // A side needs a flow in the mark when its Contact alone would not lead to it.
            var caller = NeedsFlow(request, environment) ? request.Source : default;
            var callee = hop.UsedBindingSource ? hop.Flow : default;
            FlowToken.Write(ref writer, environment.Secret, request.Message[request.Message.CallId], caller, callee);
            writer.Write((byte)'@');
        }

        writer.Write(identity.Listeners[listener].SentBy);
        if (transport != (isSips ? Transport.Tls : Transport.Udp))
        {
            // What the scheme does not say by itself.
            writer.Write(";transport="u8);
            writer.Write(transport.UriToken());
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
