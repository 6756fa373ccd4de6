using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>A transport on loopback with a recording sink, and plain sockets as its peers.</summary>
internal sealed class NetFixture : IAsyncDisposable
{
    private readonly List<Socket> _peers = [];

    public NetFixture(IoPolicy io, int loops = 1, int maxMessageLength = 65_535, params IPAddress[] addresses)
    {
        Options = new SipEngineOptions
        {
            Io = io,
            MaxMessageLength = maxMessageLength,
            Listen = [.. (addresses.Length == 0 ? [IPAddress.Loopback] : addresses).Select(static a => new ListenAddress(new IPEndPoint(a, 0)))],
        };
        Transport = UdpTransport.Bind(Options, Pool, loops, NullLogger.Instance);
        Sink = new RecordingSink();
        Batch = Transport.CreateSendBatch(0, Sink);
    }

    public SipEngineOptions Options { get; }

    public MessagePool Pool { get; } = new(traceLeaks: true);

    public UdpTransport Transport { get; }

    public RecordingSink Sink { get; }

    public UdpSendBatch Batch { get; }

    public static TimeSpan Patience => TimeSpan.FromSeconds(10);

    public EngineMetrics Metrics
    {
        get
        {
            var sum = new EngineMetrics();
            Transport.AddTo(sum);
            sum.Add(Batch.Metrics);
            return sum;
        }
    }

    public static bool CanV6
    {
        get
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    public NetFixture Start()
    {
        Transport.Start(() => Sink);
        return this;
    }

    public Socket Peer(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            ReceiveBufferSize = 4 << 20,
        };
        socket.Bind(new IPEndPoint(address, 0));
        socket.Connect(Transport.Bound[address.AddressFamily == AddressFamily.InterNetwork ? 0 : Transport.Bound.Count - 1].ToEndPoint());
        _peers.Add(socket);
        return socket;
    }

    public static PeerAddress AddressOf(Socket peer) => PeerAddress.From((IPEndPoint)peer.LocalEndPoint!);

    /// <summary>A port of loopback that nobody listens on.</summary>
    public static PeerAddress ClosedPort(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return AddressOf(socket);
    }

    public static byte[] Read(Socket peer)
    {
        var buffer = new byte[65_536];
        return buffer[..peer.Receive(buffer)];
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.StopAsync();
        _peers.ForEach(static p => p.Dispose());
        Sink.ReturnAll();
        Assert.Equal("", Pool.DescribeOutstanding());
    }
}

/// <summary>Keeps what is posted until a test takes it.</summary>
internal sealed class RecordingSink : IMessageSink
{
    private readonly BlockingCollection<RawMessage> _posted = [];

    /// <summary>Called for each datagram on the thread of the loop, before it is kept.</summary>
    public Action<RawMessage>? OnPost { get; set; }

    /// <summary>Called at the end of each batch on the thread of the loop.</summary>
    public Action<bool>? OnDrainEnded { get; set; }

    public void Post(RawMessage datagram)
    {
        OnPost?.Invoke(datagram);
        _posted.Add(datagram);
    }

    public void DrainEnded(bool batchFull) => OnDrainEnded?.Invoke(batchFull);

    public RawMessage Take()
    {
        Assert.True(_posted.TryTake(out var datagram, NetFixture.Patience), "nothing was posted");
        return datagram;
    }

    public void ReturnAll()
    {
        while (_posted.TryTake(out var datagram))
        {
            datagram.Return();
        }
    }
}
