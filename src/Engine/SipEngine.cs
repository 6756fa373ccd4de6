using System.Net;
using System.Security.Cryptography;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Roles;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;
using ImsSipFast.Engine.Timing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImsSipFast.Engine;

/// <summary>
/// The engine as its user sees it: options in, a running registrar and proxy out. The composition root: all that
/// has a thread, a clock, a socket or a random number is made here and handed down.
/// </summary>
public sealed class SipEngine : IAsyncDisposable
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const int DrainPollMilliseconds = 20;

    // With less a shard could not carry one long message.
    private const long LeastMemory = 1 << 20;

#if DEBUG
    private const bool TraceLeaks = true;
#else
    private const bool TraceLeaks = false;
#endif

    private readonly SipEngineOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly MessagePool _pool = new(traceLeaks: TraceLeaks);
    private Shard[] _shards = [];
    private ShardSet? _shardSet;
    private WallClock? _wall;
    private UdpTransport? _transport;
    private Task<StateLedger>? _stopped;
    private UdpSendBatch[] _batches = [];
    private RouteLookup[] _routes = [];

    /// <param name="options">Validated when the engine starts; not changed after that.</param>
    /// <param name="loggers">Where the engine tells what an operator must know; nowhere when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public SipEngine(SipEngineOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        _options = options;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<SipEngine>();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Where the listeners are bound, in the order of <see cref="SipEngineOptions.Listen"/>.</summary>
    public IReadOnlyList<IPEndPoint> BoundEndPoints { get; private set; } = [];

    /// <summary>
    /// The addresses that peers reach the listeners at: as bound, or each address of this machine for one that is bound to
    /// any. The same stand in Via and Record-Route, whichever faces the peer.
    /// </summary>
    public IReadOnlyList<IPEndPoint> ReachedEndPoints =>
        [.. (_transport?.Listeners.All.ToArray() ?? []).Where(static l => !l.Bound.IsAny || !l.Source.IsNone).Select(static l => l.Reached.ToEndPoint())];

    /// <summary>The receive buffer of each listener as the kernel granted it, in octets.</summary>
    public IReadOnlyList<int> ReceiveBufferBytes { get; private set; } = [];

    /// <summary>The decision records of each shard; empty before the engine has started.</summary>
    public IReadOnlyList<DecisionLog> Decisions { get; private set; } = [];

    /// <summary>
    /// Wall clock at tick 0: the tick of a decision record counts from here. A step of the system's clock moves it, so it is
    /// asked for again.
    /// </summary>
    public DateTimeOffset TickZero => DateTimeOffset.FromUnixTimeMilliseconds(_wall?.UnixMillisecondsAtTickZero ?? 0);

    /// <summary>Exceptions that escaped a shard: each is a bug.</summary>
    public int Faults => _shardSet?.Runners.Sum(static runner => runner.Faults) ?? 0;

    /// <summary>
    /// Lets the completion of a receive run on the thread that polls, which saves a thread hop for every batch. The
    /// runtime looks at this once, before the first socket is made, and it concerns all sockets of the process: the
    /// Host calls this first of all. A value that is set already stands.
    /// </summary>
    public static void PrepareProcess()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    /// <summary>Sockets that an engine with these options has open: for each receive loop one that reads and one that sends.</summary>
    public static int SocketsOf(SipEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return 2 * options.Listen.Count * UdpTransport.LoopsPerListener(Environment.ProcessorCount);
    }

    /// <summary>Binds the listeners and begins to serve.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="ListenException">An address or port cannot be had.</exception>
    public Task StartAsync()
    {
        var warnings = new List<string>();
        if (_options.Validate(warnings) is { } error)
        {
            throw new ArgumentException($"{error.Key} is {error.Value}; allowed: {error.Allowed}");
        }

        warnings.ForEach(warning => _logger.LogWarning("{Warning}", warning));
        _transport = UdpTransport.Bind(_options, _pool, UdpTransport.LoopsPerListener(Environment.ProcessorCount), _logger);
        BoundEndPoints = [.. _transport.Bound.Select(static bound => bound.ToEndPoint())];
        ReceiveBufferBytes = _transport.ReceiveBufferBytes;
        _shardSet = BuildShards(_transport);
        Decisions = [.. _shards.Select(static shard => shard.Decisions)];
        _shardSet.Start();
        _transport.Start(_shardSet.CreateDispatcher);
        return Task.CompletedTask;
    }

    /// <summary>The counters of all shards and receive loops together, a moment old.</summary>
    public EngineMetrics Metrics()
    {
        var sum = new EngineMetrics();
        _transport?.AddTo(sum);
        _shardSet?.AddTo(sum);
        foreach (var batch in _batches)
        {
            sum.Add(batch.Metrics);
        }

        return sum;
    }

    /// <summary>
    /// Stops the engine; a second call gives the outcome of the first. With <paramref name="drain"/> new INVITEs get
    /// 503 while running transactions finish, for at most <see cref="SipEngineOptions.DrainTimeout"/>; cancelling
    /// <paramref name="hurry"/> ends the wait at once.
    /// </summary>
    public Task<StateLedger> StopAsync(bool drain = true, CancellationToken hurry = default) => _stopped ??= Stop(drain, hurry);

    /// <summary>Stops the engine at once.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(drain: false).ConfigureAwait(false);

    private async Task<StateLedger> Stop(bool drain, CancellationToken hurry)
    {
        if (drain)
        {
            _shardSet?.BeginDrain();
            await Drained(hurry).ConfigureAwait(false);
        }

        await (_transport?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        _shardSet?.Stop();
        Array.ForEach(_routes, static routes => routes.Dispose());
        if (drain)
        {
            Array.ForEach(_shards, static shard => shard.EndDrain());
        }

        return Ledger();
    }

    private async Task Drained(CancellationToken hurry)
    {
        var start = _time.GetTimestamp();
        while (_shardSet is { HasDrained: false } && _time.GetElapsedTime(start).TotalSeconds < _options.DrainTimeout && !hurry.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(DrainPollMilliseconds), _time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private ShardSet BuildShards(UdpTransport transport)
    {
        var processors = Environment.ProcessorCount;
        var count = _options.Shards == 0 ? Math.Min(processors, 256) : _options.Shards;
        var secret = _options.Secret.IsEmpty ? RandomNumberGenerator.GetBytes(EngineKeys.RootLength) : _options.Secret.Span;
        var keys = new EngineKeys(secret, RandomNumberGenerator.GetBytes(EngineKeys.RootLength));
        var ticks = new TickSource(_time);
        _wall = ticks.Wall;
        var location = new LocationService(count, _options.MaxBindings, keys.LocationTable);
        ShardSet? shards = null;
        var services = new ShardDependencies(
            _options,
            SipTimers.From(_options),
            [ProxyRegistrarRole.Define(new LocalIdentity(_options, transport.Listeners))],
            new Neighbours(_options, transport.Listeners),
            location,
            _pool,
            Sender: null!,
            BuildResolver(transport, (shard, outcome) => shards!.Post(shard, outcome)),
            Routes: null!,
            keys,
            ticks.Wall,
            new MemoryBindingStore());
        var memory = Math.Max(LeastMemory, _options.MemoryOctets() / count);
        _shards = new Shard[count];
        _batches = new UdpSendBatch[count];
        _routes = new RouteLookup[count];
        return shards = new ShardSet(count, Build, new ShardKey(location, keys.ShardChoice), _pool, ticks, _options, processors, _logger);

        (IShard Shard, ISendBatch Batch) Build(int index, IMessageSink undelivered)
        {
            _batches[index] = transport.CreateSendBatch(index, undelivered);
            _shards[index] = new Shard(
                index, services with { Sender = _batches[index], Pool = _pool.LocalPart(new MemoryBudget(memory)), Routes = _routes[index] = new RouteLookup() });
            return (_shards[index], _batches[index]);
        }
    }

    private HostResolver BuildResolver(UdpTransport transport, Action<int, HostResolution> post)
    {
        var (v4, v6) = (transport.Bound.Any(static b => b.IsV4), transport.Bound.Any(static b => !b.IsV4));
        var dns = new DnsLookup(v4, v6);
        return new HostResolver(dns.Ask, HostsFile.Parse(HostsFile.ReadText(), v4, v6), _options.MaxPendingLookups, _time, post);
    }

    private StateLedger Ledger()
    {
        var metrics = Metrics();
        var timers = new long[Enum.GetValues<TimerKind>().Length];
        foreach (var shard in _shards)
        {
            shard.CountTimers(timers);
        }

        // A binding lives on until it expires and the summary comes again and again: neither is left behind.
        timers[(int)TimerKind.Registration] = timers[(int)TimerKind.Cleanup] = 0;
        var holders = timers.Select(static (count, kind) => $"{count} x timer {(TimerKind)kind}").Where((_, kind) => timers[kind] > 0)
            .Concat(_pool.DescribeOutstanding().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => $"buffer: {line}"));
        return new StateLedger(
            metrics.TransactionsAlive, metrics.ContextsAlive, metrics.DialogsAlive, timers.Sum(), _pool.Outstanding, [.. holders]);
    }
}
