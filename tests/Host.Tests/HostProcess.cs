using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace ImsSipFast.Host.Tests;

/// <summary>
/// The built host as a process of its own, in a folder of its own, on a free port: started, watched by the lines it
/// prints, sent signals by its id. Disposing ends it, whatever state it is in.
/// </summary>
internal sealed class HostProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigTerm = 15;

    /// <summary>How long anything may take on a slow machine before the test fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Listening = "  listens on  udp:";
    private const int StoryLines = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process = new();
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, params string[] launcher)
    {
        string[] command = [.. launcher, Published ?? DotNet];
        var start = _process.StartInfo = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Published is null)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ImsSipFast.Host.dll"));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(static name => name.StartsWith("Sip__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Take(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, in the order of its options; port 0 has become the real one.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>The first of them.</summary>
    public IPEndPoint EndPoint => EndPoints[0];

    public int Id => _process.Id;

    /// <summary>The folder it runs in.</summary>
    public string Folder => _folder.Path;

    /// <summary>Lines of standard output up to now.</summary>
    public IReadOnlyList<string> Output => Copy(_output);

    /// <summary>Lines of standard error up to now.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    /// <summary>A published host to test in place of the built one, such as one that was compiled ahead of time.</summary>
    private static string? Published => Environment.GetEnvironmentVariable("IMSSIPFAST_PUBLISHED") is { Length: > 0 } program ? program : null;

    private static string DotNet
    {
        get
        {
            // <root>/shared/Microsoft.NETCore.App/<version>/: the runtime that runs this test.
            var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            var program = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
            return File.Exists(program) ? program : "dotnet";
        }
    }

    /// <summary>
    /// Starts it and waits until it listens: on a free port of 127.0.0.1 and without a log file, unless the arguments
    /// say otherwise.
    /// </summary>
    public static Task<HostProcess> StartAsync(params string[] arguments)
    {
        string[] where = arguments.Contains("--listen") ? [] : ["--listen", "udp:127.0.0.1:0"];
        return StartAsync([], [.. where, .. arguments]);
    }

    /// <summary>The same behind a command that starts it, such as <c>ip netns exec</c>, and where its mode listens.</summary>
    public static async Task<HostProcess> StartAsync(string[] launcher, params string[] arguments)
    {
        string[] log = arguments.Contains("--log-file") ? [] : ["--log-file", "none"];
        var host = new HostProcess([.. log, .. arguments], [], launcher);
        try
        {
            _ = await host.WaitForLineAsync("  stop ");
            host.EndPoints = [.. host.Output.Where(static l => l.StartsWith(Listening, StringComparison.Ordinal)).Select(static l => IPEndPoint.Parse(l[Listening.Length..]))];
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its own end.</summary>
    public static Task<HostProcess> RunToEndAsync(params string[] arguments) => RunToEndAsync([], arguments);

    /// <summary>The same with variables of the environment.</summary>
    public static async Task<HostProcess> RunToEndAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var host = new HostProcess(arguments, environment);
        _ = await host.ExitCodeAsync();
        return host;
    }

    /// <summary>The same where so many file descriptors are allowed.</summary>
    public static async Task<HostProcess> RunToEndAsync(int descriptors, params string[] arguments)
    {
        var host = new HostProcess(arguments, [], "/bin/sh", "-c", $"ulimit -n {descriptors}; exec \"$0\" \"$@\"");
        _ = await host.ExitCodeAsync();
        return host;
    }

    /// <summary>The first line of standard output that contains the text, once there is one.</summary>
    public async Task<string> WaitForLineAsync(string part, TimeSpan? patience = null)
    {
        var until = Stopwatch.StartNew();
        var limit = patience ?? Patience;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_output.Find(line => line.Contains(part, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                changed = _changed.Task;
            }

            if (_process.HasExited || until.Elapsed > limit)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"No line with '{part}' after {until.Elapsed.TotalSeconds:0.0} s.\n{Transcript()}"));
            }

            _ = await Task.WhenAny(changed, Task.Delay(100, TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Its exit code, once it has ended and all it printed is here.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan? patience = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience ?? Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail("It did not end.\n" + Transcript());
            throw;
        }
    }

    /// <summary>Everything it printed, for the message of a failed test.</summary>
    public string Transcript() => $"-- output --\n{string.Join('\n', Output)}\n-- errors --\n{string.Join('\n', Errors)}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        // Shown with a test that fails: whether a message that is missing came here, and whether it left again.
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"-- host {_process.Id} --\n{string.Join('\n', Output.TakeLast(StoryLines))}\n-- errors --\n{string.Join('\n', Errors)}\n");
        _process.Dispose();
        _folder.Dispose();
    }

    private void Take(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                lines.Add(line);
                _changed.TrySetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private string[] Copy(List<string> lines)
    {
        lock (_gate)
        {
            return [.. lines];
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
