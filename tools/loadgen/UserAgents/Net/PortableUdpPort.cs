using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Net;

/// <summary>A UDP socket with what every system offers: a call for each datagram, and no count of kernel drops.</summary>
internal sealed class PortableUdpPort : IUdpPort
{
    private const int MostAtOnce = 64;

    private readonly byte[] _in = new byte[65_536];
    private readonly byte[] _out = new byte[65_536];
    private readonly SocketAddress _from;

    // Few peers are ever spoken to.
    private readonly Dictionary<Peer, SocketAddress> _addresses = [];

    public PortableUdpPort(Socket socket)
    {
        Socket = socket;
        Bound = Peer.From((IPEndPoint)socket.LocalEndPoint!);
        _from = new(socket.AddressFamily);
    }

    public Peer Bound { get; }

    public Socket Socket { get; }

    public long KernelDrops => 0;

    public long SendFailures { get; private set; }

    public Span<byte> Room() => _out;

    public void Send(int length, in Peer to)
    {
        if (!_addresses.TryGetValue(to, out var address))
        {
            address = to.EndPoint.Serialize();
            _addresses[to] = address;
        }

        try
        {
            Socket.SendTo(_out.AsSpan(0, length), SocketFlags.None, address);
        }
        catch (SocketException)
        {
            SendFailures++;
        }
    }

    public void Flush()
    {
    }

    public void Receive(AgentWorld world, Side side, long now)
    {
        var count = 0;
        while (count < MostAtOnce && Socket.Available > 0)
        {
            try
            {
                var length = Socket.ReceiveFrom(_in, SocketFlags.None, _from);
                world.Receive(side, _in.AsSpan(0, length), PeerOf(_from), now);
                count++;
            }
            catch (SocketException)
            {
                // A peer's ICMP; there is nothing to read behind it now.
                return;
            }
        }
    }

    public void Dispose() => Socket.Dispose();

    private static Peer PeerOf(SocketAddress address) => PeerBytes.Read(address.Buffer.Span, address.Family == AddressFamily.InterNetworkV6);
}
