using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Net;

/// <summary>The socket of one side: what is sent is batched until <see cref="Flush"/>.</summary>
internal interface IUdpPort : IDisposable
{
    /// <summary>Where it is bound.</summary>
    Peer Bound { get; }

    /// <summary>The socket, to wait on.</summary>
    System.Net.Sockets.Socket Socket { get; }

    /// <summary>Datagrams that the kernel dropped before the socket.</summary>
    long KernelDrops { get; }

    /// <summary>Datagrams that could not be sent.</summary>
    long SendFailures { get; }

    /// <summary>Room for a datagram of any length.</summary>
    Span<byte> Room();

    /// <summary>Adds what was written into the room to the batch.</summary>
    void Send(int length, in Peer to);

    /// <summary>Sends the batch.</summary>
    void Flush();

    /// <summary>Hands what is there to the agents, a batch at most.</summary>
    void Receive(AgentWorld world, Side side, long now);
}
