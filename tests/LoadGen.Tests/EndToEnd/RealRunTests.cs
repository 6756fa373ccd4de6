using System.Net;
using System.Text.Json;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Driver.Report;

namespace ImsSipFast.LoadGen.Tests.EndToEnd;

/// <summary>The program as users run it, against the real proxy. These tests wait: they are about sockets and processes.</summary>
[Collection(nameof(EndToEnd))]
public sealed class RealRunTests
{
    [Fact]
    public async Task Every_profile_runs_against_the_proxy_without_a_failure()
    {
        var (proxy, address) = await ChildProcess.ProxyAsync();
        using var _ = proxy;
        var (code, output, error) = await ChildProcess.LoadGenAsync(
            $"mixed call=4,register=2,message=2,options=1,busy=1,cancel=1,subscribe=1,fork=1 --target {address} --rate 300 --warm-up 1s --duration 2s --users 50 "
            + $"--ring 20ms --hold 50ms --callee-hangs-up 0.5 --early-media 0.3 --re-invite 0.2 --target-pid {proxy.Id} --json -");
        Assert.Equal("", error);
        var run = JsonSerializer.Deserialize(output, JsonReport.Default.RunReport)!;
        var phase = run.Measured.Single();
        Assert.Equal("", string.Join(", ", phase.FailuresByCause));
        Assert.InRange(phase.Attempts, 599, 601);
        Assert.Equal((phase.Attempts, 0), (phase.Succeeded, phase.Failed));
        Assert.Equal(0, phase.RatiosPercent["ISA"]);
        Assert.True(phase.Proxy!.CpuMicrosecondsPerAttempt > 0);
        Assert.InRange(phase.Proxy.ResidentBytes, 10 << 20, 2L << 30);

        // A busy build machine may well make the generator late; what it says then is its exit code.
        Assert.Equal(run.SelfCheck.Passed ? ExitCode.Fine : ExitCode.SelfCheckFailed, code);
    }

    [Fact]
    public async Task What_a_network_loses_is_sent_again_once_each()
    {
        var (proxy, address) = await ChildProcess.ProxyAsync();
        using var _ = proxy;
        using var relay = new LossyRelay(IPEndPoint.Parse(address));
        var (_, output, error) = await ChildProcess.LoadGenAsync($"call --target {relay.Address} --domain 127.0.0.1 --rate 150 --warm-up 0 --duration 2s --users 50 --json -");
        Assert.Equal("", error);
        var phase = JsonSerializer.Deserialize(output, JsonReport.Default.RunReport)!.Measured.Single();
        Assert.Equal((300, 0), (phase.Succeeded, phase.Failed));

        // Each INVITE and each 200 that was lost was sent once more by its sender; a lost 100 or 180 costs nothing.
        Assert.InRange(relay.Lost["INVITE"], 10, 20);
        Assert.InRange(relay.Lost["200 to INVITE"], 3, 30);
        Assert.Equal(
            new Dictionary<string, long> { ["200 to INVITE"] = relay.Lost["200 to INVITE"], ["INVITE"] = relay.Lost["INVITE"] },
            phase.RetransmissionsSent);
    }

    [Fact]
    public async Task Nobody_there_is_failures_by_timer_B()
    {
        var (code, output, error) = await ChildProcess.LoadGenAsync("call --target 127.0.0.1:9 --no-register --rate 10 --warm-up 0 --duration 1s --t1 10ms --json -");
        Assert.Equal("", error);
        var run = JsonSerializer.Deserialize(output, JsonReport.Default.RunReport)!;
        var phase = run.Measured.Single();
        Assert.Equal(10, phase.Failed);
        Assert.Equal(ExitCode.Of(believed: run.SelfCheck.Passed, failures: true), code);
        Assert.Equal(["timeout B"], phase.FailuresByCause.Keys);
    }

    [Theory]
    [InlineData("call --rate none", ExitCode.Usage)]
    [InlineData("call --target no-such-host.invalid", ExitCode.Unavailable)]
    [InlineData("call --local 192.0.2.1:6000", ExitCode.Unavailable)]
    [InlineData("call --target-pid 999999999", ExitCode.Unavailable)]
    [InlineData("call --target 127.0.0.1:9 --t1 10ms", ExitCode.Unavailable)]
    [InlineData("compare 127.0.0.1:9 127.0.0.1:10 --t1 10ms --json -", ExitCode.Unavailable)]
    public async Task What_cannot_be_done_is_said_in_one_line(string arguments, int expected)
    {
        var (code, output, error) = await ChildProcess.LoadGenAsync(arguments + " --quiet");
        Assert.Equal((expected, ""), (code, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
