using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>Where the user agents' datagrams leave: a batch of a socket, or a network of a test.</summary>
internal interface IDatagramOut
{
    /// <summary>Room for one datagram of any length, until <see cref="Send"/> or the next call.</summary>
    Span<byte> Room(Side side);

    /// <summary>Sends what was written into the room.</summary>
    void Send(Side side, int length, in Peer to);
}
