using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>One listener as the wire knows it.</summary>
/// <param name="Bound">Address and port it is bound to.</param>
/// <param name="Reached">Where it is reached from this machine: as bound, or a real address when bound to any.</param>
/// <param name="SentBy">What goes into our Via: <c>host:port</c>.</param>
internal sealed record LocalListener(PeerAddress Bound, PeerAddress Reached, byte[] SentBy)
{
    /// <summary>What leaves by it cannot be read on the way, so that it may carry what a sips URI asks for (RFC 3261 §26.2.2). UDP is not.</summary>
    public bool IsSecure { get; init; }
}

/// <summary>
/// Who we are: listeners, advertised address and domains; and who is near. Built once the sockets are bound and
/// shared by all shards; only the domain set changes after that.
/// </summary>
internal sealed class LocalIdentity
{
    private readonly PeerAddress[] _ownAddresses;
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
        Listeners = [.. bound.Select(address => Reach(address, interfaces)).Zip(bound, (reached, b) => new LocalListener(b, reached, SentByOf(reached)))];
        _ownAddresses = [.. bound.SelectMany(b => b.IsAny ? interfaces.Where(i => i.IsV4 == b.IsV4).Select(i => i.WithPort(b.Port)) : [b]).Distinct()];
        if (_advertised is not null && PeerAddress.TryParseHost(_advertised, 0, out var advertised))
        {
            _ownAddresses = [.. _ownAddresses, .. bound.Select(b => advertised.WithPort(b.Port))];
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
    public bool IsResponsibleFor(in SipUri uri, bool inDialog = false) => Owns(uri.Host, uri.Port, uri.DefaultPort, anyPortWhenAbsent: !inDialog);

    /// <summary>The same as <see cref="IsOwn(ReadOnlySpan{byte}, int)"/> for the URI of a Route; a sips URI without a port means 5061.</summary>
    public bool IsOwn(in SipUri uri) => Owns(uri.Host, uri.Port, uri.DefaultPort, anyPortWhenAbsent: false);

    /// <summary>
    /// True when a Route, maddr or Via host and port lead to one of our listeners (RFC 3261 §16.4). Without a port
    /// the default one is meant, except after a domain name of ours.
    /// </summary>
    public bool IsOwn(ReadOnlySpan<byte> host, int port) => Owns(host, port, 5060, anyPortWhenAbsent: false);

    /// <summary>True when the address is one that we receive on.</summary>
    public bool IsOwn(in PeerAddress address)
    {
        foreach (ref readonly var own in _ownAddresses.AsSpan())
        {
            if (own == address)
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

        foreach (ref readonly var own in _ownAddresses.AsSpan())
        {
            if (own.SameHost(peer))
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
    /// The listener to send from: the one it came in by when its address family fits, else the first that does;
    /// -1 when none can reach the family. With <paramref name="needsSecurity"/> only a secure one will do.
    /// </summary>
    public int ListenerFor(in PeerAddress destination, int preferred, bool needsSecurity = false)
    {
        if (Fits(preferred, destination, needsSecurity))
        {
            return preferred;
        }

        for (var i = 0; i < Listeners.Length; i++)
        {
            if (Fits(i, destination, needsSecurity))
            {
                return i;
            }
        }

        return -1;
    }

    private bool Fits(int listener, in PeerAddress destination, bool needsSecurity)
    {
        if (needsSecurity && !Listeners[listener].IsSecure)
        {
            return false;
        }

        var bound = Listeners[listener].Bound;

        // A socket bound to loopback cannot reach another machine, and the kernel would say so only later.
        return bound.IsV4 == destination.IsV4 && (!bound.IsLoopback || destination.IsLoopback);
    }

    private bool Owns(ReadOnlySpan<byte> host, int port, int defaultPort, bool anyPortWhenAbsent)
    {
        if (!PeerAddress.TryParseHost(host, port == 0 ? defaultPort : port, out var address))
        {
            return Domains.Contains(host) && (port == 0 || ListensOn(port));
        }

        if (IsOwn(address))
        {
            return true;
        }

        if (port != 0 || !anyPortWhenAbsent)
        {
            return false;
        }

        foreach (ref readonly var own in _ownAddresses.AsSpan())
        {
            if (own.SameHost(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool ListensOn(int port)
    {
        foreach (var listener in Listeners)
        {
            if (listener.Bound.Port == port)
            {
                return true;
            }
        }

        return false;
    }

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
