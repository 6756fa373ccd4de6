using System.Net.NetworkInformation;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>The addresses that this machine has now.</summary>
internal static class InterfaceAddresses
{
    /// <summary>All unicast addresses of interfaces that are up, in the system's order; none when it does not tell.</summary>
    public static IReadOnlyList<PeerAddress> All()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(static i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(static i => i.GetIPProperties().UnicastAddresses)
                .Select(static a => PeerAddress.From(a.Address, 0))];
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return [];
        }
    }
}
