using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>RFC 3261 §16.4: undo what a strict router did, drop a maddr that means us, take our Route values off.</summary>
internal static class RoutePreprocessing
{
    /// <summary>Route values of ours whose mark is read.</summary>
    private const int MostMarks = 8;

    /// <summary>Changes <paramref name="request"/> in place; its message stays as it came.</summary>
    public static void Apply(ref RoutedRequest request, ProxyEnvironment environment)
    {
        var routeCount = 0;
        var last = default(ReadOnlySpan<byte>);
        var routes = request.Message.Values(HeaderName.Route);
        while (routes.Next())
        {
            routeCount++;
            last = routes.Current;
        }

        // RFC 3261 §16.4 ¶1: a Request-URI that we put into Record-Route was put there by a strict router, and the
        // real one is the last Route value.
        if (routeCount > 0 && IsOurRecordRoute(request.Uri, environment)
            && NameAddr.TryParse(last, out var target) && SipUri.TryParse(target.Uri, out var real))
        {
            var ours = request.Uri;
            request.Uri = real;
            ReadToken(ref request, ours, environment);
            request.LastRouteRemoved = true;
            routeCount--;
        }

        StripOwnMaddr(ref request, environment);
        RemoveOwnRoutes(ref request, environment, routeCount);
    }

    private static void RemoveOwnRoutes(ref RoutedRequest request, ProxyEnvironment environment, int routeCount)
    {
        // RFC 3261 §16.4 ¶4. More than one can be ours: a proxy that changes interfaces records both.
        var previous = default(ReadOnlySpan<byte>);
        var routes = request.Message.Values(HeaderName.Route);
        while (request.RoutesRemoved < routeCount && routes.Next())
        {
            if (!NameAddr.TryParse(routes.Current, out var route) || !SipUri.TryParse(route.Uri, out var uri)
                || !uri.IsSip || !environment.Identity.IsOwn(uri))
            {
                request.NextRoute = routes.Current;
                return;
            }

            // One of ours more for each time that the dialog passed here; a token is a MAC over the whole Call-ID, and the
            // sender chooses how many it writes. Where we recorded two interfaces both values have the same token.
            if (request.RoutesRemoved < MostMarks && !uri.User.SequenceEqual(previous))
            {
                ReadToken(ref request, uri, environment);
                previous = uri.User;
            }

            request.SendBy = request.Message.ToTag.IsEmpty ? -1 : SendingListener(uri, environment);
            request.RoutesRemoved++;
        }
    }

    private static int SendingListener(in SipUri uri, ProxyEnvironment environment) =>
        uri.TryGetTransport(out var transport)
            ? environment.Identity.ListenerNamed(uri.Host, uri.Port == 0 ? transport.DefaultPort() : uri.Port, transport)
            : -1;

    private static bool IsOurRecordRoute(in SipUri uri, ProxyEnvironment environment)
    {
        // What it says is believed elsewhere; here its form is enough (RFC 3261 §16.4: recognise it when it comes back).
        return uri.HasParameter("lr"u8)
            && environment.Identity.IsOwn(uri)
            && (!uri.HasUser || FlowToken.HasShape(uri.User));
    }

    private static void ReadToken(ref RoutedRequest request, in SipUri uri, ProxyEnvironment environment)
    {
        if (!uri.HasUser || !FlowToken.TryRead(
            uri.User, environment.Keys.Token, request.Message, request.Uri, request.Source.Listener, out var destination))
        {
            return;
        }

        request.IsOfOurDialog = true;

        // A dialog that passed us twice on its way (a spiral) has two tokens, and each may name one side only.
        request.FlowDestination = request.FlowDestination.IsNone ? destination : request.FlowDestination;
    }

    private static void StripOwnMaddr(ref RoutedRequest request, ProxyEnvironment environment)
    {
        // RFC 3261 §16.4 ¶2: only when it came in by the port and transport that the URI names.
        var uri = request.Uri;
        if (!uri.TryGetParameter("maddr"u8, out var maddr)
            || !uri.TryGetTransport(out var transport)
            || transport != request.Source.Transport
            || !environment.Identity.IsOwn(maddr, uri.Port, transport)
            || uri.PortOrDefault != environment.Identity.Listeners[request.Source.Listener].Bound.Port)
        {
            return;
        }

        var writer = new SipWriter(environment.UriScratch);
        writer.Write(uri.Scheme == UriScheme.Sips ? "sips:"u8 : "sip:"u8);
        if (uri.HasUser)
        {
            writer.Write(uri.User);
            if (!uri.Password.IsEmpty)
            {
                writer.Write((byte)':');
                writer.Write(uri.Password);
            }

            writer.Write((byte)'@');
        }

        writer.Write(uri.Host);
        if (uri.Port == 5060)
        {
            writer.Write(":5060"u8);
        }

        var walk = new Parameters(uri.Parameters);
        while (walk.Next())
        {
            if (!walk.Is("maddr"u8) && !walk.Is("transport"u8))
            {
                ParameterWriter.Write(ref writer, walk);
            }
        }

        if (SipUri.TryParse(environment.UriScratch.AsSpan(0, writer.Length), out var stripped))
        {
            request.Uri = stripped;
        }
    }
}
