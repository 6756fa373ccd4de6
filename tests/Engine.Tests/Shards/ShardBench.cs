using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Shards;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Shards;

/// <summary>
/// One shard with nothing around it: a datagram goes in, what it sends is kept in buffers made beforehand, so that all
/// that is allocated in between is the shard's own.
/// </summary>
internal sealed class ShardBench : IMessageSender, IHostResolver
{
    private const int MostSends = 64;

    private readonly byte[][] _sent = [.. Enumerable.Range(0, MostSends).Select(static _ => new byte[MessagePool.MaxCapacity])];
    private readonly (PeerAddress To, int Length)[] _sends = new (PeerAddress, int)[MostSends];

    /// <param name="options">Null for those of a conformance case: home.test at 127.0.0.1:5060.</param>
    /// <param name="traceLeaks">Name who holds what; it allocates for each datagram.</param>
    public ShardBench(SipEngineOptions? options = null, bool traceLeaks = false)
    {
        Pool = new MessagePool(retained: 4096, traceLeaks);
        Shard = Fixtures.Shard(options ?? Fixtures.Options(), Pool, this, this);
        Shard.Advance(0);
    }

    public MessagePool Pool { get; }

    public Shard Shard { get; }

    public EngineMetrics Metrics => Shard.Metrics;

    public long Now { get; private set; }

    /// <summary>The address of every host name; null when no name has one.</summary>
    public PeerAddress? EveryName { get; init; }

    /// <summary>Datagrams sent since the last <see cref="Forget"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Octets that the shard allocated, in <see cref="Receive(ReadOnlySpan{byte}, PeerAddress, int)"/> and <see cref="Pass"/>.</summary>
    public long Allocated { get; private set; }

    /// <summary>The address 127.0.0.<paramref name="host"/>:5060.</summary>
    public static PeerAddress Address(int host) => PeerAddress.FromV4(0x7F00_0000 | (uint)host, 5060);

    /// <summary>One datagram comes in.</summary>
    public void Receive(ReadOnlySpan<byte> octets, PeerAddress from, int listener = 0)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var datagram = Pool.Rent(Math.Max(octets.Length, MessagePool.ReceiveCapacity));
        octets.CopyTo(datagram.Buffer);
        datagram.Length = octets.Length;
        datagram.Flow = new Flow(from, Transport.Udp, listener);
        datagram.Kind = MessageKind.Received;
        Shard.Receive(datagram);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The network says that something could not be delivered, and quotes the beginning of it.</summary>
    public void Undelivered(ReadOnlySpan<byte> quoted, PeerAddress to)
    {
        var datagram = Pool.Keep(quoted);
        datagram.Flow = new Flow(to, Transport.Udp, listener: 0);
        datagram.Kind = MessageKind.Undelivered;
        Shard.Receive(datagram);
    }

    /// <summary>Time goes on.</summary>
    public void Pass(long milliseconds)
    {
        Now += milliseconds;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Shard.Advance(Now);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A datagram that was sent, counted from the last <see cref="Forget"/>.</summary>
    public ReadOnlySpan<byte> Sent(int index) => _sent[index].AsSpan(0, _sends[index].Length);

    /// <summary>Where it was sent.</summary>
    public PeerAddress SentTo(int index) => _sends[index].To;

    /// <summary>What was sent to that address since the last call; nothing else may have been sent.</summary>
    public WireMessage[] Take(PeerAddress at)
    {
        var messages = new WireMessage[Count];
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(at, SentTo(i));
            messages[i] = WireMessage.Parse(Sent(i).ToArray(), Now, "127.0.0.1:5060");
        }

        Forget();
        return messages;
    }

    /// <summary>The one message that was sent, and it went to that address.</summary>
    public WireMessage TakeOne(PeerAddress at) => Assert.Single(Take(at));

    public void Forget() => Count = 0;

    public void ForgetAllocations() => Allocated = 0;

    /// <summary>After a quiet time nothing is left and every datagram that came in is accounted for.</summary>
    public void Verify()
    {
        Pass(600_000);
        Assert.Equal(0, Metrics.TransactionsAlive);
        Assert.Equal(0, Metrics.ContextsAlive);
        Assert.True(Pool.Outstanding == 0, $"datagrams still rented:\n{Pool.DescribeOutstanding()}");
        Assert.Equal(Metrics.Received, Metrics.Answered + Metrics.Forwarded + Metrics.Absorbed + Metrics.DroppedTotal());
        Pass(4 * 3_600_000);
        Assert.Equal((0, 0, 0), (Metrics.BindingsAlive, Metrics.DialogsAlive, Metrics.KeptOctets));
        Assert.InRange(Metrics.TimersAlive, 0, 2);
    }

    public void Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        // Time that passes may send more than anybody looks at.
        var slot = Math.Min(Count, MostSends - 1);
        message.CopyTo(_sent[slot]);
        _sends[slot] = (flow.Remote, message.Length);
        Count++;
    }

    public ResolveStatus Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops)
    {
        hops = new HopList(EveryName.GetValueOrDefault().WithPort(port == 0 ? transport.DefaultPort() : port));
        return EveryName is null ? ResolveStatus.Failed : ResolveStatus.Found;
    }

    /// <summary>The text of what was sent, for a message of a test that fails.</summary>
    public string Describe() =>
        string.Join("\n", Enumerable.Range(0, Math.Min(Count, MostSends)).Select(i => $"to {SentTo(i)}:\n{Encoding.Latin1.GetString(Sent(i))}"));
}
