using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>The command line: a command for each profile, and those that make several runs.</summary>
internal static class DriverCommand
{
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TurnLength = TimeSpan.FromSeconds(5);

    private static readonly Option<string> Json = PlanOptions.Of<string>(
        "--json", "FILE", "write all figures as JSON; \"-\" for the standard output in place of the tables", AnyText, "a file");

    private static readonly Option<string> Html = PlanOptions.Of<string>("--html", "FILE", "write one self-contained report for a browser", AnyText, "a file");

    private static readonly Option<bool> Quiet = new("--quiet") { Description = "no progress, only the results" };

    private static readonly Option<IReadOnlyList<int>> Pids = PlanOptions.Of(
        "--target-pid", "PID", "read CPU and memory of that process and its children (compare: two, of A and B)",
        OptionValues.Wholes(1, int.MaxValue), "process ids");

    /// <summary>Parses the arguments and calls <paramref name="execute"/> with what they ask for; answers --help and refuses what is wrong itself.</summary>
    public static int Invoke(IReadOnlyList<string> arguments, Func<Request, int> execute, TextWriter output, TextWriter error) =>
        CommandLine.Invoke(Build(execute), ExitCode.Help, arguments, output, error);

    private static RootCommand Build(Func<Request, int> execute)
    {
        var root = new RootCommand(
            "Synthetic SIP user agents that call, register and message through a proxy, and say what they saw. "
            + "Open loop by default: attempts begin when they are due, and every latency counts from there, so that a stalled proxy cannot hide. "
            + "The generator watches itself and says when it cannot be believed.");
        foreach (var (profile, meaning) in ProfileTerms.All)
        {
            root.Add(Run(ProfileTerms.NameOf(profile), meaning, profile, execute));
        }

        root.Add(Mixed(execute));
        root.Add(Run("run", "any profile or mix of them, by --profile", null, execute));
        root.Add(FindKnee(execute));
        root.Add(Compare(execute));
        return root;
    }

    private static Command Run(string name, string meaning, Profile? profile, Func<Request, int> execute)
    {
        var command = With(new Command(name, meaning), PlanOptions.For(profile, target: true));
        IReadOnlyList<ProfileShare>? mix = profile is { } one ? [new(one, 1)] : null;
        command.SetAction(parsed => execute(new RunRequest(PlanOptions.Plan(parsed, mix, TargetAddress.Of(parsed), RunLength), Output(parsed), OfTargets(parsed))));
        return command;
    }

    private static Command Mixed(Func<Request, int> execute)
    {
        var weights = ProfileTerms.Weights();
        var command = With(new Command("mixed", "several profiles by weight") { weights }, PlanOptions.For(null, target: true).Where(static option => option.Name != "--profile"));
        command.SetAction(parsed =>
        {
            var mix = parsed.GetValue(weights) ?? ProfileTerms.UsualMix;
            return execute(new RunRequest(PlanOptions.Plan(parsed, mix, TargetAddress.Of(parsed), RunLength), Output(parsed), OfTargets(parsed)));
        });
        return command;
    }

    private static Command FindKnee(Func<Request, int> execute)
    {
        var standard = new KneeBounds();
        var p99 = PlanOptions.Of(
            "--p99", "TIME", "bound of the 99th percentile of the first answer to each request; default 10ms",
            OptionValues.Duration(TimeSpan.FromMicroseconds(10), TimeSpan.FromMinutes(1)), "a number with ms, s or m, 10us to 1m");
        var from = PlanOptions.Of<double>("--from", "N", "the first rate tried; default 500", OptionValues.TryRate, "0.1 to 1,000,000 per second");
        var to = PlanOptions.Of<double>("--to", "N", "the highest rate tried; default 200,000", OptionValues.TryRate, "0.1 to 1,000,000 per second");
        var tolerance = PlanOptions.Of<double>("--tolerance", "SHARE", "how near the knee is found; default 2%", OptionValues.TryShare, "0 to 1, or 0% to 100%");
        var confirm = PlanOptions.Of("--confirm", "N", "further runs in a row that the knee must pass; default 2", OptionValues.Whole(0, 20), "0 to 20");
        var command = With(
            new Command("find-knee", "the highest rate with 0 failures and p99 under a bound: doubling, bisection, confirmation") { p99, from, to, tolerance, confirm },
            PlanOptions.For(null, target: true).Where(static option => option.Name is not ("--rate" or "--ramp" or "--steps" or "--closed-loop")));
        command.SetAction(parsed => execute(new KneeRequest(
            PlanOptions.Plan(parsed, null, TargetAddress.Of(parsed), TurnLength),
            new KneeBounds
            {
                P99 = parsed.Or(p99, standard.P99),
                From = parsed.Or(from, standard.From),
                To = parsed.Or(to, standard.To),
                Tolerance = Math.Max(0.001, parsed.Or(tolerance, standard.Tolerance)),
                Confirmations = parsed.Or(confirm, standard.Confirmations),
            },
            Output(parsed),
            OfTargets(parsed))));
        return command;
    }

    private static Command Compare(Func<Request, int> execute)
    {
        var a = Endpoint("A", "one proxy, HOST[:PORT]");
        var b = Endpoint("B", "the other proxy, HOST[:PORT]");
        var rounds = PlanOptions.Of("--rounds", "N", "turns of each; default 5", OptionValues.Whole(1, 100), "1 to 100");
        var command = With(new Command("compare", "two targets in turns: each round, and medians of the ratios A/B") { a, b, rounds }, PlanOptions.For(null, target: false));
        command.Validators.Add(result =>
        {
            if (result.GetResult(Pids) is { Errors: var errors } pids && !errors.Any() && pids.GetValueOrDefault<IReadOnlyList<int>>() is { Count: not 2 })
            {
                result.AddError("--target-pid: compare needs two, of A and B, with a comma between");
            }
        });
        command.SetAction(parsed => execute(new CompareRequest(
            PlanOptions.Plan(parsed, null, TargetAddress.Resolve(parsed.GetValue(a)!), TurnLength),
            TargetAddress.Resolve(parsed.GetValue(b)!),
            parsed.Or(rounds, 5),
            Output(parsed),
            OfTargets(parsed))));
        return command;
    }

    private static Command With(Command command, IEnumerable<Option> options)
    {
        foreach (var option in options.Concat([Pids, Json, Html, Quiet]))
        {
            command.Add(option);
        }

        command.Validators.Add(PlanOptions.Check);
        return command;
    }

    private static Argument<DnsEndPoint> Endpoint(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (OptionValues.TryTarget(argument.Tokens[0].Value, out var value))
            {
                return value;
            }

            argument.AddError($"{name}: \"{argument.Tokens[0]}\" is not allowed (allowed: a host name or IP address and a port)");
            return null;
        },
    };

    private static OutputRequest Output(ParseResult parsed) => new(parsed.GetValue(Json), parsed.GetValue(Html), parsed.GetValue(Quiet));

    private static IReadOnlyList<int> OfTargets(ParseResult parsed) => parsed.Or(Pids, []);

    private static bool AnyText(string text, out string value)
    {
        value = text;
        return text.Length > 0;
    }
}
