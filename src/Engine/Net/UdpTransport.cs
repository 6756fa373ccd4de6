using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Net;

/// <summary>All listeners: their sockets, and a receive loop for each socket.</summary>
internal sealed class UdpTransport
{
    // More loops than this never helped: four cores read more datagrams than all others can handle.
    private const int MaxLoopsPerListener = 4;

    private readonly ListenerSocket[][] _listeners;
    private readonly MessagePool _pool;
    private readonly int _maxMessageLength;
    private readonly ILogger _logger;
    private UdpReceiveLoop[] _loops = [];

    private UdpTransport(ListenerSocket[][] listeners, ListenerTable table, MessagePool pool, int maxMessageLength, ILogger logger)
    {
        _listeners = listeners;
        Listeners = table;
        _pool = pool;
        _maxMessageLength = maxMessageLength;
        _logger = logger;
        Bound = [.. listeners.Select(static sockets => sockets[0].Bound)];
    }

    /// <summary>Where each listener is bound, in the order of the options.</summary>
    public IReadOnlyList<PeerAddress> Bound { get; }

    /// <summary>All listeners, with the local addresses of those that are bound to any.</summary>
    public ListenerTable Listeners { get; }

    /// <summary>SO_RCVBUF of each listener as granted, in octets.</summary>
    public IReadOnlyList<int> ReceiveBufferBytes => [.. _listeners.Select(static sockets => sockets[0].ReceiveBufferBytes)];

    /// <summary>Receive loops of one listener on a machine with that many processors.</summary>
    public static int LoopsPerListener(int processors) =>
        OperatingSystem.IsLinux() ? Math.Clamp(processors, 1, MaxLoopsPerListener) : 1;

    /// <summary>Binds every listener; nothing is received yet.</summary>
    /// <exception cref="ListenException">An address or port cannot be had; all sockets are closed again.</exception>
    public static UdpTransport Bind(SipEngineOptions options, MessagePool pool, int loopsPerListener, ILogger logger)
    {
        var listeners = new List<ListenerSocket[]>();
        var table = new ListenerTable(options.Advertise);
        var interfaces = InterfaceAddresses.All();
        try
        {
            for (var i = 0; i < options.Listen.Count; i++)
            {
                listeners.Add(ListenerSocket.Bind(i, loopsPerListener, options, table, pool));
                table.AddSocket(listeners[i][0].Bound, interfaces, options.Listen[i].Transport);
            }
        }
        catch
        {
            Close(listeners.SelectMany(static sockets => sockets));
            throw;
        }

        table.AddInterfaces(interfaces);
        return new UdpTransport([.. listeners], table, pool, options.MaxMessageLength, logger);
    }

    /// <summary>A batch for the shard with that index.</summary>
    public UdpSendBatch CreateSendBatch(int shard, IMessageSink undelivered) => new(_listeners, Listeners, shard, _pool, undelivered);

    /// <summary>Begins to receive; each loop gets a sink of its own.</summary>
    public void Start(Func<IMessageSink> createSink)
    {
        _loops = [.. _listeners.SelectMany(static sockets => sockets)
            .Select(socket => new UdpReceiveLoop(socket, createSink(), _maxMessageLength, _logger))];
        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    /// <summary>Adds the counters of all loops to <paramref name="sum"/>.</summary>
    public void AddTo(EngineMetrics sum)
    {
        foreach (var loop in _loops)
        {
            sum.Add(loop.Metrics);
        }
    }

    /// <summary>Closes the sockets and waits until the loops have ended; nothing is posted after that.</summary>
    public async Task StopAsync()
    {
        foreach (var loop in _loops)
        {
            loop.Stop();
        }

        Close(_listeners.SelectMany(static sockets => sockets));
        await Task.WhenAll(_loops.Select(static loop => loop.Ended)).ConfigureAwait(false);
    }

    private static void Close(IEnumerable<ListenerSocket> sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }
}
