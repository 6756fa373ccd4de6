using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>Whether the next hop is known.</summary>
internal enum NextHopStatus : byte
{
    /// <summary>The address is known.</summary>
    Known,

    /// <summary>A name has to be looked up first.</summary>
    NeedsLookup,

    /// <summary>It cannot be reached: another transport, a group address, no listener of its family.</summary>
    Unreachable,
}

/// <summary>
/// RFC 3261 §16.6 steps 6 and 7: which URI leads on, whether its owner routes strictly, and the address behind it.
/// </summary>
internal ref struct NextHop
{
    /// <summary>What goes into the Request-URI.</summary>
    public ReadOnlySpan<byte> RequestUri;

    /// <summary>Route values to put on top.</summary>
    public ReadOnlySpan<byte> RoutesAdded;

    /// <summary>The Request-URI proper, when the next hop is a strict router and takes its place; else empty.</summary>
    public ReadOnlySpan<byte> RouteAppended;

    /// <summary>Route values of the request that do not go on.</summary>
    public int RoutesRemoved;

    /// <summary>Host to look up when <see cref="Status"/> says so.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>Port of the URI, 0 when it has none.</summary>
    public int Port;

    /// <summary>Whether the address is known.</summary>
    public NextHopStatus Status;

    /// <summary>The transport that leads there.</summary>
    public Transport Transport;

    /// <summary>Where to try, in order (RFC 3263 §4.3); none while a look-up is needed, or when the flow is given.</summary>
    public HopList Hops;

    /// <summary>Which of <see cref="Hops"/> <see cref="Flow"/> leads to.</summary>
    public int HopIndex;

    /// <summary>The way to send it, when it is known.</summary>
    public Flow Flow;

    /// <summary>The Request-URI or the Route that leads is a sips URI.</summary>
    public bool IsSips;

    /// <summary>It goes over a secure transport or not at all (RFC 3261 §26.2.2, RFC 5630 §5.3).</summary>
    public bool NeedsSecurity;

    /// <summary>True when the source of the binding took the place of its Contact's address.</summary>
    public bool UsedBindingSource;

    private int _preferredListener;

    /// <summary>Decides for one target.</summary>
    public static NextHop Decide(in RoutedRequest request, scoped in Target target, TargetSet targets, ProxyEnvironment environment)
    {
        var hop = new NextHop { RoutesRemoved = request.RoutesRemoved, _preferredListener = request.Source.Listener };
        hop.Status = NextHopStatus.Unreachable;
        if (!SipUri.TryParse(targets[target.Uri], out var uri))
        {
            return hop;
        }

        hop.RequestUri = RequestUriOf(uri, environment);
        hop.RoutesAdded = targets[target.Path];
        var leading = hop.TakeRoute(request, uri, out var routed);

        // RFC 3261 §16.6 item 7: a sips Request-URI has every hop treated as one, whatever the Route that leads there.
        hop.IsSips = uri.Scheme == UriScheme.Sips || leading.Scheme == UriScheme.Sips;
        hop.NeedsSecurity = hop.IsSips || target.Kind == TargetKind.SecureOnly;

        // Only what leads on has to be understood; any scheme goes along a Route. RFC 3261 §18: a transport that no
        // listener of ours has is another element's to reach.
        if (!leading.IsSip || !leading.TryGetTransport(out hop.Transport, hop.NeedsSecurity) || !environment.Identity.Has(hop.Transport))
        {
            return hop;
        }

        if (!routed && !request.FlowDestination.IsNone)
        {
            return hop.Take(request.FlowDestination, environment);
        }

        hop.Host = leading.TryGetParameter("maddr"u8, out var maddr) && !maddr.IsEmpty ? maddr : leading.Host;
        hop.Port = leading.Port;
        return hop.Locate(routed ? default : target, environment);
    }

    /// <summary>
    /// Completes the decision with the first of <paramref name="hops"/>, from <paramref name="first"/> on, that a
    /// listener of ours can reach.
    /// </summary>
    public NextHop Take(scoped in HopList hops, ProxyEnvironment environment, int first = 0)
    {
        Hops = hops;
        Status = NextHopStatus.Unreachable;
        for (HopIndex = first; HopIndex < hops.Count; HopIndex++)
        {
            if (TryReach(hops[HopIndex], Transport, _preferredListener, environment))
            {
                Status = NextHopStatus.Known;
                break;
            }
        }

        return this;
    }

    /// <summary>Completes the decision with a flow: of its connection if it has one, else by its listener if that can reach the peer.</summary>
    private NextHop Take(scoped in Flow flow, ProxyEnvironment environment)
    {
        if (flow.Connection != 0)
        {
            Flow = flow;
            Status = NextHopStatus.Known;
        }
        else
        {
            Status = TryReach(flow.Remote, NeedsSecurity ? Transport : flow.Transport, flow.Listener, environment) ? NextHopStatus.Known : NextHopStatus.Unreachable;
        }

        return this;
    }

    private bool TryReach(scoped in PeerAddress address, Transport transport, int preferred, ProxyEnvironment environment) =>
        !address.IsAny && !address.IsBroadcastOrMulticast && address.Port != 0
        && environment.Identity.TryGetFlow(address, transport, preferred, out Flow);

    /// <summary>RFC 3261 §16.6 step 2: headers and a method parameter have no place in a Request-URI (§19.1.1, table 1).</summary>
    private static ReadOnlySpan<byte> RequestUriOf(scoped in SipUri uri, ProxyEnvironment environment)
    {
        var text = uri.WithoutHeaders;
        if (!uri.HasParameter("method"u8))
        {
            return text;
        }

        var writer = new SipWriter(environment.TargetScratch);
        writer.Write(text[..^uri.Parameters.Length]);
        var walk = new Parameters(uri.Parameters);
        while (walk.Next())
        {
            if (!walk.Is("method"u8))
            {
                ParameterWriter.Write(ref writer, walk);
            }
        }

        return environment.TargetScratch.AsSpan(0, writer.Length);
    }

    /// <summary>RFC 3261 §16.6 step 6: the first Route value leads, or the Request-URI when there is none.</summary>
    private SipUri TakeRoute(scoped in RoutedRequest request, scoped in SipUri target, out bool routed)
    {
        routed = true;
        var first = RoutesAdded;
        if (!RoutesAdded.IsEmpty)
        {
            first = RoutesAdded[..Scan.EndOfListElement(RoutesAdded, 0)];
        }
        else if (!request.NextRoute.IsEmpty)
        {
            first = request.NextRoute;
        }

        if (first.IsEmpty || !NameAddr.TryParse(first, out var route) || !SipUri.TryParse(route.Uri, out var leading))
        {
            routed = false;
            return target;
        }

        if (!leading.HasParameter("lr"u8))
        {
            // A strict router: it finds itself in the Request-URI and the real one at the end of Route.
            RouteAppended = RequestUri;
            RequestUri = leading.WithoutHeaders;
            if (RoutesAdded.IsEmpty)
            {
                RoutesRemoved++;
            }
            else
            {
                RoutesAdded = Scan.Trim(RoutesAdded[Math.Min(first.Length + 1, RoutesAdded.Length)..]);
            }
        }

        return leading;
    }

    private NextHop Locate(scoped in Target target, ProxyEnvironment environment)
    {
        if (PeerAddress.TryParseHost(Host, Port == 0 ? Transport.DefaultPort() : Port, out var address))
        {
            UsedBindingSource = PrefersBindingSource(address, target, environment);
            return UsedBindingSource
                ? Take(target.Source, environment)
                : Take(new HopList(Adapt(address, environment)), environment);
        }

        // A name of ours leads back here: a spiral, which needs no name server. With another port it is another program.
        if (environment.Identity.IsOwn(Host, Port, Transport))
        {
            return Take(new HopList(environment.Identity.ListenerWith(Transport, _preferredListener).Reached), environment);
        }

        Status = NextHopStatus.NeedsLookup;
        return this;
    }

    // Everything runs on this machine: a softphone's Contact with its LAN address means this machine too.
    private static PeerAddress Adapt(in PeerAddress address, ProxyEnvironment environment) =>
        environment.Identity.Mode != NetworkMode.Loopback || address.IsLoopback ? address : PeerAddress.FromV4(0x7F00_0001, address.Port);

    // A private Contact says nothing outside its own network; where the REGISTER came from is where the NAT in between
    // lets us in.
    private readonly bool PrefersBindingSource(in PeerAddress address, scoped in Target target, ProxyEnvironment environment)
    {
        return environment.Identity.Mode switch
        {
            _ when target.Source.IsNone => false,
            NetworkMode.Nat => IsUnreachable(address, environment) && address != target.Source.Remote,
            NetworkMode.Lan => IsUnreachable(address, environment) && !environment.Identity.IsNear(target.Source.Remote),
            _ => false,
        };
    }

    private readonly bool IsUnreachable(in PeerAddress address, ProxyEnvironment environment) =>
        address.IsPrivate || address.IsLoopback || address.IsAny || !environment.Identity.TryGetFlow(address, Transport, 0, out _);
}
