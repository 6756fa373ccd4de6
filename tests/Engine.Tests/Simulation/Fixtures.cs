using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Roles;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Shards;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>The one place of the tests that calls the constructors of the engine's parts.</summary>
internal static class Fixtures
{
    /// <summary>Wall clock at tick 0 of every simulated run: 2026-01-01 00:00:00 UTC.</summary>
    public const long UnixMillisecondsAtTickZero = 1_767_225_600_000;

    /// <summary>
    /// The options of a conformance case: home.test is ours, every other domain is foreign, Contacts count as
    /// written (so not loopback mode, which adopts domains).
    /// </summary>
    public static SipEngineOptions Options() => new() { Mode = NetworkMode.Lan, Domains = ["home.test"], Shards = 1 };

    /// <summary>Keys that are the same in every run; engines with one secret trust each other's tokens, those of one process share all.</summary>
    public static EngineKeys Keys(int secret, int process)
    {
        Span<byte> roots = stackalloc byte[2 * EngineKeys.RootLength];
        roots[..EngineKeys.RootLength].Fill((byte)secret);
        roots[EngineKeys.RootLength..].Fill((byte)process);
        return new EngineKeys(roots[..EngineKeys.RootLength], roots[EngineKeys.RootLength..]);
    }

    public static SimEngine Engine(
        SipEngineOptions options, SimClock clock, SimNetwork network, FakeHostResolver hosts, EngineKeys keys, int secureListener = -1, SimRoutes? routes = null,
        Func<SipEngineOptions, ListenerTable, ElementDefinition[]>? elements = null, FakeBindingStore? store = null, IRegistrationSets? sets = null)
    {
        var warnings = new List<string>();
        Assert.Null(options.Validate(warnings));
        routes ??= new SimRoutes();
        if (secureListener >= 0)
        {
            options.Listen = [.. options.Listen.Select((l, i) => i == secureListener ? l with { Transport = Transport.Tls } : l)];
        }

        var listeners = new ListenerTable(options.Advertise);
        foreach (var (socket, listen) in options.Listen.Index())
        {
            // Where there are several elements each has one listener.
            listeners.AddSocket(PeerAddress.From(listen.EndPoint), routes.Own, listen.Transport, elements is null ? 0 : socket);
        }

        listeners.AddInterfaces(routes.Own);
        var pool = new MessagePool(retained: 1024, traceLeaks: true);
        var location = new LocationService(options.Shards, key: keys.LocationTable, sets: sets);
        var engine = new SimEngine(clock, network, pool, listeners, new ShardKey(location, keys.ShardChoice));
        var definitions = elements?.Invoke(options, listeners) ?? [ProxyRegistrarRole.Define(new LocalIdentity(options, listeners))];
        engine.Identity = definitions[0].Identity;
        var wall = new WallClock(UnixMillisecondsAtTickZero);
        (engine.Location, engine.Records) = (location, new BindingRecords(listeners, wall));
        var services = new ShardDependencies(
            options, SipTimers.From(options), definitions, new Neighbours(options, listeners), location, pool, engine, hosts,
            routes, keys, wall, store is null ? new MemoryBindingStore() : store);
        engine.Shards = [.. Enumerable.Range(0, options.Shards)
            .Select(i => new Shard(i, services with { Pool = pool.LocalPart(new MemoryBudget(options.MemoryOctets() / options.Shards)) }))];
        hosts.Post = engine.Complete;
        store?.Attach(clock, engine.Complete);
        engine.Advance();
        return engine;
    }

    /// <summary>A shard by itself, for tests that look at one datagram at a time.</summary>
    public static Shard Shard(SipEngineOptions options, MessagePool pool, IMessageSender sender, IHostResolver hosts)
    {
        var listeners = new ListenerTable(options.Advertise, options.Listen.Select(static l => PeerAddress.From(l.EndPoint)), []);
        var services = new ShardDependencies(
            options, SipTimers.From(options), [ProxyRegistrarRole.Define(new LocalIdentity(options, listeners))], new Neighbours(options, listeners), new LocationService(1),
            pool.LocalPart(new MemoryBudget(options.MemoryOctets())), sender, hosts, new SimRoutes(), Keys(1, 1), new WallClock(UnixMillisecondsAtTickZero), new MemoryBindingStore());
        return new Shard(0, services);
    }
}
