using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// A real softphone, Debian's baresip 1.0: without a sound card, on ports of its own, told what to do and heard through
/// its control port (JSON in netstrings over TCP).
/// </summary>
internal sealed class Baresip : IAsyncDisposable
{
    private const string LongestRunSeconds = "120";

    private static readonly string[] s_moduleFolders =
        ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/lib/aarch64-linux-gnu/baresip/modules", "/usr/lib64/baresip/modules"];

    private readonly TemporaryFolder _folder = new();
    private readonly NetworkNamespace? _network;
    private TcpClient _control = new();
    private readonly Lock _gate = new();
    private readonly List<(string Type, string Param)> _events = [];
    private readonly List<string> _answers = [];
    private readonly string _user;
    private readonly int _controlPort = FreeTcpPort();
    private readonly ChildProgram _program;
    private Task _reader = Task.CompletedTask;
    private int _seen;

    private Baresip(string user, string account, NetworkNamespace? network)
    {
        _user = user;
        _network = network;
        File.WriteAllText(Path.Combine(_folder.Path, "accounts"), account + "\n");
        File.WriteAllText(Path.Combine(_folder.Path, "contacts"), "");
        File.WriteAllText(Path.Combine(_folder.Path, "config"), Config());
        string[] command = [.. network?.Launcher ?? [], RealClient.Baresip, "-f", _folder.Path, "-t", LongestRunSeconds];
        _program = new ChildProgram(command[0], _folder.Path, command[1..]);
    }

    /// <summary>
    /// Starts a phone for an account line of its own and waits until it is registered: on 127.0.0.1, or in a network of
    /// its own on the interface that it chooses by default.
    /// </summary>
    public static async Task<Baresip> StartAsync(string user, string account, NetworkNamespace? network = null)
    {
        var phone = new Baresip(user, account, network);
        try
        {
            await phone.ConnectAsync();
            await phone.WaitUntilRegisteredAsync();
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Types a command into it.</summary>
    public async Task DoAsync(string command, string parameters = "")
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, string> { ["command"] = command, ["params"] = parameters, ["token"] = command });
        var octets = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(json)}:{json},"));
        await _control.GetStream().WriteAsync(octets, TestContext.Current.CancellationToken);
    }

    /// <summary>The parameter of the next event of that type; events before it are passed over.</summary>
    public Task<string> ExpectAsync(string type) => ExpectAsync([type]);

    /// <summary>The next event of each of these types, in whatever order they come; the parameter of the first named.</summary>
    public async Task<string> ExpectAsync(params string[] types)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            lock (_gate)
            {
                var found = Array.ConvertAll(types, type => _events.FindIndex(_seen, e => e.Type == type));
                if (found.Min() >= 0)
                {
                    _seen = found.Max() + 1;
                    return _events[found[0]].Param;
                }
            }

            Assert.True(
                !_program.HasExited && waited.Elapsed < HostProcess.Patience, $"{_user} did not see {string.Join(" and ", types)}\n{Story()}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Its events and what it printed.</summary>
    public string Story()
    {
        lock (_gate)
        {
            return $"-- events of {_user} --\n{string.Join('\n', _events)}\n-- output --\n{_program.Output}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _program.DisposeAsync();
        await _reader;
        _folder.Dispose();
    }

    // Port 0 throughout: baresip takes any free one for UDP, TCP and TLS. The bridge is a sound card that is none.
    private string Config() => string.Create(CultureInfo.InvariantCulture, $"""
        poll_method epoll
        {(_network is null ? "net_interface 127.0.0.1\nsip_listen 127.0.0.1:0" : "")}
        audio_player aubridge,nowhere
        audio_source aubridge,nowhere
        audio_alert aubridge,alert
        module_path {s_moduleFolders.FirstOrDefault(Directory.Exists) ?? s_moduleFolders[0]}
        module g711.so
        module aubridge.so
        module_tmp account.so
        module_app menu.so
        module_app ctrl_tcp.so
        ctrl_tcp_listen 127.0.0.1:{_controlPort}

        """);

    private async Task ConnectAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // A socket that could not connect is made anew by the framework, and then in the wrong network.
                _control.Dispose();
                _control = new TcpClient { Client = _network is null ? ControlSocket() : _network.Open(ControlSocket) };
                await _control.ConnectAsync(IPAddress.Loopback, _controlPort, TestContext.Current.CancellationToken);
                _reader = ReadAsync(_control.GetStream());
                return;
            }
            catch (SocketException)
            {
                Assert.True(!_program.HasExited && waited.Elapsed < HostProcess.Patience, $"{_user} has no control port\n{Story()}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private static Socket ControlSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task WaitUntilRegisteredAsync()
    {
        var waited = Stopwatch.StartNew();
        while (!Answered(" Expires 3600s"))
        {
            Assert.True(!_program.HasExited && waited.Elapsed < HostProcess.Patience, $"{_user} is not registered\n{Story()}");
            await DoAsync("reginfo");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private bool Answered(string text)
    {
        lock (_gate)
        {
            return _answers.Exists(answer => answer.Contains(text, StringComparison.Ordinal));
        }
    }

    private async Task ReadAsync(NetworkStream stream)
    {
        try
        {
            while (true)
            {
                var length = 0;
                for (var c = await OctetAsync(stream); c != ':'; c = await OctetAsync(stream))
                {
                    length = (length * 10) + (c - '0');
                }

                var json = new byte[length];
                await stream.ReadExactlyAsync(json);
                _ = await OctetAsync(stream); // the comma
                Take(JsonDocument.Parse(json).RootElement);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private static async Task<byte> OctetAsync(NetworkStream stream)
    {
        var octet = new byte[1];
        await stream.ReadExactlyAsync(octet);
        return octet[0];
    }

    private void Take(JsonElement message)
    {
        lock (_gate)
        {
            if (message.TryGetProperty("type", out var type))
            {
                _events.Add((type.GetString()!, message.TryGetProperty("param", out var param) ? param.GetString() ?? "" : ""));
            }
            else if (message.TryGetProperty("data", out var data))
            {
                _answers.Add(data.GetString() ?? "");
            }
        }
    }

    private static int FreeTcpPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
