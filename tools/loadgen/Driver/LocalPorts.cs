using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>
/// The ports of a run that was told none: the same as of the run before, if they are free. A new port would be a new
/// Contact of every user; the old ones stay registered until they expire, and a proxy forks every call to all of them.
/// </summary>
internal static class LocalPorts
{
    /// <summary>The first port tried; below the ports that the system hands out by itself.</summary>
    public const int First = 27_060;

    private const int Pairs = 50;

    /// <summary>The first port of a pair that is free at that address; 0 when none is.</summary>
    public static int Pick(IPAddress? address) =>
        Enumerable.Range(0, Pairs).Select(static i => First + (2 * i)).FirstOrDefault(port => IsFree(address, port) && IsFree(address, port + 1));

    /// <summary>The plan with a port to send from: its own, or one that is picked.</summary>
    public static LoadPlan Settle(LoadPlan plan) => plan.LocalPort != 0 ? plan : plan with { LocalPort = Pick(plan.LocalAddress) };

    /// <summary>That the address or port of a plan cannot be had.</summary>
    public static UnavailableException Refused(LoadPlan plan, SocketException refusal) =>
        new($"cannot send from {plan.LocalAddress?.ToString() ?? "this machine"} port {plan.LocalPort} to {plan.Target}: {refusal.Message}");

    private static bool IsFree(IPAddress? address, int port)
    {
        address ??= IPAddress.Any;
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
