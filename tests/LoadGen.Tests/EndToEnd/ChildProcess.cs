using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ImsSipFast.LoadGen.Tests.EndToEnd;

/// <summary>One of this repository's programs as a process of its own; disposing ends it.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>How long anything may take on a slow machine before the test fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ChildProcess(string program, IEnumerable<string> arguments)
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/: the runtime that runs this test.
        var dotnet = Path.Combine(Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")), "dotnet");
        var start = new ProcessStartInfo(File.Exists(dotnet) ? dotnet : "dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    /// <summary>The proxy on a free port, once it listens, and its address.</summary>
    public static async Task<(ChildProcess Proxy, string Address)> ProxyAsync()
    {
        // The same configuration and framework of the neighbour: tests/LoadGen.Tests/bin/… and src/Host/bin/….
        var folder = AppContext.BaseDirectory.Replace(Path.Combine("tests", "LoadGen.Tests"), Path.Combine("src", "Host"), StringComparison.Ordinal);
        var proxy = new ChildProcess(Path.Combine(folder, "ImsSipFast.Host.dll"), ["--listen", "udp:127.0.0.1:0", "--log-level", "warning", "--log-file", "none"]);
        using var patience = new CancellationTokenSource(Patience);
        string? address = null;
        while (await proxy._process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            address = line.Contains("listens on  udp:", StringComparison.Ordinal) ? line.Split("udp:")[1] : address;
            if (line.StartsWith("  stop ", StringComparison.Ordinal))
            {
                return (proxy, address!);
            }
        }

        throw new InvalidOperationException("the proxy ended: " + await proxy._process.StandardError.ReadToEndAsync(patience.Token));
    }

    /// <summary>The load generator, run to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> LoadGenAsync(string arguments)
    {
        using var child = new ChildProcess(Path.Combine(AppContext.BaseDirectory, "ImsSipFast.LoadGen.dll"), arguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        using var patience = new CancellationTokenSource(Patience);
        var output = child._process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = child._process.StandardError.ReadToEndAsync(patience.Token);
        await child._process.WaitForExitAsync(patience.Token);
        return (child._process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
