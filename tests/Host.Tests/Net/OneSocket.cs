using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>A bound listener socket without a loop, for what a test drives by hand.</summary>
internal sealed class OneSocket : IDisposable
{
    private readonly MessagePool _pool = new();

    public OneSocket(IoPolicy io, int receiveBufferBytes = 1 << 20)
    {
        var options = new SipEngineOptions
        {
            Io = io,
            ReceiveBufferBytes = receiveBufferBytes,
            Listen = [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0))],
        };
        Listener = ListenerSocket.Bind(0, 1, options, new ListenerTable(null), _pool)[0];
    }

    public ListenerSocket Listener { get; }

    public PeerAddress Bound => Listener.Bound;

    public int ReceiveAndReturn(RawMessage[] received)
    {
        var count = Listener.Io.Receive(received, out _);
        for (var i = 0; i < count; i++)
        {
            received[i].Return();
        }

        return count;
    }

    public void Dispose()
    {
        Listener.Dispose();
        Listener.Io.ReturnSlots();
        if (_pool.Outstanding != 0)
        {
            throw new InvalidOperationException($"{_pool.Outstanding} datagrams were not returned");
        }
    }
}
