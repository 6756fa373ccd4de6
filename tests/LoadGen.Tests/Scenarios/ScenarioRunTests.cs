using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Scenarios;
using ImsSipFast.LoadGen.Tests.EndToEnd;
using NBomber.CSharp;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

/// <summary>The front end on top of a double of NBomber, with real sockets, against the real proxy.</summary>
public sealed class ScenarioRunTests
{
    [Theory]
    [InlineData("register --refresh 0.5")]
    [InlineData("call --hold 5ms --ring 5ms --early-media 0.5 --re-invite 0.5")]
    [InlineData("busy")]
    [InlineData("cancel --ring 5ms")]
    [InlineData("message")]
    [InlineData("options")]
    [InlineData("subscribe")]
    [InlineData("fork")]
    [InlineData("mixed call=4,register=2,message=2,options=1,busy=1,cancel=1,subscribe=1,fork=1")]
    public async Task Every_profile_runs_against_the_proxy_without_a_failure(string line)
    {
        var (proxy, address) = await ChildProcess.ProxyAsync();
        using var _ = proxy;
        var (code, output, error) = Run($"{line} --target {address} --users 20 --rate 40 --duration 3s");
        Assert.Equal((ExitCode.Fine, "thresholds: passed\nself check: passed\n", ""), (code, output, error));
    }

    private static (int Code, string Output, string Error) Run(string line, CancellationToken stop = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = ScenarioCommand.Invoke(line.Split(' '), new ScenarioSession(output, stop).Execute, output, error);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
