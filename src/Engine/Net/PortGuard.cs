using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Keeps other programs out of a port that several of our sockets share. Those have SO_REUSEPORT, and the kernel would let
/// any program of the same user join them and take a part of the peers. It looks at the socket bound last, so that is one
/// without the option: on the listener's address, or on each of this machine's for one that is bound to any. Like a
/// <see cref="SendSocket"/> it is connected to where nothing comes from, so it is never given a datagram.
/// </summary>
internal sealed class PortGuard : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <param name="open">Opens a socket that may be bound beside the others.</param>
    /// <param name="endPoint">Where the listener is bound.</param>
    public PortGuard(Func<Socket> open, IPEndPoint endPoint)
    {
        var bound = PeerAddress.From(endPoint);
        IEnumerable<IPAddress> addresses = bound.IsAny
            ? InterfaceAddresses.All().Where(a => a.IsV4 == bound.IsV4).Select(static a => a.ToIPAddress())
            : [endPoint.Address];
        foreach (var address in addresses)
        {
            var socket = open();
            _sockets.Add(socket);
            try
            {
                socket.Bind(new IPEndPoint(address, endPoint.Port));
                SendSocket.Connect(socket);
            }
            catch (SocketException)
            {
                // An address that is just going away needs no guard.
            }
        }
    }

    /// <summary>The sockets.</summary>
    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <inheritdoc/>
    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());
}
