using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Scenarios;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

/// <summary>
/// The front end from its command line to its exit code, on real sockets; under it the double of NBomber, for which a
/// second lasts a twentieth of one.
/// </summary>
[Collection(nameof(EndToEnd))]
public sealed class ScenarioRunTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    private const string Passed = "thresholds: passed\nself check: passed\n";

    /// <summary>No proxy: straight to the called side.</summary>
    private const string Direct = "--target 127.0.0.1:0 --users 20 --rate 40 --duration 3s";

    /// <summary>Nobody is there, and that is known after 64 times 10 ms.</summary>
    private const string Nobody = "--target 127.0.0.1:9 --users 20 --rate 5 --duration 2s --t1 10ms";

    [Theory]
    [InlineData("register --refresh 0.5", "200")]
    [InlineData("call --hold 5ms --ring 5ms --early-media 0.5 --re-invite 0.5", "200")]
    [InlineData("busy", "486")]
    [InlineData("cancel --ring 5ms", "487")]
    [InlineData("message", "200")]
    [InlineData("options", "200")]
    [InlineData("subscribe", "200")]
    [InlineData("fork", "200")]
    public void Every_profile_runs_against_the_proxy_without_a_failure(string line, string answer)
    {
        Assert.Equal((ExitCode.Fine, Passed, ""), Run($"{line} --target {proxy.Address} --users 20 --rate 40 --duration 3s"));
        var (asked, seen) = Last();
        Assert.Equal(("ImsSipFast", line.Split(' ')[0]), (asked.TestSuite, asked.TestName));
        Assert.Equal([new(answer, 120)], seen.Ok.StatusCodes);
        Assert.Empty(seen.StepStats);
    }

    [Fact]
    public void A_mix_has_a_step_for_each_profile_with_its_share()
    {
        Assert.Equal(
            (ExitCode.Fine, Passed, ""),
            Run($"mixed call=4,register=2,message=2,options=1,busy=1,cancel=1,subscribe=1,fork=1 --target {proxy.Address} --users 20 --rate 130 --duration 2s --warm-up 0"));
        var seen = Last().Seen;
        Assert.Equal(260, seen.Ok.Request.Count);
        Assert.Equal(["busy", "call", "cancel", "fork", "message", "options", "register", "subscribe"], seen.StepStats.Select(static step => step.StepName).Order());
        Assert.All(seen.StepStats, static step => Assert.InRange(step.Ok.Request.Count, step.StepName == "call" ? 78 : 18, step.StepName == "call" ? 82 : 42));
    }

    [Fact]
    public void A_closed_loop_begins_the_next_attempt_when_one_is_done()
    {
        Assert.Equal((ExitCode.Fine, Passed, ""), Run("message --target 127.0.0.1:0 --users 20 --closed-loop 4 --duration 2s"));
        Assert.InRange(Last().Seen.Ok.Request.Count, 9, int.MaxValue);
    }

    [Fact]
    public void Nothing_but_the_given_load_ends_a_run_or_an_iteration()
    {
        Run($"message {Direct} --warm-up 1s --report-folder out --report-formats html,csv");
        var (asked, _) = Last();
        Assert.Equal(("out", TimeSpan.FromSeconds(1)), (asked.ReportFolder, asked.Scenarios[0].WarmUpDuration));
        Assert.Equal([ReportFormat.Html, ReportFormat.Csv], asked.ReportFormats);
        Assert.Equal((false, int.MaxValue), (asked.Scenarios[0].RestartIterationOnFail, asked.Scenarios[0].MaxFailCount));
        Run($"message {Direct} --warm-up 0 --report-formats none");
        Assert.Empty(Last().Asked.ReportFormats!);
        Assert.Null(Last().Asked.Scenarios[0].WarmUpDuration);
    }

    [Fact]
    public void Failures_end_with_1_and_carry_their_cause()
    {
        var (code, output, _) = Run($"call {Nobody} --no-register");
        Assert.Equal((ExitCode.Failures, "thresholds: failed\n  call: 10 of 10 attempts failed (allowed: 0.00 %)\nself check: passed\n"), (code, output));
        Assert.Equal([new("timeout B", 10)], Last().Seen.Fail.StatusCodes);
    }

    [Fact]
    public void Failures_that_are_allowed_end_with_0() => Assert.Equal((ExitCode.Fine, Passed, ""), Run($"call {Nobody} --no-register --max-failed 100%"));

    [Fact]
    public void A_latency_above_its_bound_ends_with_1()
    {
        var (code, output, _) = Run($"call {Direct} --hold 5ms --p50 5ms --p99 10s");
        Assert.Equal(ExitCode.Failures, code);
        Assert.Matches(@"^thresholds: failed\n  call: p50 is \d+\.\d\d ms \(bound 5 ms\)\nself check: passed\n$", output);
    }

    [Fact]
    public void A_called_side_that_is_not_registered_ends_with_2_before_the_run()
    {
        var (code, output, _) = Run($"message {Nobody}");
        Assert.Equal(ExitCode.SelfCheckFailed, code);
        Assert.Contains("20 of 20 registrations before the first phase failed (timeout F (REGISTER))", output, StringComparison.Ordinal);
        Assert.Null(NBomberRunner.Last);
    }

    [Fact]
    public void A_generator_that_is_starved_ends_with_2()
    {
        NBomberRunner.Starved = true;
        var (code, output, _) = Run($"message {Direct}");
        NBomberRunner.Starved = false;
        Assert.Equal(ExitCode.SelfCheckFailed, code);
        Assert.Contains("fell behind its schedule: 60 attempts begun of at least 120.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_ends_the_run_with_130()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
        Assert.Equal((ExitCode.Interrupted, "", ""), Run("message --target 127.0.0.1:0 --users 20 --rate 40 --duration 2h", stop.Token));
        Assert.InRange(Last().Seen.Ok.Request.Count, 1, 2000);
        Assert.Equal((ExitCode.Interrupted, "", ""), Run($"message {Nobody}", stop.Token));
    }

    [Theory]
    [InlineData("--local 192.0.2.1:6000", "cannot send from 192.0.2.1 port 6000")]
    [InlineData("--target no-such-host.invalid", "no-such-host.invalid: no address")]
    public void What_cannot_be_had_is_said_in_one_line(string arguments, string line)
    {
        var refusal = Assert.Throws<UnavailableException>(() => Run($"call {arguments}"));
        Assert.StartsWith(line, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static (NBomberContext Asked, ScenarioStats Seen) Last()
    {
        var (asked, seen) = NBomberRunner.Last!.Value;
        return (asked, seen.ScenarioStats.Single());
    }

    private static (int Code, string Output, string Error) Run(string line, CancellationToken stop = default)
    {
        NBomberRunner.Last = null;
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = ScenarioCommand.Invoke(line.Split(' '), new ScenarioSession(output, stop).Execute, output, error);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
