using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>UDP ports of this machine.</summary>
internal static class Ports
{
    // Below those that the kernel hands out (ip_local_port_range begins at 32,768): a socket of another test that asks for
    // any port is never given one that a program was told and has not bound yet, or that must stay closed.
    private const int First = 10_000;
    private const int Count = 20_000;

    // Runs that go on side by side begin at different places.
    private static int s_next = Environment.ProcessId * 97;

    /// <summary>An address with a port that nobody had a moment ago, and that no other test of this run is given.</summary>
    public static IPEndPoint Free(IPAddress address)
    {
        for (var i = 0; i < Count; i++)
        {
            var endPoint = new IPEndPoint(address, First + (int)((uint)Interlocked.Increment(ref s_next) % Count));
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(endPoint);
                return endPoint;
            }
            catch (SocketException)
            {
                // Some program has it.
            }
        }

        Assert.Fail($"No port of {address} from {First} on is free.");
        throw new InvalidOperationException();
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
