using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>UDP ports of this machine.</summary>
internal static class Ports
{
    /// <summary>An address with a port that nobody has a moment ago.</summary>
    public static IPEndPoint Free(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Waits until some program listens there.</summary>
    public static async Task WaitUntilBoundAsync(int port, ChildProgram owner)
    {
        var waited = Stopwatch.StartNew();
        while (!Bound(port))
        {
            Assert.False(owner.HasExited, $"it has ended:\n{owner.Output}");
            Assert.True(waited.Elapsed < HostProcess.Patience, $"nobody listens on port {port}:\n{owner.Output}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static bool Bound(int port)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return new[] { "/proc/net/udp", "/proc/net/udp6" }
            .SelectMany(static file => File.ReadAllLines(file).Skip(1))
            .Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].EndsWith(end, StringComparison.Ordinal));
    }
}
