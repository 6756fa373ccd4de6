using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host;

internal sealed class PlaceholderEngine(SipEngineOptions options) : IEngine
{
    private readonly List<Socket> _sockets = [];

    public IReadOnlyList<IPEndPoint> BoundEndPoints => [.. _sockets.Select(s => (IPEndPoint)s.LocalEndPoint!)];

    public int ReceiveBufferBytes => _sockets[0].ReceiveBufferSize;

    public IReadOnlyList<DecisionLog> Decisions { get; } = [new DecisionLog()];

    public DateTimeOffset TickZero { get; } = DateTimeOffset.UtcNow;

    public Task StartAsync()
    {
        foreach (var l in options.Listen)
        {
            var s = new Socket(l.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try { s.Bind(l.EndPoint); } catch (SocketException e) { throw new ListenException(l, e); }
            _sockets.Add(s);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<(string Name, long Count)>> StopAsync() => Task.FromResult<IReadOnlyList<(string Name, long Count)>>([("transactions", 0)]);

    public EngineMetrics Metrics() => new();
}
