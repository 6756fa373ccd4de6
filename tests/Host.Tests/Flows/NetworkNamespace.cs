using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// A network of a test's own: interfaces, addresses and routes that nothing else on the machine sees. It takes root and
/// iproute2; without them the test is skipped with the reason.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x4000_0000;

    private static int s_count;
    private int _cables;

    public NetworkNamespace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has network namespaces.");
        Name = $"sip{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Assert.SkipUnless(TryRun($"netns add {Name}", out var output), $"A network namespace of one's own takes root and iproute2 (scripts/install-test-tools.sh): {output}");
        Ip("link set lo up");
    }

    public string Name { get; }

    /// <summary>The interface of its last cable.</summary>
    public string Cable { get; private set; } = "lo";

    /// <summary>What goes before a command that is to run in it.</summary>
    public string[] Launcher => ["ip", "netns", "exec", Name];

    /// <summary>A cable between two of them, with an address at either end, such as <c>10.77.1.1/24</c>.</summary>
    public void ConnectTo(NetworkNamespace other, string ownAddress, string otherAddress)
    {
        Cable = $"cable{++_cables}";
        other.Cable = $"cable{++other._cables}";
        Run($"link add {Cable} netns {Name} type veth peer name {other.Cable} netns {other.Name}");
        Ip($"link set {Cable} up");
        other.Ip($"link set {other.Cable} up");
        Ip($"addr add {ownAddress} dev {Cable}");
        other.Ip($"addr add {otherAddress} dev {other.Cable}");
    }

    /// <summary>A command of ip(8) in it.</summary>
    public void Ip(string arguments) => Run($"-n {Name} {arguments}");

    /// <summary>The index of <see cref="Cable"/>; for a function that <see cref="Open"/> calls.</summary>
    public int CableIndex() => (int)InterfaceIndex(Cable);

    /// <summary>Makes a socket that belongs to it; afterwards any thread may use that.</summary>
    public Socket Open(Func<Socket> open)
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
                Assert.Equal(0, SetNamespace((int)file.DangerousGetHandle(), NewNetwork));
                socket = open();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket! : throw new InvalidOperationException($"no socket in {Name}", failure);
    }

    public void Dispose() => TryRun($"netns del {Name}", out _);

    private static void Run(string arguments) => Assert.True(TryRun(arguments, out var output), $"ip {arguments}: {output}");

    private static bool TryRun(string arguments, out string output)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            output = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            output = e.Message;
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "if_nametoindex", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint InterfaceIndex(string name);

    [DllImport("libc", EntryPoint = "setns")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);
}
