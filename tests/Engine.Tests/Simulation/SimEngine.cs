using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// The shards of one engine between a simulated network and a simulated clock: it stands where the receive loops,
/// the dispatcher and the runners stand in the real one. <see cref="Fixtures"/> makes it.
/// </summary>
internal sealed class SimEngine : IMessageSender
{
    private readonly SimClock _clock;
    private readonly SimNetwork _network;
    private readonly ListenerTable _listeners;
    private readonly ShardKey _shardKey;

    public SimEngine(SimClock clock, SimNetwork network, MessagePool pool, ListenerTable listeners, ShardKey shardKey)
    {
        _clock = clock;
        _network = network;
        _listeners = listeners;
        _shardKey = shardKey;
        Pool = pool;
        for (var i = 0; i < listeners.Count; i++)
        {
            // A socket that is bound to any address receives at each of them, and says at which.
            var listener = i;
            if (!listeners[i].Bound.IsAny || !listeners[i].Source.IsNone)
            {
                network.Bind(listeners[i].Reached, (from, octets) => Deliver(listener, from, octets, MessageKind.Received));
            }
        }
    }

    public MessagePool Pool { get; }

    /// <summary>Where it listens and what it calls that.</summary>
    public ListenerTable Listeners => _listeners;

    /// <summary>Who the shards are.</summary>
    public LocalIdentity Identity { get; set; } = null!;

    public Shard[] Shards { get; set; } = [];

    /// <summary>Where its bindings are.</summary>
    public LocationService Location { get; set; } = null!;

    /// <summary>How they are written down.</summary>
    public BindingRecords Records { get; set; } = null!;

    /// <summary>Datagrams of peers handed to the shards; a notice of the kernel is none.</summary>
    public long Delivered { get; private set; }

    /// <summary>Datagrams that the shards sent: when, where to, and their octets; the event log of a run.</summary>
    public List<(long Tick, PeerAddress To, byte[] Octets)> Sent { get; } = [];

    /// <summary>Told of each datagram sent, for a test that follows more than one engine.</summary>
    public Action<PeerAddress, byte[]>? OnSend { get; set; }

    /// <summary>Sees what crosses the border of the engine; none unless a test sets one.</summary>
    public ISimWitness? Witness { get; set; }

    /// <summary>How far the clock that the engine is given is off: a step of the machine's clock changes it.</summary>
    public long ClockOffset { get; set; }

    /// <summary>When the next timer may be due, by the clock of the simulation.</summary>
    public long NextDueTick => Shards.Min(static s => s.NextDueTick) is not long.MaxValue and var tick ? tick - ClockOffset : long.MaxValue;

    /// <summary>Called for each datagram that is sent, before it is; what it throws comes out of the shard that sends.</summary>
    public Action? BeforeSend { get; set; }

    /// <summary>
    /// Exceptions that came out of a shard and the call that each met, when the engine is guarded as a runner guards it.
    /// Null unless a test sets it: then an exception fails the test.
    /// </summary>
    public List<(Exception Exception, string Work)>? Faults { get; set; }

    private long EngineTick => _clock.Now + ClockOffset;

    public void Send(in Flow flow, ReadOnlySpan<byte> datagram)
    {
        var (from, destination) = (_listeners[flow.Listener].Reached, flow.Remote);
        Sent.Add((_clock.Now, destination, datagram.ToArray()));
        BeforeSend?.Invoke();
        OnSend?.Invoke(destination, Sent[^1].Octets);
        Witness?.Sent(from, destination, datagram);
        _network.Send(from, destination, datagram);
    }

    public void Advance()
    {
        foreach (var shard in Shards)
        {
            Guard(shard, () => shard.Advance(EngineTick));
        }
    }

    public void Complete(int shard, Completion answer)
    {
        Guard(Shards[shard], () => Shards[shard].Advance(EngineTick));
        Guard(Shards[shard], () => Shards[shard].Complete(answer));
    }

    /// <summary>All bindings in a form that outlives the process.</summary>
    public IReadOnlyList<BindingRecord> Export() => [.. Shards.SelectMany(shard => shard.Bindings.Export(Records))];

    /// <summary>Takes in the bindings of another process; those that nothing came of.</summary>
    public IReadOnlyList<BindingRecord> Restore(IEnumerable<BindingRecord> records) =>
        [.. records.Where(record => !Shards[Location.PartitionOf(record.RegistrationSet)].Bindings.TryRestore(record, Records))];

    /// <summary>The kernel says that a datagram of ours could not be delivered (ICMP port unreachable).</summary>
    public void Undelivered(PeerAddress from, PeerAddress to, byte[] octets)
    {
        var listener = _listeners.All.ToArray().Index().FirstOrDefault(entry => entry.Item.Reached == from, (-1, null!)).Index;
        if (listener >= 0)
        {
            Deliver(listener, to, octets, MessageKind.Undelivered);
        }
    }

    /// <summary>The counters of all shards as one set.</summary>
    public EngineMetrics Sum()
    {
        var sum = new EngineMetrics();
        foreach (var shard in Shards)
        {
            sum.Add(shard.Metrics);
        }

        return sum;
    }

    private void Guard(Shard shard, Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault) when (Faults is not null)
        {
            var work = "";
            try
            {
                work = shard.Abort();
            }
            catch (Exception second)
            {
                Faults.Add((second, "abort"));
            }

            Faults.Add((fault, work));
        }
    }

    private void Deliver(int listener, PeerAddress peer, byte[] octets, MessageKind kind)
    {
        // As a receive loop rents: room for any datagram, whatever comes.
        var datagram = Pool.Rent(Math.Max(octets.Length, MessagePool.ReceiveCapacity));
        octets.CopyTo(datagram.Buffer, 0);
        datagram.Length = octets.Length;
        datagram.Flow = new Flow(peer, _listeners[listener].Transport, listener);
        datagram.Kind = kind;
        Delivered += kind == MessageKind.Received ? 1 : 0;
        _shardKey.TryGet(datagram.Span, out var index);
        var shard = Shards[index];
        Guard(shard, () => shard.Advance(EngineTick));
        Witness?.Arrived(peer, _listeners[listener].Reached, octets, kind);
        Guard(shard, () => shard.Receive(datagram));
        Witness?.Handled();
    }
}
