using System.Net;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>A test bed of real sockets around an engine of its own, with the options of a conformance case.</summary>
internal sealed class EngineBed : LoopbackBed
{
    // What a case expects does not depend on it, and more than one is what people run.
    private const int Shards = 4;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly SipEngine _engine;
    private readonly CancellationTokenSource _hurry = new();
    private SocketEndpoint? _lastSender;
    private long _sentToProxy;

    private EngineBed(SipEngine engine, LoopbackNetwork network)
        : base(engine.BoundEndPoints[0], network) => _engine = engine;

    public override long Retransmitted => _engine.Metrics().Retransmitted;

    /// <summary>An engine with these options, and end points that listen before the case asks for them.</summary>
    public static EngineBed Start(SipEngineOptions options, IEnumerable<string> addresses)
    {
        var network = LoopbackNetwork.Take();
        options.Listen = [.. options.Listen.Select(l => new ListenAddress(network.Real(l.EndPoint)))];
        options.Shards = Shards;
        var engine = new SipEngine(options);
        engine.StartAsync().GetAwaiter().GetResult();
        var bed = new EngineBed(engine, network);
        bed.Prepare(addresses);
        return bed;
    }

    /// <summary>
    /// In virtual time peers are heard in the order in which they speak; the kernel promises that only of one peer. So
    /// another one waits until the proxy has dealt with all that was sent before.
    /// </summary>
    public override void BeforeSend(SocketEndpoint from, IPEndPoint to)
    {
        if (from != _lastSender && !SpinWait.SpinUntil(() => Outcomes(_engine.Metrics()) >= _sentToProxy, LongestWait))
        {
            Assert.Fail($"{Outcomes(_engine.Metrics())} outcomes of {_sentToProxy} datagrams");
        }

        _lastSender = from;
        _sentToProxy += _engine.BoundEndPoints.Contains(to) ? 1 : 0;
    }

    public override void BeginDrain() => _ = _engine.StopAsync(drain: true, _hurry.Token);

    /// <summary>Every datagram has one outcome, and nothing escaped a shard; what lingers is for the virtual bed to wait for.</summary>
    public override void Verify()
    {
        Assert.Equal(0, _engine.Faults);
        Assert.True(SpinWait.SpinUntil(IsBalanced, LongestWait), "a datagram has no outcome, or two");
    }

    private bool IsBalanced()
    {
        var metrics = _engine.Metrics();
        return metrics.Received == Outcomes(metrics);
    }

    private static long Outcomes(EngineMetrics metrics) => metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _hurry.Cancel();
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Network.Dispose();
        _hurry.Dispose();
    }
}
