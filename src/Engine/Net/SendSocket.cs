using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// A second socket on the address of a listener, only to send from. The kernel tells the poller of a socket each time
/// that a datagram of it has left ("writable again"), and the framework polls every socket that it waits on: a proxy
/// that sends from the socket it waits on is woken once more for each datagram, for nothing. No thread waits on this one.
/// </summary>
/// <remarks>
/// It must never be given a datagram that a peer sends to the listener, so it is connected, and the kernel gives a
/// connected socket only what comes from its peer: the discard port of its own host (RFC 863), from which nothing is
/// ever sent. A destination given with a datagram overrules the connection (sendto(2)).
/// <para>An address that stands for all of the host's cannot be connected without becoming one of them, so such a
/// listener sends from the socket that it receives on.</para>
/// </remarks>
internal static class SendSocket
{
    private const int DiscardPort = 9;

    /// <summary>Whether a listener on that address can have one.</summary>
    public static bool Fits(IPAddress address) =>
        OperatingSystem.IsLinux() && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

    /// <summary>Makes one of a socket that is bound.</summary>
    public static void Connect(Socket bound) =>
        bound.Connect(new IPEndPoint(((IPEndPoint)bound.LocalEndPoint!).Address, DiscardPort));
}
