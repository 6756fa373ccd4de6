using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>One listener as the wire knows it.</summary>
/// <param name="Transport">What it takes.</param>
/// <param name="Bound">Address and port it is bound to.</param>
/// <param name="Reached">Where it is reached from this machine: as bound, or a real address when bound to any.</param>
/// <param name="SentBy">What goes into our Via: <c>host:port</c>.</param>
internal sealed record LocalListener(Transport Transport, PeerAddress Bound, PeerAddress Reached, byte[] SentBy)
{
    /// <summary>What leaves by it cannot be read on the way, so that it may carry what a sips URI asks for (RFC 3261 §26.2.2).</summary>
    public bool IsSecure => Transport.IsSecure();
}

/// <summary>
/// Who we are: listeners, advertised address and domains; and who is near. Built once the sockets are bound and
/// shared by all shards; only the domain set changes after that.
/// </summary>
internal sealed class LocalIdentity
{
    private readonly (PeerAddress Address, Transport Transport)[] _own;
    private readonly byte[]? _advertised;
    private readonly (PeerAddress Network, int PrefixLength)[] _near;

    /// <param name="options">Validated options.</param>
    /// <param name="bound">Where each listener is really bound, in the order of <see cref="SipEngineOptions.Listen"/>.</param>
    /// <param name="interfaceAddresses">Addresses of this machine, for listeners bound to any address.</param>
    public LocalIdentity(SipEngineOptions options, IReadOnlyList<PeerAddress> bound, IReadOnlyList<PeerAddress>? interfaceAddresses = null)
    {
        Mode = options.Mode;
        _advertised = options.Advertise is { } name ? Encoding.ASCII.GetBytes(BracketV6(name)) : null;
        var interfaces = interfaceAddresses ?? [];
        Listeners = [.. bound.Zip(options.Listen, (b, listen) => ListenerAt(b, Reach(b, interfaces), listen.Transport))];
        _own = [.. Listeners.SelectMany(l => AddressesOf(l.Bound, interfaces).Select(address => (address, l.Transport))).Distinct()];
        if (_advertised is not null && PeerAddress.TryParseHost(_advertised, 0, out var advertised))
        {
            _own = [.. _own, .. Listeners.Select(l => (advertised.WithPort(l.Bound.Port), l.Transport))];
        }

        var names = options.Domains.Concat(_advertised is null ? [] : [Encoding.ASCII.GetString(_advertised)]);
        Domains = new DomainSet(
            bound.Any(static b => b.IsLoopback) ? names.Append("localhost") : names,
            options.Mode == NetworkMode.Loopback ? options.MaxAdoptedDomains : 0);
        _near = [.. options.LocalNetworks.Select(static n => (PeerAddress.From(n.BaseAddress, 0), n.PrefixLength))];
    }

    /// <summary>The network mode.</summary>
    public NetworkMode Mode { get; }

    /// <summary>The listeners, by index.</summary>
    public LocalListener[] Listeners { get; }

