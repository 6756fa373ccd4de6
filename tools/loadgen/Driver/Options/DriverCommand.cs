using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>The command line: a command for each profile, and those that make several runs.</summary>
internal static class DriverCommand
{
    private const int HelpWidth = 100;
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TurnLength = TimeSpan.FromSeconds(5);

    private static readonly Option<string> Json = PlanOptions.Of<string>(
        "--json", "FILE", "write all figures as JSON; \"-\" for the standard output in place of the tables", AnyText, "a file");

    private static readonly Option<string> Html = PlanOptions.Of<string>("--html", "FILE", "write one self-contained report for a browser", AnyText, "a file");

    private static readonly Option<bool> Quiet = new("--quiet") { Description = "no progress, only the results" };

    private static readonly Option<IReadOnlyList<int>> Pids = PlanOptions.Of(
        "--target-pid", "PID", "read CPU and memory of that process and its children (compare: two, of A and B)",
        OptionValues.Wholes(1, int.MaxValue), "process ids");

    private static readonly (Profile Profile, string Meaning)[] Profiles =
    [
        (Profile.Register, "REGISTER, 200"),
        (Profile.Call, "INVITE, 180, 200, ACK, hold, BYE, 200"),
        (Profile.Busy, "INVITE, 486, ACK"),
        (Profile.Cancel, "INVITE, 180, CANCEL, 200, 487, ACK"),
        (Profile.Message, "MESSAGE, 200"),
        (Profile.Options, "OPTIONS to a registered user, 200"),
        (Profile.Subscribe, "SUBSCRIBE, 200, NOTIFY, 200, and the same to end it"),
        (Profile.Fork, "a call to a user with several contacts: one answers, the others are cancelled"),
    ];

    /// <summary>Parses the arguments and calls <paramref name="execute"/> with what they ask for; answers --help and refuses what is wrong itself.</summary>
    public static int Invoke(IReadOnlyList<string> arguments, Func<Request, int> execute, TextWriter output, TextWriter error)
    {
        var parsed = Build(execute).Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var first, ..])
        {
            error.WriteLine(Unknown(parsed) ?? first.Message);
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error });
    }

    private static RootCommand Build(Func<Request, int> execute)
    {
        var root = new RootCommand(
            "Synthetic SIP user agents that call, register and message through a proxy, and say what they saw. "
            + "Open loop by default: attempts begin when they are due, and every latency counts from there, so that a stalled proxy cannot hide. "
            + "The generator watches itself and says when it cannot be believed.");
        foreach (var (profile, meaning) in Profiles)
        {
            root.Add(Run(profile.ToString().ToLowerInvariant(), meaning, profile, execute));
        }

        root.Add(Mixed(execute));
        root.Add(Run("run", "any profile or mix of them, by --profile", null, execute));
        root.Add(FindKnee(execute));
        root.Add(Compare(execute));
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            var plain = (HelpAction)help.Action!;
            plain.MaxWidth = HelpWidth;
            help.Action = new HelpWithExitCodes(plain);
        }

        return root;
    }

    private static Command Run(string name, string meaning, Profile? profile, Func<Request, int> execute)
    {
        var command = With(new Command(name, meaning), PlanOptions.For(profile, target: true));
        IReadOnlyList<ProfileShare>? mix = profile is { } one ? [new(one, 1)] : null;
        command.SetAction(parsed => execute(new RunRequest(PlanOptions.Plan(parsed, mix, Target(parsed), RunLength), Output(parsed), OfTargets(parsed))));
        return command;
    }

    private static Command Mixed(Func<Request, int> execute)
    {
        var weights = new Argument<IReadOnlyList<ProfileShare>>("WEIGHTS")
        {
            Description = "profiles and how often each is drawn; default call=5,register=3,message=2",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = argument =>
            {
                if (OptionValues.TryMix(argument.Tokens[0].Value, out var mix))
                {
                    return mix;
                }

                argument.AddError($"mixed: \"{argument.Tokens[0]}\" is not allowed (allowed: profiles with weights above 0, such as call=5,register=3,message=2)");
                return null;
            },
        };
        var command = With(new Command("mixed", "several profiles by weight") { weights }, PlanOptions.For(null, target: true).Where(static option => option.Name != "--profile"));
        command.SetAction(parsed =>
        {
            var mix = parsed.GetValue(weights) ?? [new(Profile.Call, 5), new(Profile.Register, 3), new(Profile.Message, 2)];
            return execute(new RunRequest(PlanOptions.Plan(parsed, mix, Target(parsed), RunLength), Output(parsed), OfTargets(parsed)));
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
            PlanOptions.Plan(parsed, null, Target(parsed), TurnLength),
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
            PlanOptions.Plan(parsed, null, Resolve(parsed.GetValue(a)!), TurnLength),
            Resolve(parsed.GetValue(b)!),
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

    private static IPEndPoint Target(ParseResult parsed) => Resolve(parsed.Or(PlanOptions.Target, new DnsEndPoint("127.0.0.1", 5060)));

    /// <summary>The first address of a name.</summary>
    private static IPEndPoint Resolve(DnsEndPoint name)
    {
        if (IPAddress.TryParse(name.Host, out var literal))
        {
            return new IPEndPoint(literal, name.Port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(name.Host)[0], name.Port);
        }
        catch (SocketException unknown)
        {
            throw new UnavailableException($"{name.Host}: no address for this name ({unknown.Message})");
        }
    }

    private static OutputRequest Output(ParseResult parsed) => new(parsed.GetValue(Json), parsed.GetValue(Html), parsed.GetValue(Quiet));

    private static IReadOnlyList<int> OfTargets(ParseResult parsed) => parsed.Or(Pids, []);

    private static bool AnyText(string text, out string value)
    {
        value = text;
        return text.Length > 0;
    }

    private static string? Unknown(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        return parsed.UnmatchedTokens is [var word, ..] ? $"\"{word}\": unknown {(word.StartsWith('-') ? "option" : "command or value")}; {command}--help lists what there is"
            : parsed.CommandResult.Command is RootCommand ? "a command is needed, such as call; --help lists them"
            : null;
    }

    /// <summary>The library's help, and the exit codes behind it.</summary>
    private sealed class HelpWithExitCodes(HelpAction plain) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var code = plain.Invoke(parsed);
            parsed.InvocationConfiguration.Output.Write(ExitCode.Help);
            return code;
        }
    }
}
