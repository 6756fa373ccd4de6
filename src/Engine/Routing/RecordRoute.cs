using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// RFC 3261 §16.6 step 4: our Record-Route, so that the dialog's later requests pass here.
/// <code>
/// Record-Route: &lt;sip:[mark@]host:port;lr&gt;                            one interface
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
        WriteUri(ref writer, request, hop, hop.Listener, environment);
        if (hop.Listener != request.Listener)
        {
            writer.Write(", "u8);
            WriteUri(ref writer, request, hop, request.Listener, environment);
        }

        return writer.Overflowed ? default : destination[..writer.Length];
    }

    private static void WriteUri(ref SipWriter writer, scoped in RoutedRequest request, scoped in NextHop hop, int listener, ProxyEnvironment environment)
    {
        var identity = environment.Identity;

        // RFC 3261 §16.6 step 4: a sips URI where the Request-URI or the top Route is one, so that the way back is secure
        // too; the side that is reached in the clear sees what it can reach (RFC 5658 §3).
        writer.Write(hop.IsSips && identity.Listeners[listener].IsSecure ? "<sips:"u8 : "<sip:"u8);
        if (identity.Mode != NetworkMode.Loopback)
        {
            // A side needs a flow in the mark when its Contact alone would not lead to it.
            var caller = NeedsFlow(request, identity) ? request.Source : default;
            var callee = hop.UsedBindingSource ? hop.Address : default;
            FlowToken.Write(ref writer, environment.Secret, request.Message[request.Message.CallId], caller, callee);
            writer.Write((byte)'@');
        }

        writer.Write(identity.Listeners[listener].SentBy);
        writer.Write(";lr>"u8);
    }

    private static bool NeedsFlow(in RoutedRequest request, LocalIdentity identity)
    {
        if (identity.Mode == NetworkMode.Lan && identity.IsNear(request.Source))
        {
            return false;
        }

        // Only the first hop can be behind a NAT as we see it: with more Vias the source is another proxy.
        return !request.Message.TryGetNextVia(out _)
            && ContactValue.TryParse(request.Message.FirstValue(HeaderName.Contact), out var contact)
            && PeerAddress.TryParseHost(contact.Uri.Host, contact.Uri.PortOrDefault, out var address)
            && address != request.Source
            && (address.IsPrivate || address.IsLoopback || address.SameHost(request.Source));
    }
}
