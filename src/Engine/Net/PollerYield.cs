using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Lets a receive loop that never runs dry give way to the other sockets that its thread polls for, and come back on
/// that same thread: it sends itself one octet, which the thread finds in its turn.
/// </summary>
/// <remarks>
/// Going on on a thread of the pool would do as well for the others. But the polling thread is then woken, for nothing,
/// each time that the loop's socket gets a datagram, and takes the processor from the loop to find that out: one sixth
/// of the cost of a call where both share one core.
/// </remarks>
internal sealed class PollerYield : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAsyncEventArgs _wait = new(true);
    private readonly byte[] _octet = new byte[1];
    private bool _waits;

    /// <summary>One for a loop that goes on with <paramref name="goOn"/>.</summary>
    /// <exception cref="SocketException">There is no loopback interface.</exception>
    public PollerYield(Action goOn)
    {
        // Connected to itself: the kernel gives it nothing that comes from elsewhere.
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(_socket.LocalEndPoint!);
        _wait.SetBuffer(_octet);
        _wait.Completed += (_, _) =>
        {
            _waits = false;
            goOn();
        };
    }

    /// <summary>
    /// The same, or null where it would be of no use: the framework polls with a thread for each processor, and with
    /// several the octet might lead to another one than the loop's.
    /// </summary>
    public static PollerYield? Create(Action goOn)
    {
        try
        {
            return Environment.ProcessorCount == 1 ? new PollerYield(goOn) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Gives way. False when it could not, and the loop has to go on in another way.</summary>
    public bool TryGiveWay()
    {
        try
        {
            // A wait whose octet could not be sent is still there.
            _waits = _waits || _socket.ReceiveAsync(_wait);
            return _waits && _socket.Send(_octet) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _wait.Dispose();
    }
}
