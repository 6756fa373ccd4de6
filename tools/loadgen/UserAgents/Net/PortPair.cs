using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Net;

/// <summary>The sockets of both sides.</summary>
internal sealed class PortPair : IDatagramOut, IDisposable
{
    private readonly IUdpPort _calling;
    private readonly IUdpPort _called;
    private readonly SocketWait _wait;

    /// <param name="address">Own address.</param>
    /// <param name="port">Port of the calling side, the called side has the next; 0: any two.</param>
    /// <exception cref="SocketException">An address or port cannot be had.</exception>
    public PortPair(IPAddress address, int port)
    {
        _calling = UdpSocket.Open(address, port);
        try
        {
            _called = UdpSocket.Open(address, port == 0 ? 0 : port + 1);
        }
        catch (SocketException)
        {
            _calling.Dispose();
            throw;
        }

        _wait = new(_calling.Socket, _called.Socket);
    }

    public Peer Calling => _calling.Bound;

    public Peer Called => _called.Bound;

    public long KernelDrops => _calling.KernelDrops + _called.KernelDrops;

    public long SendFailures => _calling.SendFailures + _called.SendFailures;

    public Span<byte> Room(Side side) => Of(side).Room();

    public void Send(Side side, int length, in Peer to) => Of(side).Send(length, to);

    public void Flush()
    {
        _calling.Flush();
        _called.Flush();
    }

    /// <summary>Waits until something comes, or so many microseconds; says from which side.</summary>
    public (bool Calling, bool Called) Wait(long microseconds) => _wait.Wait(microseconds);

    /// <summary>Hands what has come to the agents.</summary>
    public void Receive(AgentWorld world, long now, (bool Calling, bool Called) readable)
    {
        if (readable.Called)
        {
            _called.Receive(world, Side.Called, now);
        }

        if (readable.Calling)
        {
            _calling.Receive(world, Side.Calling, now);
        }
    }

    public void Dispose()
    {
        _calling.Dispose();
        _called.Dispose();
    }

    private IUdpPort Of(Side side) => side == Side.Calling ? _calling : _called;
}
