using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>An end point of a test bed that is a real socket, read by a thread of its own.</summary>
internal sealed class SocketEndpoint : IEndpoint, IDisposable
{
    // What must come is waited for so long. That it comes at once, before the first retransmission, is judged on virtual time.
    private const long PatienceMilliseconds = 10_000;

    private readonly object _gate = new();
    private readonly AddressFamily _family;
    private readonly Socket _socket;
    private readonly LoopbackBed _bed;
    private readonly Thread _reader;
    private readonly List<Arrival> _log = [];
    private int _taken;
    private volatile bool _closed;

    public SocketEndpoint(LoopbackBed bed, IPEndPoint address)
    {
        _bed = bed;
        _family = address.AddressFamily;
        _socket = new Socket(_family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, ReceiveTimeout = 200 };
        _socket.Bind(bed.Network.Real(address));
        Address = bed.Network.Text(_socket.LocalEndPoint!);
        _reader = new Thread(Read) { IsBackground = true, Name = $"end point {Address}" };
        _reader.Start();
    }

    public string Address { get; }

    public IReadOnlyList<Arrival> Log
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    public void Send(ReadOnlySpan<byte> octets, string? to = null)
    {
        var destination = to is null ? _bed.RealProxy : _bed.Network.Real(IPEndPoint.Parse(to));
        _bed.BeforeSend(this, destination);

        // Who listens no more may still speak.
        using var again = _closed ? new Socket(_family, SocketType.Dgram, ProtocolType.Udp) : null;
        again?.Bind(_bed.Network.Real(IPEndPoint.Parse(Address)));
        (again ?? _socket).SendTo(_bed.Network.ToReal(octets), destination);
    }

    public Arrival? Take(long withinMilliseconds)
    {
        var until = _bed.Now + withinMilliseconds;
        lock (_gate)
        {
            while (!Next())
            {
                var left = until - _bed.Now;
                if (left <= 0)
                {
                    return null;
                }

                Monitor.Wait(_gate, (int)left);
            }

            return _log[_taken++];
        }
    }

    public Arrival? Await(long withinMilliseconds) => Take(Math.Max(withinMilliseconds, PatienceMilliseconds));

    public void Close() => Dispose();

    public void Dispose()
    {
        _closed = true;
        _socket.Dispose();
        _reader.Join();
    }

    /// <summary>True when something is there to be taken.</summary>
    private bool Next()
    {
        while (_bed.SkipsRepeats && _taken < _log.Count && _log.FindIndex(a => a.Octets.AsSpan().SequenceEqual(_log[_taken].Octets)) < _taken)
        {
            _taken++;
        }

        return _taken < _log.Count;
    }

    private void Read()
    {
        var buffer = new byte[65_536];
        while (!_closed)
        {
            try
            {
                EndPoint from = new IPEndPoint(_family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                lock (_gate)
                {
                    _log.Add(new Arrival(_bed.Now, _bed.Network.Text(from), _bed.Network.ToWritten(buffer.AsSpan(0, length))));
                    Monitor.PulseAll(_gate);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Nothing came for a while, or it is over.
            }
        }
    }
}
