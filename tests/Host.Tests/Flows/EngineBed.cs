using ImsSipFast.Engine;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>A test bed of real sockets around an engine of its own, with the options of a conformance case.</summary>
internal sealed class EngineBed : LoopbackBed
{
    // What a case expects does not depend on it, and more than one is what people run.
    private const int Shards = 4;

    private readonly SipEngine _engine;
    private readonly CancellationTokenSource _hurry = new();

    private EngineBed(SipEngine engine, LoopbackNetwork network)
        : base(engine.BoundEndPoints[0], network) => _engine = engine;

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

    public override void BeginDrain() => _ = _engine.StopAsync(drain: true, _hurry.Token);

    /// <summary>Every datagram has one outcome, and nothing escaped a shard; what lingers is for the virtual bed to wait for.</summary>
    public override void Verify()
    {
        Assert.Equal(0, _engine.Faults);
        var metrics = _engine.Metrics();
        Assert.Equal(metrics.Received, metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal());
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _hurry.Cancel();
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _hurry.Dispose();
    }
}
