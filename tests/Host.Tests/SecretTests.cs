using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImsSipFast.Host.Tests;

/// <summary>The file of the secret: made once, for its owner alone, and what a call up across a restart lives by.</summary>
public sealed class SecretTests
{
    [Fact]
    public async Task It_is_made_at_the_first_start_for_its_owner_alone_and_never_shown()
    {
        await using var host = await HostProcess.StartAsync("--mode", "lan", "--log-level", "debug", "--log-file", "run.log");
        var file = Path.Combine(host.Folder, "ims-sip-secret");
        var secret = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.Matches("^[0-9a-f]{64}$", secret);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            host.Signal(HostProcess.SigTerm);
            Assert.Equal(0, await host.ExitCodeAsync());
        }

        Assert.Equal(["ims-sip-secret", "run.log"], Directory.GetFiles(host.Folder).Select(Path.GetFileName).Order());
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(Path.Combine(host.Folder, "run.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, host.Transcript(), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Output, static line => line.Contains("[WARNING] secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--mode", "loopback")]
    [InlineData("--mode", "lan", "--secret", "none")]
    public async Task Where_it_is_not_wanted_none_is_made(params string[] arguments)
    {
        await using var host = await HostProcess.StartAsync(arguments);
        Assert.Empty(Directory.GetFiles(host.Folder));
    }

    [Fact]
    public async Task One_that_others_may_read_is_used_with_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new TemporaryFolder();
        var file = folder.Write("open", new string('k', 32));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        await using var host = await HostProcess.StartAsync("--mode", "lan", "--secret", file);
        Assert.Contains($"secret file {file} is open to other users", await host.WaitForLineAsync("[WARNING] secret"), StringComparison.Ordinal);
        Assert.Equal(new string('k', 32), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("short", "has 5 octets, at least 32 are needed")]
    [InlineData("folder", "cannot be read")]
    [InlineData("no/such/folder", "cannot be made")]
    public async Task One_that_cannot_be_used_is_one_line_and_exit_78(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("short", "12345\n");
        Directory.CreateDirectory(Path.Combine(folder.Path, "folder"));
        var file = Path.Combine(folder.Path, name);
        await using var host = await HostProcess.RunToEndAsync("--mode", "lan", "--log-file", "none", "--secret", file);
        Assert.Equal(78, await host.ExitCodeAsync());
        Assert.StartsWith($"secret file {file}: {expected}", Assert.Single(host.Errors), StringComparison.Ordinal);
        Assert.Empty(host.Output);
    }

    /// <summary>The Contact of the caller leads nowhere; only the mark in our Record-Route knows where it really is.</summary>
    [Fact]
    public async Task A_call_of_a_phone_behind_a_NAT_is_hung_up_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["--mode", "nat", "--domain", "lab.test", "--secret", Path.Combine(folder.Path, "kept")];
        using var caller = new Peer("127.0.0.2");
        using var callee = new Peer("127.0.0.3");
        IPEndPoint proxy;
        string route;
        await using (var first = await HostProcess.StartAsync(arguments))
        {
            proxy = first.EndPoint;
            callee.Send(proxy, Request("REGISTER", "sip:lab.test", callee, $"sip:b@{callee.At}", "<sip:b@lab.test>;tag=r", "<sip:b@lab.test>"));
            Assert.StartsWith("SIP/2.0 200", await callee.NextAsync(), StringComparison.Ordinal);
            caller.Send(proxy, Request("INVITE", "sip:b@lab.test", caller, "sip:a@10.0.0.5:5060", "<sip:a@far.test>;tag=a", "<sip:b@lab.test>"));
            Assert.StartsWith("SIP/2.0 100", await caller.NextAsync(), StringComparison.Ordinal);
            var invite = await callee.NextAsync();
            route = Lines(invite, "Record-Route: ").Single();
            var copied = string.Join("\r\n", invite.Split("\r\n").Where(static l => l.StartsWith("Via", StringComparison.Ordinal) || l.StartsWith("From", StringComparison.Ordinal)));
            callee.Send(proxy, $"SIP/2.0 200 OK\r\n{copied}\r\nRecord-Route: {route}\r\nTo: <sip:b@lab.test>;tag=b\r\nCall-ID: up\r\nCSeq: 1 INVITE\r\n"
                + $"Contact: <sip:b@{callee.At}>\r\nContent-Length: 0\r\n\r\n");
            Assert.StartsWith("SIP/2.0 200", await caller.NextAsync(), StringComparison.Ordinal);
        }

        await using var second = await HostProcess.StartAsync([.. arguments, "--listen", $"udp:{proxy}"]);
        callee.Send(proxy, Request("BYE", "sip:a@10.0.0.5:5060", callee, $"sip:b@{callee.At}", "<sip:b@lab.test>;tag=b", "<sip:a@far.test>;tag=a", $"Route: {route}\r\n"));
        Assert.StartsWith("BYE sip:a@10.0.0.5:5060", await caller.NextAsync(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string message, string name) =>
        message.Split("\r\n").Where(line => line.StartsWith(name, StringComparison.Ordinal)).Select(line => line[name.Length..]);

    private static string Request(string method, string uri, Peer from, string contact, string fromValue, string to, string more = "") =>
        $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {from.At};rport;branch=z9hG4bK-{method}\r\nMax-Forwards: 70\r\nFrom: {fromValue}\r\nTo: {to}\r\n"
        + $"Call-ID: up\r\nCSeq: 1 {method}\r\nContact: <{contact}>\r\n{more}Content-Length: 0\r\n\r\n";

    private sealed class Peer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly byte[] _room = new byte[65_536];

        public Peer(string address) => _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));

        public IPEndPoint At => (IPEndPoint)_socket.LocalEndPoint!;

        public void Send(IPEndPoint to, string text) => _socket.SendTo(Encoding.ASCII.GetBytes(text), to);

        public async Task<string> NextAsync()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(HostProcess.Patience);
            var length = await _socket.ReceiveAsync(_room, limit.Token);
            return Encoding.ASCII.GetString(_room, 0, length);
        }

        public void Dispose() => _socket.Dispose();
    }
}
