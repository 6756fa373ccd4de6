using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// Who we are: the addresses we listen on, the one that is advertised, and our domains. Shared by all shards; adopted
/// domains and new local addresses are added to it while it is read.
/// </summary>
internal sealed class LocalIdentity
{
    private readonly PeerAddress _advertised;

    /// <param name="options">Validated options.</param>
    /// <param name="listeners">All listeners.</param>
    /// <param name="element">Which of the network elements we are; its listeners are ours.</param>
    public LocalIdentity(SipEngineOptions options, ListenerTable listeners, int element = 0)
    {
        Element = element;
        Mode = options.Mode;
        Listeners = listeners;
        PeerAddress.TryParseHost(listeners.Advertised, 0, out _advertised);
        var names = options.Domains.Concat(listeners.Advertised.IsEmpty ? [] : [Encoding.ASCII.GetString(listeners.Advertised)]);
        Domains = new DomainSet(
            listeners.Of(element).ToArray().Any(static l => l.Bound.IsLoopback) ? names.Append("localhost") : names,
            options.Mode == NetworkMode.Loopback ? options.MaxAdoptedDomains : 0);
    }

    /// <summary>The network mode.</summary>
    public NetworkMode Mode { get; }

    /// <summary>The listeners of all elements, by index.</summary>
    public ListenerTable Listeners { get; }

    /// <summary>Which network element we are.</summary>
    public int Element { get; }

    /// <summary>True when there is a listener that may carry what a sips URI asks for.</summary>
    public bool HasSecureListener
    {
        get
        {
            foreach (var listener in Own)
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
        return port == 0 ? IsOwnHost(address) : IsOwn(address, null);
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

    /// <summary>True when the address is one that we receive on by that transport; by any when it is null.</summary>
    public bool IsOwn(in PeerAddress address, Transport? transport)
    {
        foreach (var listener in Own)
        {
            if (listener.Reached.Port == address.Port && (transport is null || listener.Transport == transport) && IsHostOf(listener, address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a listener has that transport.</summary>
    public bool Has(Transport transport)
    {
        foreach (var listener in Own)
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
        var found = Listeners[preferred];
        for (var i = 0; found.Transport != transport; i++)
        {
            found = Own[i];
        }

        return found;
    }

    /// <summary>True when the host is one that we receive on, by whatever port.</summary>
    public bool IsOwnHost(in PeerAddress address)
    {
        foreach (var listener in Own)
        {
            if (IsHostOf(listener, address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The listener that a host and port name literally; -1 when it is a name, or none of ours.</summary>
    public int ListenerNamed(ReadOnlySpan<byte> host, int port, Transport transport)
    {
        if (!PeerAddress.TryParseHost(host, port, out var address))
        {
            return -1;
        }

        var own = Own;
        for (var i = own.Length - 1; i >= 0; i--)
        {
            if (own[i].Transport == transport && own[i].Reached.Port == address.Port && own[i].Reached.SameHost(address))
            {
                return own[i].Index;
            }
        }

        return -1;
    }

    private ReadOnlySpan<LocalListener> Own => Listeners.Of(Element);

    // A zone has no place in a URI or Via (RFC 3261 §25.1), so hosts are compared without it. All of 127.0.0.0/8 reaches
    // a socket that is bound to any address.
    private bool IsHostOf(LocalListener listener, in PeerAddress address) =>
        listener.Reached.SameHost(address)
        || (!_advertised.IsAny && _advertised.SameHost(address))
        || (listener.Bound.IsAny && address.IsLoopback && address.IsV4 == listener.Bound.IsV4);

    /// <summary>True when a listener has that port, and that transport unless it is null.</summary>
    public bool ListensOn(int port, Transport? transport)
    {
        foreach (var listener in Own)
        {
            if (listener.Bound.Port == port && (transport is null || listener.Transport == transport))
            {
                return true;
            }
        }

        return false;
    }
}
