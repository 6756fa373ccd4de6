using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// All listeners by index. The sockets that the options ask for come first, in their order; behind them stand the
/// local addresses of those that are bound to any address, so that an index says which of them a peer uses. Entries
/// are only ever added: at the start from the interfaces, later when a datagram arrives for an address that is new.
/// Readers take no lock.
/// </summary>
internal sealed class ListenerTable
{
    /// <summary>
    /// The most entries. A peer on this machine may write to any address of 127.0.0.0/8; beyond the limit the index of
    /// the socket stands for its further addresses, and the system chooses the source.
    /// </summary>
    public const int MaxCount = 1024;

    private readonly byte[]? _advertised;
    private readonly Lock _gate = new();
    private LocalListener[] _entries = [];
    private LocalListener[][] _byElement = [[]];
    private int _sockets;

    /// <param name="advertise">Host name or address that goes into Via in place of the local one; null for the local one.</param>
    public ListenerTable(string? advertise) => _advertised = advertise is null ? null : Encoding.ASCII.GetBytes(BracketV6(advertise));

    /// <param name="advertise">The same.</param>
    /// <param name="bound">Where each socket is bound, in the order of the options.</param>
    /// <param name="interfaces">Addresses of this machine.</param>
    /// <param name="transport">What all of them take.</param>
    public ListenerTable(string? advertise, IEnumerable<PeerAddress> bound, IReadOnlyList<PeerAddress> interfaces, Transport transport = Transport.Udp)
        : this(advertise)
    {
        foreach (var address in bound)
        {
            AddSocket(address, interfaces, transport);
        }

        AddInterfaces(interfaces);
    }

    /// <summary>The host that is advertised, IPv6 in brackets; null when none is.</summary>
    public ReadOnlySpan<byte> Advertised => _advertised;

    /// <summary>Entries.</summary>
    public int Count => Volatile.Read(ref _entries).Length;

    /// <summary>Sockets: as many entries from the first stand for them.</summary>
    public int Sockets => _sockets;

    /// <summary>All entries at this moment.</summary>
    public ReadOnlySpan<LocalListener> All => Volatile.Read(ref _entries);

    /// <summary>Those of one network element at this moment.</summary>
    public ReadOnlySpan<LocalListener> Of(int element) => Volatile.Read(ref _byElement)[element];

    /// <summary>The entry with that index.</summary>
    public LocalListener this[int index] => Volatile.Read(ref _entries)[index];

    /// <summary>Adds a socket; its index is the number of calls before. Before any other entry is added.</summary>
    public void AddSocket(PeerAddress bound, IReadOnlyList<PeerAddress> interfaces, Transport transport = Transport.Udp, int element = 0)
    {
        // What the system chooses is not known before it is asked: a real address stands for it until then.
        var reached = bound.IsAny
            ? interfaces.Where(i => i.IsV4 == bound.IsV4).OrderBy(static i => i.IsLoopback).FirstOrDefault(bound).WithPort(bound.Port)
            : bound;
        lock (_gate)
        {
            Publish(new LocalListener(_entries.Length, element, transport, _sockets++, bound, reached, default, SentByOf(reached)));
        }
    }

    /// <summary>Adds the addresses of this machine to every socket that is bound to any.</summary>
    public void AddInterfaces(IReadOnlyList<PeerAddress> interfaces)
    {
        for (var socket = 0; socket < _sockets; socket++)
        {
            foreach (var address in interfaces.Where(i => i.IsV4 == this[socket].Bound.IsV4))
            {
                IndexOf(socket, address);
            }
        }
    }

    /// <summary>
    /// The index for a local address of a socket; the socket's own when that is bound to one address, and when the
    /// address is none that datagrams can leave from.
    /// </summary>
    public int IndexOf(int socket, in PeerAddress local)
    {
        var entries = All;
        if (!entries[socket].Bound.IsAny || local.IsAny || local.IsBroadcastOrMulticast)
        {
            return socket;
        }

        var index = Find(entries, socket, local);
        return index >= 0 ? index : Add(socket, local);
    }

    /// <summary>
    /// The entry that stands for a local address of another process: the same address, else the first of that transport and
    /// family of addresses; -1 when there is none.
    /// </summary>
    public int IndexLike(Transport transport, in PeerAddress reached)
    {
        var entries = All;
        var like = -1;

        // From behind: an address of a socket that is bound to any says more than the socket.
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].Transport == transport && entries[i].Reached == reached)
            {
                return i;
            }

            like = entries[i].Transport == transport && entries[i].Reached.IsV4 == reached.IsV4 ? i : like;
        }

        return like;
    }

    private static int Find(ReadOnlySpan<LocalListener> entries, int socket, in PeerAddress local)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Socket == socket && entries[i].Source.IsSameInterface(local))
            {
                return i;
            }
        }

        return -1;
    }

    private int Add(int socket, in PeerAddress local)
    {
        lock (_gate)
        {
            var index = Find(_entries, socket, local);
            if (index >= 0 || _entries.Length >= MaxCount)
            {
                return Math.Max(index, socket);
            }

            var reached = local.WithPort(_entries[socket].Bound.Port);
            Publish(_entries[socket] with { Index = _entries.Length, Reached = reached, Source = reached, SentBy = SentByOf(reached) });
            return _entries.Length - 1;
        }
    }

    private void Publish(LocalListener entry)
    {
        LocalListener[] entries = [.. _entries, entry];
        var elements = entries.Max(static e => e.Element) + 1;
        Volatile.Write(ref _byElement, [.. Enumerable.Range(0, elements).Select(element => entries.Where(e => e.Element == element).ToArray())]);
        Volatile.Write(ref _entries, entries);
    }

    private byte[] SentByOf(PeerAddress reached)
    {
        Span<byte> text = stackalloc byte[48];
        var host = _advertised ?? text[..reached.FormatHost(text, bracketed: true)].ToArray();
        return [.. host, (byte)':', .. Encoding.ASCII.GetBytes(reached.Port.ToString(CultureInfo.InvariantCulture))];
    }

    private static string BracketV6(string host) =>
        IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : host;
}
