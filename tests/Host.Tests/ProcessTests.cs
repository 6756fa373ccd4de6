using System.Net;
using System.Net.Sockets;
using ImsSipFast.Host.Options;

namespace ImsSipFast.Host.Tests;

/// <summary>The host as its user meets it: what it prints, how it ends.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task It_says_where_it_listens_in_which_mode_and_what_to_type_into_a_softphone()
    {
        await using var host = await HostProcess.StartAsync();
        var banner = string.Join('\n', host.Output);
        Assert.Contains($"listens on  udp:{host.EndPoint}", banner, StringComparison.Ordinal);
        Assert.Contains("mode        loopback", banner, StringComparison.Ordinal);
        Assert.Contains("user: any", banner, StringComparison.Ordinal);
        Assert.Contains("domain: 127.0.0.1", banner, StringComparison.Ordinal);
        Assert.Contains($"proxy: {host.EndPoint}", banner, StringComparison.Ordinal);
        Assert.Contains("password: anything", banner, StringComparison.Ordinal);
        Assert.Contains("octets of receive buffer", banner, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', banner);
    }

    [Theory]
    [InlineData(HostProcess.SigTerm, "SIGTERM: draining for up to 5 s")]
    [InlineData(HostProcess.SigInt, "Ctrl-C: draining for up to 5 s")]
    public async Task A_signal_drains_and_the_last_lines_account_for_everything(int signal, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var host = await HostProcess.StartAsync("--drain-timeout", "5", "--log-file", "run.log", "--log-level", "error");
        host.Signal(signal);
        Assert.Equal(0, await host.ExitCodeAsync());
        foreach (var lines in new[] { host.Output, await File.ReadAllLinesAsync(Path.Combine(host.Folder, "run.log"), TestContext.Current.CancellationToken) })
        {
            var text = string.Join('\n', lines);
            Assert.Contains(expected, text, StringComparison.Ordinal);
            Assert.Contains("[INFO] received 0 = answered 0 + forwarded 0 + absorbed 0 + dropped 0: balances", text, StringComparison.Ordinal);
            Assert.Contains("[INFO] state ledger: ", text, StringComparison.Ordinal);
            Assert.Contains(": nothing is left", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', text);
        }

        Assert.Empty(host.Errors);
    }

    [Theory]
    [InlineData(HostProcess.SigTerm, 143)]
    [InlineData(HostProcess.SigInt, 130)]
    public async Task A_second_signal_ends_the_drain_at_once(int signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var host = await HostProcess.StartAsync("--drain-timeout", "600");
        using var phone = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        phone.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // It registers, calls itself and never picks up: a transaction that keeps the drain waiting.
        Send("REGISTER", "sip:lab.example");
        _ = await host.WaitForLineAsync("(bindings=1)");
        Send("INVITE", "sip:1001@lab.example");
        _ = await host.WaitForLineAsync("[FWD] INVITE");

        host.Signal(HostProcess.SigTerm);
        _ = await host.WaitForLineAsync("SIGTERM: draining");
        host.Signal(signal);
        Assert.Equal(exitCode, await host.ExitCodeAsync());

        void Send(string method, string uri)
        {
            var here = phone.LocalEndPoint;
            var text = $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{method}\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:1001@lab.example>;tag=a\r\nTo: <sip:1001@lab.example>\r\nCall-ID: {method}\r\nCSeq: 1 {method}\r\n"
                + $"Contact: <sip:1001@{here}>\r\nContent-Length: 0\r\n\r\n";
            _ = phone.SendTo(System.Text.Encoding.ASCII.GetBytes(text), host.EndPoint);
        }
    }

    [Fact]
    public async Task Several_addresses_and_both_versions_of_IP_are_listened_on()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var host = await HostProcess.StartAsync("--listen", "udp:[::1]:0", "--listen", "udp:127.0.0.1:0", "--mode", "lan", "--domain", "lab.example");
        Assert.Equal([IPAddress.IPv6Loopback, IPAddress.Loopback], host.EndPoints.Select(static e => e.Address));
        Assert.Contains(host.Output, line => line.EndsWith("domain: lab.example", StringComparison.Ordinal));
        Assert.Contains(host.Output, line => line.EndsWith($"proxy: {host.EndPoint} (UDP)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--timer-c: \"0\" is not allowed (allowed: 1 to 86400 s)", "--timer-c", "0")]
    [InlineData("--mode: \"wan\" is not allowed (allowed: loopback|lan|nat)", "--mode", "wan")]
    [InlineData("--timre-c: unknown option; the nearest known one is --timer-c", "--timre-c", "181")]
    public async Task A_wrong_option_is_one_line_and_exit_78(string expected, params string[] arguments)
    {
        await using var host = await HostProcess.RunToEndAsync(arguments);
        Assert.Equal(78, await host.ExitCodeAsync());
        Assert.Equal([expected], host.Errors);
        Assert.Empty(host.Output);
    }

    [Fact]
    public async Task A_wrong_variable_and_a_wrong_file_are_one_line_and_exit_78()
    {
        await using var variable = await HostProcess.RunToEndAsync([("Sip__TimerC", "x")]);
        Assert.Equal(78, await variable.ExitCodeAsync());
        Assert.Equal(["Sip__TimerC: \"x\" is not allowed (allowed: 1 to 86400 s)"], variable.Errors);

        await using var file = await HostProcess.RunToEndAsync("--config", "missing.json");
        Assert.Equal(78, await file.ExitCodeAsync());
        Assert.StartsWith("--config missing.json: cannot be read: ", Assert.Single(file.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_that_says_what_to_try_and_exit_69()
    {
        await using var first = await HostProcess.StartAsync();
        await using var second = await HostProcess.RunToEndAsync("--listen", $"udp:{first.EndPoint}", "--log-file", "none");
        Assert.Equal(69, await second.ExitCodeAsync());
        var line = Assert.Single(second.Errors);
        Assert.StartsWith($"udp:{first.EndPoint}: the port is in use by another program; ", line, StringComparison.Ordinal);
        Assert.Contains("--listen udp:127.0.0.1:", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    public async Task Too_few_file_descriptors_are_one_line_that_says_how_many_and_exit_69(int allowed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is Linux's.");
        await using var host = await HostProcess.RunToEndAsync(allowed, "--listen", "udp:127.0.0.1:0", "--log-file", "none");
        Assert.Equal(69, await host.ExitCodeAsync());
        var line = Assert.Single(host.Errors);
        Assert.StartsWith($"file descriptors: {allowed} allowed, ", line, StringComparison.Ordinal);
        Assert.Contains("ulimit -n ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_a_wrong_option()
    {
        await using var host = await HostProcess.RunToEndAsync("--mode", "lan", "--listen", "udp:203.0.113.200:5060", "--log-file", "none");
        Assert.Equal(78, await host.ExitCodeAsync());
        Assert.StartsWith("udp:203.0.113.200:5060: ", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_does_not_keep_it_from_starting()
    {
        await using var host = await HostProcess.StartAsync("--timer-c", "30");
        Assert.Contains("WARNING  [WARNING] TimerC is 30 s", await host.WaitForLineAsync("[WARNING]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_file_is_in_the_current_folder_and_plain()
    {
        await using var host = await HostProcess.StartAsync("--log-file", "ims-sip-server.log");
        var line = await host.WaitForLineAsync("[INFO] listening on");
        if (!OperatingSystem.IsWindows())
        {
            host.Signal(HostProcess.SigTerm);
            Assert.Equal(0, await host.ExitCodeAsync());
        }

        Assert.Contains(line, await File.ReadAllTextAsync(Path.Combine(host.Folder, "ims-sip-server.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_written_is_said_once_and_nothing_else_happens()
    {
        await using var host = await HostProcess.StartAsync("--log-file", "no/such/folder.log");
        Assert.Contains("ERROR    [ERROR] log file no/such/folder.log cannot be written", await host.WaitForLineAsync("[ERROR]"), StringComparison.Ordinal);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        host.Signal(HostProcess.SigTerm);
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Single(host.Output, static line => line.Contains("cannot be written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        await using var host = await HostProcess.RunToEndAsync("--help");
        Assert.Equal(0, await host.ExitCodeAsync());
        var help = string.Join('\n', host.Output);
        Assert.All(OptionTable.All, option => Assert.Contains($"\n  {option.CommandLineName}", help, StringComparison.Ordinal));
    }
}
