using System.Net.Sockets;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Reading and writing a bound socket without waiting. One thread at a time receives; any number of threads
/// send, each with a <see cref="SendLane"/> of its own.
/// </summary>
internal interface IBatchSocket : IDisposable
{
    /// <summary>Datagrams that the kernel discarded because the socket's buffer was full, since it was bound.</summary>
    long KernelDrops { get; }

    /// <summary>
    /// Takes what is there, at most <c>received.Length</c> datagrams, and gives them to the caller. The count; with 0
    /// the error says why (<see cref="SocketError.WouldBlock"/> or Success when there is nothing).
    /// </summary>
    int Receive(RawMessage[] received, out SocketError error);

    /// <summary>
    /// Sends the datagrams from <paramref name="start"/> to <paramref name="end"/> (excluded) in order. How many left;
    /// when that is less, the error is that of the next one, or Success when the kernel kept it to itself.
    /// </summary>
    int Send(SendLane lane, int start, int end, out SocketError error);

    /// <summary>Waits until the socket takes datagrams again, but not for long.</summary>
    void WaitForRoom(int microseconds);

    /// <summary>
    /// Takes one datagram of ours that came back as undeliverable, as far as it was quoted, with the peer that it
    /// did not reach. False when there is none, or the platform does not tell.
    /// </summary>
    bool TryTakeUndelivered(out RawMessage notice);

    /// <summary>Gives back the datagrams that are held ready; the last call.</summary>
    void ReturnSlots();
}
