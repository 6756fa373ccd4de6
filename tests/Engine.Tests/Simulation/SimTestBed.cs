using System.Net;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>The bed on virtual time: hours of timers pass in the milliseconds that their events take.</summary>
internal sealed class SimTestBed : ITestBed
{
    /// <summary>Wake-ups at one tick before the run counts as stuck.</summary>
    private const int MostWakeUpsAtOneTick = 100_000;

    private readonly List<SimEndpoint> _endpoints = [];
    private readonly SimRoutes? _routes;
    private readonly FakeBindingStore? _store;
    private readonly IRegistrationSets? _sets;
    private int _wakeUps;

    /// <param name="options">Options of the proxy.</param>
    /// <param name="seed">Seed of all chance.</param>
    /// <param name="secureListener">The listener whose transport counts as a secure one; none when negative.</param>
    /// <param name="routes">The interfaces of its machine; unknown when null.</param>
    /// <param name="elements">Makes the network elements, one for each listener; a proxy with registrar when null.</param>
    /// <param name="store">Where bindings are committed to; to memory alone when null.</param>
    /// <param name="sets">Who is registered together; nobody when null.</param>
    public SimTestBed(
        SipEngineOptions options, int seed = 1, int secureListener = -1, SimRoutes? routes = null,
        Func<SipEngineOptions, ListenerTable, ElementDefinition[]>? elements = null, FakeBindingStore? store = null, IRegistrationSets? sets = null)
    {
        Options = options;
        Network = new SimNetwork(Clock, seed);
        Hosts = new FakeHostResolver(Clock);
        _routes = routes;
        _store = store;
        _sets = sets;
        Engine = Fixtures.Engine(
            options, Clock, Network, Hosts, Fixtures.Keys(secret: seed, process: seed), secureListener, routes, elements, store, sets);
        ProxyAddress = Engine.Listeners[0].Reached;
    }

    public SipEngineOptions Options { get; }

    public SimClock Clock { get; } = new();

    public SimNetwork Network { get; }

    public FakeHostResolver Hosts { get; }

    public SimEngine Engine { get; private set; }

    public PeerAddress ProxyAddress { get; }

    public IReadOnlyList<SimEndpoint> Endpoints => _endpoints;

    public long Now => Clock.Now;

    public long ToleranceMilliseconds => 10;

    public string Proxy => Listeners[0];

    public long Retransmitted => Engine.Sum().Retransmitted;

    /// <summary>Addresses and ports that the proxy listens on.</summary>
    public IReadOnlyList<string> Listeners => [.. Engine.Listeners.All.ToArray().Select(static l => l.Reached.ToString()).Distinct()];

    /// <summary>How it names them in its Vias.</summary>
    public IReadOnlyList<string> SentBy => [.. Engine.Listeners.All.ToArray().Select(static l => System.Text.Encoding.ASCII.GetString(l.SentBy)).Distinct()];

    public IEndpoint Start(string address)
    {
        var endpoint = new SimEndpoint(this, PeerAddress.From(IPEndPoint.Parse(address)));
        _endpoints.Add(endpoint);
        return endpoint;
    }

    public void Pass(long milliseconds) => RunUntil(Now + milliseconds, static () => false);

    public void SetHost(string name, string? address, long delayMilliseconds = 0) =>
        Hosts.Set(name, [.. (address ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static a => PeerAddress.From(IPAddress.Parse(a), 0))], delayMilliseconds);

    public void BeginDrain()
    {
        foreach (var shard in Engine.Shards)
        {
            shard.BeginDrain();
        }
    }

    /// <summary>The proxy dies without a word and is started again: what it kept in memory is gone, its secret is that of the file.</summary>
    public void Restart(int secret, int process)
    {
        for (var i = 0; i < Engine.Listeners.Count; i++)
        {
            Network.Unbind(Engine.Listeners[i].Reached);
        }

        Engine = Fixtures.Engine(Options, Clock, Network, Hosts, Fixtures.Keys(secret, process), routes: _routes, store: _store, sets: _sets);
    }

    public void ReportClosedPorts() => Network.Unreachable = Engine.Undelivered;

    public void Verify()
    {
        WireOracle.Check(this);
        LedgerOracle.Check(this);
    }

    /// <summary>Runs event by event until <paramref name="done"/> or the tick; time stands at the tick when it was not done.</summary>
    public bool RunUntil(long tick, Func<bool> done)
    {
        while (!done())
        {
            var next = Math.Max(Now, Math.Min(Clock.NextTick, Engine.NextDueTick));
            if (next > tick)
            {
                Clock.MoveTo(tick);
                return false;
            }

            _wakeUps = next > Now ? 0 : _wakeUps + 1;
            Assert.True(_wakeUps < MostWakeUpsAtOneTick, $"time stands still at {Now} ms: next timer {Engine.NextDueTick}, next event {Clock.NextTick}");
            Clock.MoveTo(next);

            // As a runner does: time first, then the datagrams of the batch.
            Engine.Advance();
            Clock.RunNext();
        }

        return true;
    }
}
