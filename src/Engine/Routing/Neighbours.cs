using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Routing;

/// <summary>Who is near: the peers that may use us to reach others. All the rest are strangers.</summary>
internal sealed class Neighbours
{
    private readonly ListenerTable _listeners;
    private readonly NetworkMode _mode;
    private readonly (PeerAddress Network, int PrefixLength)[] _networks;

    /// <param name="options">Validated options.</param>
    /// <param name="listeners">All listeners.</param>
    public Neighbours(SipEngineOptions options, ListenerTable listeners)
    {
        _listeners = listeners;
        _mode = options.Mode;
        _networks = [.. options.LocalNetworks.Select(static n => (PeerAddress.From(n.BaseAddress, 0), n.PrefixLength))];
    }

    /// <summary>
    /// True for a peer of our own network: this machine, one of <c>--local-network</c>, or any private address when
    /// none is configured. In loopback mode all are near, since only this machine reaches us then.
    /// </summary>
    public bool IsNear(in PeerAddress peer)
    {
        if (peer.IsLoopback || _mode == NetworkMode.Loopback)
        {
            return true;
        }

        foreach (var (network, prefixLength) in _networks)
        {
            if (peer.IsIn(network, prefixLength))
            {
                return true;
            }
        }

        return (_networks.Length == 0 && peer.IsPrivate) || IsThisMachine(peer);
    }

    private bool IsThisMachine(in PeerAddress peer)
    {
        foreach (var listener in _listeners.All)
        {
            if (listener.Reached.SameHost(peer))
            {
                return true;
            }
        }

        return false;
    }
}