    /// <summary>True when there is a listener that may carry what a sips URI asks for.</summary>
    public bool HasSecureListener
    {
        get
        {
            foreach (var listener in Listeners)
            {
                if (listener.IsSecure)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The domains that are ours.</summary>
    public DomainSet Domains { get; }

    /// <summary>
    /// True when we are responsible for the host of a URI (RFC 3261 §16.5): one of our domains, or an address of
    /// ours with a port that we listen on. An address-of-record without a port names us by its host alone; within a
    /// dialog the URI is a Contact, and there no port is the default one (§19.1.1, table 1; §12.2.1.1).
    /// </summary>
    public bool IsResponsibleFor(in SipUri uri, bool inDialog = false)
    {
        var port = uri.Port == 0 && inDialog ? uri.DefaultPort : uri.Port;
        if (!PeerAddress.TryParseHost(uri.Host, port, out var address))
        {
            return Domains.Contains(uri.Host) && (uri.Port == 0 || ListensOn(uri.Port, null));
        }

        // Whatever transport it asks for: that is how a request gets here, not whose it is.
        foreach (ref readonly var own in _own.AsSpan())
        {
            if (port == 0 ? own.Address.SameHost(address) : own.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// True when a Route or maddr leads to one of our listeners (RFC 3261 §16.4): one address and port is another place
    /// by another transport. Without a port the default one is meant, except after a domain name of ours.
    /// </summary>
    public bool IsOwn(ReadOnlySpan<byte> host, int port, Transport transport) =>
        PeerAddress.TryParseHost(host, port == 0 ? transport.DefaultPort() : port, out var address)
            ? IsOwn(address, transport)
            : Domains.Contains(host) && (port == 0 || ListensOn(port, transport));

    /// <summary>True when the URI of a Route leads to one of our listeners.</summary>
    public bool IsOwn(in SipUri uri) => uri.TryGetTransport(out var transport) && IsOwn(uri.Host, uri.Port, transport);

    /// <summary>True when a Via is ours: its sent-by is one of our listeners.</summary>
    public bool IsOwn(SipMessage message, in Via via) =>
        Transports.TryParse(message[via.Transport], out var transport)
        && IsOwn(message[via.Host], via.PortOrDefault(transport), transport);

    /// <summary>True when the address is one that we receive on by that transport.</summary>
    public bool IsOwn(in PeerAddress address, Transport transport)
    {
        foreach (ref readonly var own in _own.AsSpan())
        {
            if (own.Transport == transport && own.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// True for a peer of our own network: loopback, one of <c>--local-network</c>, or any private address when
    /// none is configured.
    /// </summary>
    public bool IsNear(in PeerAddress peer)
    {
        if (peer.IsLoopback || Mode == NetworkMode.Loopback)
        {
            return true;
        }

        foreach (ref readonly var own in _own.AsSpan())
        {
            if (own.Address.SameHost(peer))
            {
                return true;
            }
        }

        foreach (var (network, prefixLength) in _near)
        {
            if (peer.IsIn(network, prefixLength))
            {
                return true;
            }
        }

        return _near.Length == 0 && peer.IsPrivate;
    }

    /// <summary>
    /// The flow to a peer: from the preferred listener when its transport and address family fit, else from the first
    /// that does. False when none can reach it.
    /// </summary>
    public bool TryGetFlow(in PeerAddress destination, Transport transport, int preferred, out Flow flow)
    {
        var listener = Fits(preferred, destination, transport) ? preferred : 0;
        while (!Fits(listener, destination, transport))
        {
            if (++listener == Listeners.Length)
            {
                flow = default;
                return false;
            }
        }

        flow = new Flow(destination, transport, listener);
        return true;
    }

    /// <summary>True when a listener has that transport.</summary>
    public bool Has(Transport transport)
    {
        foreach (var listener in Listeners)
        {
            if (listener.Transport == transport)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The preferred listener when it has that transport, else the first that does; one has to.</summary>
    public LocalListener ListenerWith(Transport transport, int preferred)
    {
        var at = preferred;
        for (var i = 0; Listeners[at].Transport != transport; i++)
        {
            at = i;
        }

        return Listeners[at];
    }

    private bool Fits(int listener, in PeerAddress destination, Transport transport)
    {
        var candidate = Listeners[listener];
        var bound = candidate.Bound;

        // A socket bound to loopback cannot reach another machine, and the kernel would say so only later.
        return candidate.Transport == transport
            && bound.IsV4 == destination.IsV4
            && (!bound.IsLoopback || destination.IsLoopback);
    }

    private bool ListensOn(int port, Transport? transport)
    {
        foreach (var listener in Listeners)
        {
            if (listener.Bound.Port == port && (transport is null || listener.Transport == transport))
            {
                return true;
            }
        }

        return false;
    }

    private LocalListener ListenerAt(PeerAddress bound, PeerAddress reached, Transport transport) => new(transport, bound, reached, SentByOf(reached));

    private static IEnumerable<PeerAddress> AddressesOf(PeerAddress bound, IReadOnlyList<PeerAddress> interfaces) =>
        bound.IsAny ? interfaces.Where(i => i.IsV4 == bound.IsV4).Select(i => i.WithPort(bound.Port)) : [bound];

    /// <summary>An any-address listener is known by the first real address of its family.</summary>
    private static PeerAddress Reach(PeerAddress bound, IReadOnlyList<PeerAddress> interfaces) => bound.IsAny
        ? interfaces.Where(i => i.IsV4 == bound.IsV4).OrderBy(static i => i.IsLoopback).FirstOrDefault(bound).WithPort(bound.Port)
        : bound;

    private byte[] SentByOf(PeerAddress reached)
    {
        Span<byte> text = stackalloc byte[48];
        var host = _advertised ?? text[..reached.FormatHost(text, bracketed: true)].ToArray();
        return [.. host, (byte)':', .. Encoding.ASCII.GetBytes(reached.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static string BracketV6(string host) => IPAddress.TryParse(host, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"[{ip}]"
        : host;
}
