using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Host;

/// <summary>What a user types into a softphone to reach us.</summary>
/// <param name="Domain">The domain of the account.</param>
/// <param name="Proxy">Address and port of the proxy.</param>
internal sealed record SoftphoneHint(string Domain, string Proxy)
{
    // Addresses reserved for documentation: a datagram socket "connected" there sends nothing, but learns
    // which of this machine's addresses would be used.
    private static readonly IPEndPoint SomewhereV4 = new(IPAddress.Parse("192.0.2.1"), 9);
    private static readonly IPEndPoint SomewhereV6 = new(IPAddress.Parse("2001:db8::1"), 9);

    /// <param name="options">The options of the run.</param>
    /// <param name="bound">Where the first listener is bound.</param>
    /// <param name="reached">The addresses that peers reach the listeners at.</param>
    public static SoftphoneHint Of(HostOptions options, IPEndPoint bound, IReadOnlyList<IPEndPoint> reached)
    {
        var isAny = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        var address = isAny ? OwnAddress(bound.AddressFamily, reached) : bound.Address;
        var host = options.Engine.Advertise ?? address.ToString();
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host;
        return new SoftphoneHint(options.Engine.Domains is [var domain, ..] ? domain : bracketed, $"{bracketed}:{bound.Port}");
    }

    private static IPAddress OwnAddress(AddressFamily family, IReadOnlyList<IPEndPoint> reached)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(family == AddressFamily.InterNetwork ? SomewhereV4 : SomewhereV6);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            // No way out of the networks we are in: an address in one of them, or without any the phones on this machine.
            return reached.FirstOrDefault(r => r.AddressFamily == family && !IPAddress.IsLoopback(r.Address) && !r.Address.IsIPv6LinkLocal)?.Address
                ?? (family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback);
        }
    }
}
