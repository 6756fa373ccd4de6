using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Roles;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Shards;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Perf.Shards;

/// <summary>
/// One shard with nothing around it: no socket, no thread, no clock. What it sends is held until the next datagram
/// comes in.
/// </summary>
internal sealed class ShardBed : IMessageSender, IHostResolver, IRouteLookup
{
    private const int Week = 604_800;

    private readonly byte[][] _sent = [.. Enumerable.Range(0, 16).Select(static _ => new byte[MessagePool.MaxCapacity])];
    private readonly int[] _lengths = new int[16];
    private long _now;

    public ShardBed()
    {
        // Nothing that was there at the beginning expires while something is measured.
        var options = new SipEngineOptions { Mode = NetworkMode.Lan, Domains = ["home.test"], Shards = 1, MaxExpires = Week, DialogTimeout = Week };
        var listeners = new ListenerTable(options.Advertise, options.Listen.Select(static listen => PeerAddress.From(listen.EndPoint)), []);
        Shard = new Shard(0, new ShardDependencies(
            options, SipTimers.From(options), [ProxyRegistrarRole.Define(new LocalIdentity(options, listeners))], new Neighbours(options, listeners),
            new LocationService(1, options.MaxBindings), Pool.LocalPart(new MemoryBudget(long.MaxValue)), this, this, this,
            new EngineKeys(new byte[EngineKeys.RootLength], new byte[EngineKeys.RootLength]), Wall: new WallClock(1_767_225_600_000), Store: new MemoryBindingStore()));
        Shard.Advance(0);
    }

    /// <summary>The pool that its datagrams come from.</summary>
    public MessagePool Pool { get; } = new(retained: 1_000_000);

    /// <summary>The shard.</summary>
    public Shard Shard { get; }

    /// <summary>Datagrams sent since the last one came in, or since time went on.</summary>
    public int Count { get; private set; }

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> Sent(int index) => _sent[index].AsSpan(0, _lengths[index]);

    /// <summary>A datagram comes in, and the shard sends so many.</summary>
    public void Receive(ReadOnlySpan<byte> octets, in PeerAddress from, int sends)
    {
        Count = 0;
        var datagram = Pool.Rent(Math.Max(octets.Length, MessagePool.ReceiveCapacity));
        octets.CopyTo(datagram.Buffer);
        datagram.Length = octets.Length;
        datagram.Flow = new Flow(from, Transport.Udp, listener: 0);
        datagram.Kind = MessageKind.Received;
        Shard.Receive(datagram);
        if (Count != sends)
        {
            throw new InvalidOperationException($"{Count} datagrams sent, not {sends}, for:\n{System.Text.Encoding.Latin1.GetString(octets)}");
        }
    }

    /// <summary>Time goes on.</summary>
    public void Pass(long milliseconds)
    {
        Count = 0;
        _now += milliseconds;
        Shard.Advance(_now);
    }

    void IMessageSender.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        // Retransmissions of a long silence are nobody's.
        var slot = Math.Min(Count, _sent.Length - 1);
        message.CopyTo(_sent[slot]);
        _lengths[slot] = message.Length;
        Count++;
    }

    bool IRouteLookup.TryFind(in PeerAddress peer, out PeerAddress local)
    {
        local = default;
        return false;
    }

    ResolveStatus IHostResolver.Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops)
    {
        hops = default;
        return ResolveStatus.Failed;
    }
}
