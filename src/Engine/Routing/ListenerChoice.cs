using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// Which listener sends: the one whose address faces the peer, so that what our Via and Record-Route say leads back.
/// The routing table is asked once for each peer and again some seconds later; where a family has only one address there
/// is nothing to ask. One for each shard.
/// </summary>
/// <param name="listeners">All listeners.</param>
/// <param name="routes">The routing table.</param>
/// <param name="element">The network element whose listeners may send.</param>
internal sealed class ListenerChoice(ListenerTable listeners, IRouteLookup routes, int element = 0)
{
    /// <summary>How long an answer of the routing table holds.</summary>
    public const long LifeTicks = 5_000;

    // A peer has one place; another one that falls on it takes it over. 48 KiB a shard.
    private const int CacheSize = 1024;

    private readonly Entry[] _cache = new Entry[CacheSize];

    /// <summary>
    /// The listener towards <paramref name="peer"/>: <paramref name="preferred"/> when its address faces the peer or
    /// no other does; -1 when none can reach the family.
    /// </summary>
    public int Facing(in PeerAddress peer, Transport transport, int preferred, long nowTick)
    {
        if (!MustChoose(peer) || !TryFindLocal(peer, nowTick, out var local)
            || (listeners[preferred].Transport == transport && listeners[preferred].Reached.SameHost(local)))
        {
            return Keep(peer, transport, preferred, nowTick);
        }

        var entry = listeners[preferred];
        return entry.Transport == transport && entry.Bound.IsAny && entry.Bound.IsV4 == peer.IsV4
            ? listeners.IndexOf(entry.Socket, local)
            : Bound(local, transport, entry.Bound.Port) is >= 0 and var bound ? bound : Keep(peer, transport, preferred, nowTick);
    }

    /// <summary>
    /// The listener that a peer is known to use: it sends, unless it cannot reach the address. For responses, and for
    /// what follows a REGISTER or a dialog.
    /// </summary>
    public int Keep(in PeerAddress peer, Transport transport, int listener, long nowTick)
    {
        if (Reaches(listener, peer, transport, nowTick))
        {
            return listener;
        }

        foreach (var entry in listeners.Of(element))
        {
            if (entry.Index < listeners.Sockets && Reaches(entry.Index, peer, transport, nowTick))
            {
                return entry.Index;
            }
        }

        return -1;
    }

    /// <summary>The same as a flow; false when no listener can reach the peer.</summary>
    public bool TryKeep(in PeerAddress peer, Transport transport, int listener, long nowTick, out Flow flow)
    {
        var found = Keep(peer, transport, listener, nowTick);
        flow = found < 0 ? default : new Flow(peer, transport, found);
        return found >= 0;
    }

    /// <summary>True for an address of this machine, as the routing table knows it now.</summary>
    public bool IsThisMachine(in PeerAddress address, long nowTick) =>
        address.IsLoopback || (TryFindLocal(address, nowTick, out var local) && local.SameHost(address));

    /// <summary>
    /// A link-local address means a host only together with its interface, which a URI cannot say (RFC 3261 §25.1
    /// has no zone): that of <paramref name="hint"/> when it has one, else the first that we listen on.
    /// </summary>
    public PeerAddress WithScope(in PeerAddress address, in PeerAddress hint)
    {
        if (!address.IsLinkLocalV6 || address.Scope != 0)
        {
            return address;
        }

        if (hint.Scope != 0)
        {
            return address.WithScope(hint.Scope);
        }

        foreach (var listener in listeners.Of(element))
        {
            if (listener.Reached.Scope != 0)
            {
                return address.WithScope(listener.Reached.Scope);
            }
        }

        return address;
    }

    private bool Reaches(int listener, in PeerAddress peer, Transport transport, long nowTick)
    {
        var entry = listeners[listener];

        // A socket bound to loopback cannot reach another machine, and the kernel would say so only later.
        var isOpen = !entry.Reached.IsLoopback || (entry.Bound.IsAny && entry.Source.IsNone);
        return entry.Element == element && entry.Transport == transport && entry.Bound.IsV4 == peer.IsV4 && (isOpen || IsThisMachine(peer, nowTick));
    }

    /// <summary>True when the family has more than one address that could send.</summary>
    private bool MustChoose(in PeerAddress peer)
    {
        var first = default(PeerAddress);
        foreach (var entry in listeners.Of(element))
        {
            if (entry.Bound.IsV4 != peer.IsV4)
            {
                continue;
            }

            if (entry.Bound.IsAny || (!first.IsNone && !entry.Bound.SameHost(first)))
            {
                return true;
            }

            first = entry.Bound;
        }

        return false;
    }

    /// <summary>The listener with that address, that port before any other; else a socket bound to any that can have it.</summary>
    private int Bound(in PeerAddress local, Transport transport, int port)
    {
        var (best, any) = (-1, -1);
        foreach (var entry in listeners.Of(element))
        {
            if (entry.Transport != transport)
            {
                continue;
            }

            if (entry.Reached.SameHost(local) && !(entry.Bound.IsAny && entry.Source.IsNone))
            {
                best = best < 0 || (entry.Bound.Port == port && listeners[best].Bound.Port != port) ? entry.Index : best;
            }
            else if (any < 0 && entry.Index < listeners.Sockets && entry.Bound.IsAny && entry.Bound.IsV4 == local.IsV4)
            {
                any = entry.Index;
            }
        }

        return best >= 0 ? best : any >= 0 ? listeners.IndexOf(any, local) : -1;
    }

    private bool TryFindLocal(in PeerAddress peer, long nowTick, out PeerAddress local)
    {
        ref var entry = ref _cache[(uint)peer.WithPort(0).GetHashCode() % CacheSize];
        if (entry.DueTick <= nowTick || !entry.Peer.IsSameInterface(peer))
        {
            routes.TryFind(peer, out local);
            entry = new Entry { Peer = peer, Local = local, DueTick = nowTick + LifeTicks };
        }

        local = entry.Local;
        return !local.IsNone && !local.IsAny;
    }

    private struct Entry
    {
        public PeerAddress Peer;
        public PeerAddress Local;
        public long DueTick;
    }
}
