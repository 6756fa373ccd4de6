using System.Net;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Tests.Driver;

public sealed class DriverCommandTests
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
    public void Every_profile_has_a_command(string command, Profile profile) => Assert.Equal([new ProfileShare(profile, 1)], Run(command).Plan.Mix);

    [Fact]
    public void Without_options_a_run_is_100_calls_a_second_for_10_seconds_after_a_warm_up_of_2()
    {
        var plan = Run("call").Plan;
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:5060"), plan.Target);
        Assert.Equal(
            [
                new Phase("warm-up", TimeSpan.FromSeconds(2), 100, 100, Measured: false),
                new Phase("steady", TimeSpan.FromSeconds(10), 100, 100, Measured: true),
            ],
            plan.Phases);
        var standard = new LoadPlan { Target = plan.Target, Phases = [] };
        AssertSame(standard with { Phases = plan.Phases }, plan);
    }

    [Fact]
    public void Every_option_reaches_the_plan()
    {
        var request = Run("""
            run --profile call=5,register=3,message=2 --target [::1]:5070 --rate 2,000 --duration 1.5m --warm-up 0 --poisson --users 500 --domain lab.example
            --hold 3s --ring 250ms --callee-hangs-up 20% --early-media 0.5 --re-invite 10% --expires 60,3600 --refresh 0.9 --remove 5% --contacts 5
            --message-bytes 200 --password secret --t1 100ms --t2 2s --seed 42 --local 127.0.0.2:6000 --no-register
            --json out.json --html out.html --target-pid 17 --quiet
            """);
        AssertSame(
            new LoadPlan
            {
                Target = IPEndPoint.Parse("[::1]:5070"),
                LocalAddress = IPAddress.Parse("127.0.0.2"),
                LocalPort = 6000,
                Domain = "lab.example",
                Users = 500,
                Mix = [new(Profile.Call, 5), new(Profile.Register, 3), new(Profile.Message, 2)],
                Phases = [new Phase("steady", TimeSpan.FromSeconds(90), 2000, 2000, Measured: true)],
                PoissonArrivals = true,
                Call = new CallShape { Ring = TimeSpan.FromMilliseconds(250), Hold = TimeSpan.FromSeconds(3), CalleeHangsUp = 0.2, EarlyMedia = 0.5, ReInvite = 0.1 },
                Register = new RegisterShape { ExpiresSeconds = [60, 3600], Refresh = 0.9, Remove = 0.05 },
                MessageBytes = 200,
                ForkContacts = 5,
                Password = "secret",
                T1 = TimeSpan.FromMilliseconds(100),
                T2 = TimeSpan.FromSeconds(2),
                Seed = 42,
                RegisterFirst = false,
            },
            request.Plan);
        Assert.Equal(new OutputRequest("out.json", "out.html", Quiet: true), request.Output);
        Assert.Equal([17], request.TargetPids);
    }

    [Fact]
    public void Steps_are_evenly_spaced_measured_phases() => Assert.Equal(
        [("warm-up", 1000, 1000), ("step 1", 1000, 1000), ("step 2", 3000, 3000), ("step 3", 5000, 5000)],
        Run("call --steps 1000:5000:3:10").Plan.Phases.Select(static phase => (phase.Name, (int)phase.StartRate, (int)phase.EndRate)));

    [Theory]
    [InlineData("call --ramp 10:500:30", "warm-up 10-10 ramp 10-500")]
    [InlineData("call --ramp 10:500:30 --rate 500", "warm-up 10-10 ramp 10-500 steady 500-500")]
    [InlineData("call --closed-loop 64", "warm-up 1000000-1000000 steady 1000000-1000000")]
    [InlineData("call --closed-loop 64 --rate 900 --warm-up 0", "steady 900-900")]
    public void Ramps_and_closed_loops_make_phases(string line, string phases) => Assert.Equal(
        phases, string.Join(' ', Run(line).Plan.Phases.Select(static phase => $"{phase.Name} {phase.StartRate}-{phase.EndRate}")));

    [Fact]
    public void Mixed_takes_weights() =>
        Assert.Equal([new ProfileShare(Profile.Call, 0.5), new ProfileShare(Profile.Options, 1)], Run("mixed call=0.5,options").Plan.Mix);

    [Fact]
    public void Find_knee_has_bounds_and_shorter_runs()
    {
        var request = Assert.IsType<KneeRequest>(Parse("find-knee --profile message --p99 5ms --from 100 --to 9000 --tolerance 5% --confirm 3").Request);
        Assert.Equal(new KneeBounds { P99 = TimeSpan.FromMilliseconds(5), From = 100, To = 9000, Tolerance = 0.05, Confirmations = 3 }, request.Bounds);
        Assert.Equal(Profile.Message, request.Plan.Mix.Single().Profile);
        Assert.Equal(TimeSpan.FromSeconds(5), request.Plan.Phases[^1].Duration);
    }

    [Fact]
    public void Compare_takes_two_targets_and_two_processes()
    {
        var request = Assert.IsType<CompareRequest>(Parse("compare 127.0.0.1:5060 127.0.0.1 --rounds 3 --rate 1000 --target-pid 5,6").Request);
        Assert.Equal((IPEndPoint.Parse("127.0.0.1:5060"), IPEndPoint.Parse("127.0.0.1:5060"), 3), (request.Plan.Target, request.Other, request.Rounds));
        Assert.Equal([5, 6], request.TargetPids);
    }

    [Theory]
    [InlineData("", "a command is needed, such as call; --help lists them")]
    [InlineData("cal", "\"cal\": unknown command or value; --help lists what there is")]
    [InlineData("call --rat 5", "\"--rat\": unknown option; call --help lists what there is")]
    [InlineData("call --rate fast", "--rate: \"fast\" is not allowed (allowed: 0.1 to 1,000,000 per second)")]
    [InlineData("call --rate 0", "--rate: \"0\" is not allowed (allowed: 0.1 to 1,000,000 per second)")]
    [InlineData("call --rate NaN", "--rate: \"NaN\" is not allowed (allowed: 0.1 to 1,000,000 per second)")]
    [InlineData("call --duration 5parsecs", "--duration: \"5parsecs\" is not allowed (allowed: a number with ms, s, m or h, 100ms to 168h)")]
    [InlineData("call --target 127.0.0.1:99999", "--target: \"127.0.0.1:99999\" is not allowed (allowed: a host name or IP address and a port)")]
    [InlineData("call --target ::1", "--target: \"::1\" is not allowed (allowed: a host name or IP address and a port)")]
    [InlineData("call --early-media 120%", "--early-media: \"120%\" is not allowed (allowed: 0 to 1, or 0% to 100%)")]
    [InlineData("call --expires 60", "\"--expires\": unknown option; call --help lists what there is")]
    [InlineData("call --steps 1:2", "--steps: \"1:2\" is not allowed (allowed: two rates, 2 to 100 steps and at least 1 second, such as 1000:5000:5:10)")]
    [InlineData("call --steps 1:2:2:2 --rate 5", "--steps and --rate: only one of them is allowed")]
    [InlineData("mixed call=5,call=2", "mixed: \"call=5,call=2\" is not allowed (allowed: profiles with weights above 0, such as call=5,register=3,message=2)")]
    [InlineData("mixed 1=5", "mixed: \"1=5\" is not allowed (allowed: profiles with weights above 0, such as call=5,register=3,message=2)")]
    [InlineData("call --local 127.0.0.1:65535", "--local: the called side needs the next port, so 65534 is the last one")]
    [InlineData("call --rate", "Required argument missing for option: '--rate'.")]
    [InlineData("compare 127.0.0.1:5060", "Required argument missing for command: 'compare'.")]
    [InlineData("compare 127.0.0.1 127.0.0.2 --target-pid 5", "--target-pid: compare needs two, of A and B, with a comma between")]
    public void What_is_wrong_is_said_in_one_line(string line, string message)
    {
        var (code, request, output, error) = Parse(line);
        Assert.Equal((ExitCode.Usage, null, "", message + Environment.NewLine), (code, request, output, error));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("call --help")]
    [InlineData("find-knee -h")]
    public void Help_says_how_it_can_end_and_fits_100_columns(string line)
    {
        var (code, request, output, error) = Parse(line);
        Assert.Equal((ExitCode.Fine, null, ""), (code, request, error));
        Assert.Contains("Exit codes:", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), static text => Assert.InRange(text.TrimEnd().Length, 0, 100));
    }

    /// <summary>Records compare their lists by identity: those are compared by what is in them.</summary>
    private static void AssertSame(LoadPlan expected, LoadPlan actual)
    {
        Assert.Equal(expected.Mix, actual.Mix);
        Assert.Equal(expected.Phases, actual.Phases);
        Assert.Equal(expected.Register.ExpiresSeconds, actual.Register.ExpiresSeconds);
        Assert.Equal(
            expected with { Mix = actual.Mix, Phases = actual.Phases, Register = expected.Register with { ExpiresSeconds = actual.Register.ExpiresSeconds } },
            actual);
    }

    private static RunRequest Run(string line)
    {
        var (code, request, _, error) = Parse(line);
        Assert.Equal((ExitCode.Fine, ""), (code, error));
        return Assert.IsType<RunRequest>(request);
    }

    private static (int Code, Request? Request, string Output, string Error) Parse(string line) =>
        ParsedLine.Of<Request>(line, DriverCommand.Invoke);
}
