using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Perf.Floor;

/// <summary>
/// The least that a relay can do: one recvmmsg that waits for a datagram and takes what else is there, one sendmmsg of
/// the same messages. The next hop of each is where it came from, so nothing is written between the two calls.
/// </summary>
internal sealed unsafe class EchoSocket : IDisposable
{
    /// <summary>Octets of a datagram: as long as SIP messages without a body are.</summary>
    public const int DatagramLength = 500;

    private const int WaitForOne = 0x10000; // MSG_WAITFORONE
    private const int Slots = LinuxBatchSocket.Slots;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly LinuxMessages _messages = new(Slots, vectorsEach: 1, withControl: false);
    private readonly byte[] _octets = GC.AllocateArray<byte>(Slots * DatagramLength, pinned: true);

    public EchoSocket()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveBufferSize = 1 << 20;
        _socket.ReceiveTimeout = 1000;
        for (var i = 0; i < Slots; i++)
        {
            _messages.Vectors[i].Base = (byte*)LinuxMessages.AddressOf(_octets) + (i * DatagramLength);
            _messages.Vectors[i].Length = DatagramLength;
        }
    }

    /// <summary>Where it listens.</summary>
    public SocketAddress Address => _socket.LocalEndPoint!.Serialize();

    /// <summary>Sends so many datagrams that nobody has sent before.</summary>
    public void Begin(int count, SocketAddress to)
    {
        for (var i = 0; i < Slots; i++)
        {
            to.Buffer.Span[..to.Size].CopyTo(_messages.NameOf(i));
            _messages.Messages[i].Header.NameLength = (uint)to.Size;
        }

        for (; count > 0; count -= Slots)
        {
            Send(Math.Min(count, Slots));
        }
    }

    /// <summary>Receives at least one datagram and sends all that came back to where they came from.</summary>
    /// <returns>How many.</returns>
    public int Relay()
    {
        var count = Receive();
        Send(count);
        return count;
    }

    /// <summary>Waits for a datagram and takes what else is there.</summary>
    /// <exception cref="SocketException">Nothing came for a second: datagrams were lost.</exception>
    public int Receive()
    {
        var count = LinuxSocketCalls.ReceiveMany(_socket.SafeHandle, _messages.Messages, Slots, WaitForOne, null);
        return count > 0 ? count : throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Send(int count)
    {
        if (LinuxSocketCalls.SendMany(_socket.SafeHandle, _messages.Messages, (uint)count, 0) != count)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }
}
