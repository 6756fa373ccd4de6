using System.Diagnostics;
using System.Net;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>A test bed of real sockets around a proxy that somebody else started.</summary>
internal class LoopbackBed(IPEndPoint realProxy, LoopbackNetwork network) : ITestBed, IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<SocketEndpoint> _endpoints = [];
    private readonly Dictionary<string, SocketEndpoint> _prepared = [];
    private int _agents;

    public LoopbackBed(IPEndPoint proxy)
        : this(proxy, LoopbackNetwork.Plain)
    {
    }

    public LoopbackNetwork Network => network;

    /// <summary>End points pass over what came already: with timers that short a slow machine makes everybody repeat himself.</summary>
    public bool SkipsRepeats { get; init; } = network == LoopbackNetwork.Plain;

    public IPEndPoint RealProxy => realProxy;

    public long Now => _clock.ElapsedMilliseconds;

    public long ToleranceMilliseconds => 200;

    public string Proxy => network.Text(realProxy);

    public virtual long Retransmitted => throw new NotSupportedException("The proxy is another process.");

    public IEndpoint Start(string address)
    {
        if (_prepared.Remove(address, out var endpoint))
        {
            return endpoint;
        }

        endpoint = new SocketEndpoint(this, IPEndPoint.Parse(address));
        _endpoints.Add(endpoint);
        return endpoint;
    }

    /// <summary>Binds end points that will be started later.</summary>
    public void Prepare(IEnumerable<string> addresses)
    {
        foreach (var address in addresses.Distinct())
        {
            _prepared.Add(address, (SocketEndpoint)Start(address));
        }
    }

    /// <summary>A user agent on a free port of the proxy's own address.</summary>
    public SimUserAgent Agent(string? name = null) =>
        new(this, Start(new IPEndPoint(realProxy.Address, 0).ToString()), name ?? $"ua{++_agents}");

    /// <summary>Called before an end point sends.</summary>
    public virtual void BeforeSend(SocketEndpoint from, IPEndPoint to)
    {
    }

    public void Pass(long milliseconds) => Thread.Sleep((int)milliseconds);

    public virtual void BeginDrain() => throw new NotSupportedException("The proxy is another process.");

    public void SetHost(string name, string? address, long delayMilliseconds = 0) => throw new NotSupportedException("Real names lead where they lead.");

    /// <summary>Real kernels always do.</summary>
    public void ReportClosedPorts()
    {
    }

    public virtual void Verify()
    {
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _endpoints.ForEach(static e => e.Dispose());
}
