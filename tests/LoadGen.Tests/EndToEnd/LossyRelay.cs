using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImsSipFast.LoadGen.Tests.EndToEnd;

/// <summary>
/// Stands between the user agents and a proxy and loses every twentieth datagram of each direction and peer: always the
/// same ones. It counts what it lost by first line.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private const int LoseEvery = 20;
    private readonly Socket _front = Bound();
    private readonly IPEndPoint _proxy;
    private readonly Dictionary<EndPoint, Socket> _peers = [];
    private readonly List<Thread> _threads = [];
    private readonly Lock _gate = new();

    public LossyRelay(IPEndPoint proxy)
    {
        _proxy = proxy;
        Start(Outwards);
    }

    /// <summary>Where user agents send to.</summary>
    public EndPoint Address => _front.LocalEndPoint!;

    /// <summary>What was lost, by method, or by code and method.</summary>
    public Dictionary<string, long> Lost { get; } = [];

    public void Dispose()
    {
        List<Thread> threads;
        lock (_gate)
        {
            _front.Close();
            foreach (var socket in _peers.Values)
            {
                socket.Close();
            }

            threads = [.. _threads];
        }

        threads.ForEach(static thread => thread.Join());
    }

    private void Outwards() => Receive(_front, (datagram, from) =>
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(from, out var towards))
            {
                _peers[from] = towards = Bound();
                var back = towards;
                Start(() => Receive(back, (answer, _) => _front.SendTo(answer, from)));
            }

            _ = towards.SendTo(datagram, _proxy);
        }
    });

    private void Receive(Socket socket, Action<byte[], EndPoint> pass)
    {
        var room = new byte[65_536];
        var counts = new Dictionary<EndPoint, int>();
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var datagram = room.AsSpan(0, socket.ReceiveFrom(room, ref from)).ToArray();
                counts[from] = counts.GetValueOrDefault(from) + 1;
                if (counts[from] % LoseEvery == 0)
                {
                    Lose(datagram);
                }
                else
                {
                    pass(datagram, from);
                }
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private void Lose(byte[] datagram)
    {
        var text = Encoding.ASCII.GetString(datagram);
        var first = text.Split(' ')[..2];
        var name = first[0] == "SIP/2.0" ? $"{first[1]} to {text.Split("CSeq: ")[1].Split("\r\n")[0].Split(' ')[1]}" : first[0];
        lock (_gate)
        {
            Lost[name] = Lost.GetValueOrDefault(name) + 1;
        }
    }

    private void Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        lock (_gate)
        {
            _threads.Add(thread);
        }

        thread.Start();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
