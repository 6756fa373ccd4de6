using System.Net;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Scenarios;
using ImsSipFast.LoadGen.Tests.Driver;
using NBomber.Contracts.Stats;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

public sealed class ScenarioCommandTests
{
    [Theory]
    [InlineData("register", Profile.Register)]
    [InlineData("call", Profile.Call)]
    [InlineData("busy", Profile.Busy)]
    [InlineData("cancel", Profile.Cancel)]
    [InlineData("message", Profile.Message)]
    [InlineData("options", Profile.Options)]
    [InlineData("subscribe", Profile.Subscribe)]
    [InlineData("fork", Profile.Fork)]
    public void Every_profile_has_a_command(string command, Profile profile)
    {
        var request = Request(command);
        Assert.Equal(command, request.Name);
        Assert.Equal([new ProfileShare(profile, 1)], request.Plan.Mix);
    }

    [Fact]
    public void Mixed_takes_weights_or_the_usual_ones()
    {
        Assert.Equal([new ProfileShare(Profile.Call, 0.5), new ProfileShare(Profile.Options, 1)], Request("mixed call=0.5,options").Plan.Mix);
        Assert.Equal([new ProfileShare(Profile.Call, 5), new ProfileShare(Profile.Register, 3), new ProfileShare(Profile.Message, 2)], Request("mixed").Plan.Mix);
    }

    [Fact]
    public void Without_options_a_run_is_that_of_the_driver_and_allows_no_failure()
    {
        var request = Request("call");
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:5060"), request.Plan.Target);
        Assert.Equal(
            [
                new Phase("warm-up", TimeSpan.FromSeconds(2), 100, 100, Measured: false),
                new Phase("steady", TimeSpan.FromSeconds(10), 100, 100, Measured: true),
            ],
            request.Plan.Phases);
        Assert.Equal(new Thresholds(), request.Thresholds);
        Assert.Equal("reports", request.Reports.Folder);
        Assert.Equal([ReportFormat.Txt, ReportFormat.Html, ReportFormat.Csv, ReportFormat.Md], request.Reports.Formats);
    }

    [Fact]
    public void Every_option_of_its_own_reaches_the_request()
    {
        var request = Request("call --hold 3s --p50 1ms --p75 2ms --p95 50ms --p99 0.5s --max 2s --max-failed 2% --report-folder out --report-formats html,md");
        Assert.Equal(TimeSpan.FromSeconds(3), request.Plan.Call.Hold);
        Assert.Equal(
            new Thresholds
            {
                P50 = TimeSpan.FromMilliseconds(1),
                P75 = TimeSpan.FromMilliseconds(2),
                P95 = TimeSpan.FromMilliseconds(50),
                P99 = TimeSpan.FromMilliseconds(500),
                Max = TimeSpan.FromSeconds(2),
                MaxFailed = 0.02,
            },
            request.Thresholds);
        Assert.Equal("out", request.Reports.Folder);
        Assert.Equal([ReportFormat.Html, ReportFormat.Md], request.Reports.Formats);
        Assert.Empty(Request("call --report-formats none").Reports.Formats);
    }

    [Theory]
    [InlineData("", "a command is needed, such as call; --help lists them")]
    [InlineData("run", "\"run\": unknown command or value; --help lists what there is")]
    [InlineData("call --poisson", "\"--poisson\": unknown option; call --help lists what there is")]
    [InlineData("call --rate fast", "--rate: \"fast\" is not allowed (allowed: 0.1 to 1,000,000 per second)")]
    [InlineData("call --p99 soon", "--p99: \"soon\" is not allowed (allowed: a number with us, ms, s or m, 10us to 10m)")]
    [InlineData("call --max-failed 200%", "--max-failed: \"200%\" is not allowed (allowed: 0 to 1, or 0% to 100%)")]
    [InlineData("call --report-formats pdf", "--report-formats: \"pdf\" is not allowed (allowed: html, csv, md, txt, or none)")]
    [InlineData("call --report-formats html,html", "--report-formats: \"html,html\" is not allowed (allowed: html, csv, md, txt, or none)")]
    [InlineData("call --steps 1:2:2:2 --rate 5", "--steps and --rate: only one of them is allowed")]
    [InlineData("call --rate 2.5", "a rate of 2.5 is not allowed: NBomber begins whole attempts in a second")]
    [InlineData("call --duration 1500ms", "a duration of 1.5 s is not allowed: NBomber counts in whole seconds")]
    [InlineData("call --closed-loop 5 --rate 10", "--closed-loop and a rate: only one of them is allowed, NBomber has no closed loop with an upper rate")]
    public void What_is_wrong_is_said_in_one_line(string line, string message)
    {
        var (code, request, output, error) = Parse(line);
        Assert.Equal((ExitCode.Usage, null, "", message + Environment.NewLine), (code, request, output, error));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("call --help")]
    [InlineData("mixed -h")]
    public void Help_says_how_it_can_end_and_fits_100_columns(string line)
    {
        var (code, request, output, error) = Parse(line);
        Assert.Equal((ExitCode.Fine, null, ""), (code, request, error));
        Assert.Contains("a threshold failed", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), static text => Assert.InRange(text.TrimEnd().Length, 0, 100));
    }

    private static ScenarioRequest Request(string line)
    {
        var (code, request, _, error) = Parse(line);
        Assert.Equal((ExitCode.Fine, ""), (code, error));
        return request!;
    }

    private static (int Code, ScenarioRequest? Request, string Output, string Error) Parse(string line) =>
        ParsedLine.Of<ScenarioRequest>(line, ScenarioCommand.Invoke);
}
