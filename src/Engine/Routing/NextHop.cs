using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

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

    /// <summary>The way the REGISTER behind the target came; none for a target that is no binding.</summary>
    private Flow _source;

    /// <summary>What tells the interface of a link-local address.</summary>
    private PeerAddress _scopeHint;

    private int _preferredListener;

    /// <summary>True when our Route of the dialog says which listener faces the peer.</summary>
    private bool _isListenerKnown;

    /// <summary>True when a Route value of the request leads on, and not its target.</summary>
    private bool _isRoute;

    /// <summary>Decides for one target.</summary>
    public static NextHop Decide(in RoutedRequest request, scoped in Target target, TargetSet targets, ProxyEnvironment environment)
    {
        var hop = new NextHop
        {
            RoutesRemoved = request.RoutesRemoved,
            Status = NextHopStatus.Unreachable,
            _source = target.Source,
            _scopeHint = target.Source.IsNone ? request.Source.Remote : target.Source.Remote,
            _isListenerKnown = request.SendBy >= 0 && target.Source.IsNone,
        };
        hop._preferredListener = !target.Source.IsNone ? target.Source.Listener : hop._isListenerKnown ? request.SendBy : request.Source.Listener;
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
            // RFC 5630 §5.3: the sender's own Route asks for what there is not, or the callee can be reached by nothing else.
            hop.Status = !hop.NeedsSecurity || environment.Identity.HasSecureListener ? NextHopStatus.Unreachable
                : target.Path.IsEmpty ? NextHopStatus.SipsNotAllowed : NextHopStatus.SipsRequired;
            return hop;
        }

        if (!routed && target.Source.IsNone && hop.TryFollowBinding(request, environment))
        {
            hop._isListenerKnown = false;
        }
        else if (!routed && !request.FlowDestination.IsNone)
        {
            return hop.Take(request.FlowDestination, environment);
        }

        hop.Host = leading.TryGetParameter("maddr"u8, out var maddr) && !maddr.IsEmpty ? maddr : leading.Host;
        hop.Port = leading.Port;
        hop._isRoute = routed && hop.RoutesAdded.IsEmpty && hop.RouteAppended.IsEmpty;
        return hop.Locate(routed, environment);
    }

    /// <summary>
    /// Completes the decision with what a look-up found: the first of <paramref name="hops"/>, from
    /// <paramref name="first"/> on, that a listener of ours can reach.
    /// </summary>
    public NextHop TakeFound(scoped in HopList hops, ProxyEnvironment environment, int first = 0)
    {
        if (!environment.Identity.IsOwn(hops[first], Transport))
        {
            // Where no listener of ours reaches any of its addresses, the phone is still where its REGISTER came from.
            var found = Take(hops, environment, first);
            return found.Status == NextHopStatus.Known || _source.IsNone || first > 0 ? found : TakeSource();
        }

        // A Route through a name of ours that no option names: it ends here, and the request comes back without it.
        if (_isRoute)
        {
            RoutesRemoved++;
            return Take(hops, environment, first);
        }

        Status = NextHopStatus.Ourselves;
        return this;
    }

    /// <summary>
    /// A name has no address: the phone's own network may know it, and the phone is still where its REGISTER came from.
    /// </summary>
    public NextHop TakeNothing()
    {
        Status = NextHopStatus.Unreachable;
        return _source.IsNone ? this : TakeSource();
    }

    /// <summary>Completes the decision with the answer to a look-up, which may be that there is no address.</summary>
    public NextHop TakeAnswer(scoped in HopList hops, ProxyEnvironment environment) =>
        hops.Count > 0 ? TakeFound(hops, environment) : TakeNothing();

    private NextHop Take(scoped in HopList hops, ProxyEnvironment environment, int first = 0)
    {
        Hops = hops;
        Status = NextHopStatus.Unreachable;
        for (HopIndex = first; HopIndex < hops.Count; HopIndex++)
        {
            if (TryReach(hops[HopIndex], environment))
            {
                Status = NextHopStatus.Known;
                break;
            }
        }

        return this;
    }

    /// <summary>Completes the decision with a flow: of its connection if it has one, else by the listener that reaches the peer.</summary>
    private NextHop Take(scoped in Flow flow, ProxyEnvironment environment)
    {
        if (flow.Connection != 0)
        {
            Flow = flow;
            Status = NextHopStatus.Known;
            return this;
        }

        Transport = NeedsSecurity ? Transport : flow.Transport;
        _preferredListener = _isListenerKnown ? _preferredListener : flow.Listener;
        Status = TryReach(flow.Remote, environment) ? NextHopStatus.Known : NextHopStatus.Unreachable;
        return this;
    }

    private bool TryReach(scoped in PeerAddress address, ProxyEnvironment environment)
    {
        var choice = environment.ListenerChoice;
        var destination = choice.WithScope(address, _scopeHint);
        var preferred = environment.Identity.Listeners[_preferredListener];

        // A host that wrote to a listener is answered from it: its NAT, or its firewall, lets in nothing else.
        var isKnownHost = destination.SameHost(_source.Remote) && preferred.Transport == Transport && preferred.Bound.IsV4 == destination.IsV4;
        var now = environment.Resources.NowTick;
        var listener = isKnownHost ? _preferredListener
            : _isListenerKnown ? choice.Keep(destination, Transport, _preferredListener, now)
            : choice.Facing(destination, Transport, _preferredListener, now);
        if (listener < 0 || destination.IsAny || destination.IsBroadcastOrMulticast || destination.Port == 0)
        {
            return false;
        }

        Flow = new Flow(destination, Transport, listener);
        return true;
    }

    /// <summary>
    /// A phone behind a NAT that has moved during a call is where it registered last, whatever our Record-Route said when
    /// the call began: the Contact that the dialog names is still that of its binding. In loopback mode the binding alone
    /// knows where a Contact of another address leads.
    /// </summary>
    private bool TryFollowBinding(scoped in RoutedRequest request, ProxyEnvironment environment)
    {
        var message = request.Message;
        if (message.ToTag.IsEmpty || !(environment.Identity.Mode switch
        {
            NetworkMode.Loopback => !IsOnThisMachine(request.Uri, environment),
            NetworkMode.Nat => true,
            _ => !request.FlowDestination.IsNone,
        }))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[AddressOfRecord.MaxLength];
        if (!NameAddr.TryParse(message.FirstValue(HeaderName.To), out var to) || !SipUri.TryParse(to.Uri, out var user) || !user.HasUser
            || !environment.Identity.IsResponsibleFor(user) || !AddressOfRecord.TryWrite(user, key, out var length)
            || !environment.Location.Lookup(key[..length], out var bindings))
        {
            return false;
        }

        foreach (var binding in bindings.Live(environment.Resources.NowTick))
        {
            if (binding.Path.IsEmpty && binding.ContactUri.SequenceEqual(request.Uri.Text))
            {
                (_source, _scopeHint, _preferredListener) = (binding.Source, binding.Source.Remote, binding.Source.Listener);
                return true;
            }
        }

        return false;
    }

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

    private NextHop Locate(bool routed, ProxyEnvironment environment)
    {
        var isLiteral = PeerAddress.TryParseHost(Host, Port == 0 ? Transport.DefaultPort() : Port, out var address);

        // A name of ours leads back here: a spiral, which needs no name server. With another port it is another program.
        if (!isLiteral && environment.Identity.IsOwn(Host, Port, Transport))
        {
            return Take(new HopList(environment.Identity.ListenerWith(Transport, _preferredListener).Reached), environment);
        }

        if (!_source.IsNone && !environment.Identity.IsOwn(address, Transport) && !MayLeadTo(isLiteral, address, environment))
        {
            return TakeSource();
        }

        if (isLiteral)
        {
            return routed ? Take(new HopList(address), environment) : Adapt(address, environment);
        }

        Status = NextHopStatus.NeedsLookup;
        return this;
    }

    /// <summary>
    /// Where the Contact or Path of a stranger may lead: to the host that the REGISTER came from, or anywhere public when
    /// we are an open relay by choice. Anything else is answered where the REGISTER came from, as for a phone behind a
    /// NAT: no peer that merely registers aims our requests at a third party, or into our own networks.
    /// </summary>
    private readonly bool MayLeadTo(bool isLiteral, in PeerAddress address, ProxyEnvironment environment) =>
        environment.Neighbours.IsNear(_source.Remote)
        || (isLiteral && (address.SameHost(_source.Remote) || (environment.Options.Relay && !environment.Neighbours.IsNear(address))));

    private NextHop Adapt(scoped in PeerAddress address, ProxyEnvironment environment) => environment.Identity.Mode switch
    {
        NetworkMode.Loopback => Take(new HopList(OnThisMachine(address, environment)), environment),

        // A private Contact says nothing outside its own network; where the REGISTER came from is where the NAT in
        // between lets us in.
        NetworkMode.Nat when !_source.IsNone && address != _source.Remote && IsUnreachable(address, environment)
            && !environment.Identity.IsOwn(address, Transport) => TakeSource(),
        _ => Take(new HopList(address), environment),
    };

    /// <summary>
    /// Everything runs on this machine, so a Contact with an address that is not this machine's, or of a family that we do
    /// not listen in, means this machine too: the program behind it is where the REGISTER came from, or on loopback.
    /// </summary>
    private readonly PeerAddress OnThisMachine(in PeerAddress address, ProxyEnvironment environment)
    {
        var source = _source.Remote;
        if (address.SameHost(source) || IsReachable(address, environment))
        {
            return address;
        }

        var isV4 = environment.Identity.Listeners[_preferredListener].Bound.IsV4;
        var here = _source.IsNone ? PeerAddress.Loopback(isV4, address.Port) : source.WithPort(address.Port);
        return environment.Identity.IsOwn(here, Transport) && !_source.IsNone ? source : here;
    }

    /// <summary>The REGISTER came this way, so this way leads back.</summary>
    private NextHop TakeSource()
    {
        var isSafe = !NeedsSecurity || _source.Transport.IsSecure();
        UsedBindingSource = isSafe;
        Flow = isSafe ? _source : default;
        Status = isSafe ? NextHopStatus.Known : NextHopStatus.Unreachable;
        return this;
    }

    private readonly bool IsOnThisMachine(in SipUri uri, ProxyEnvironment environment) =>
        PeerAddress.TryParseHost(uri.Host, uri.PortOrDefault, out var address) && IsReachable(address, environment);

    private readonly bool IsUnreachable(in PeerAddress address, ProxyEnvironment environment) =>
        address.IsPrivate || address.IsLoopback || address.IsAny || !IsReachable(address, environment);

    private readonly bool IsReachable(in PeerAddress address, ProxyEnvironment environment) =>
        environment.ListenerChoice.Keep(address, Transport, _preferredListener, environment.Resources.NowTick) >= 0;
}
