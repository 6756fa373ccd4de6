using System.CommandLine;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using NBomber.Contracts.Stats;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>The command line: a command for each profile and one for mixes, in the words of the built-in driver.</summary>
internal static class ScenarioCommand
{
    private const string Footnotes =
        """
        NBomber begins whole attempts in whole seconds: rates and durations are whole numbers of
        them. A warm-up lasts no longer than the load that it warms up for. With --closed-loop
        there is no rate. Thresholds hold for each profile of a mix.

        Exit codes:
          0    every threshold held
          1    a threshold failed
          2    self-check failed: the generator itself fell behind, so the figures cannot be believed
          64   wrong command line
          69   a name, port or file cannot be had
          70   a fault of the program, or of NBomber
          130  stopped by Ctrl-C or SIGTERM

        """;

    private const string OfLatency = " of the attempts that succeed is at most this";
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(10);

    private static readonly Option<TimeSpan> P50 = Bound("--p50", "threshold: the median latency" + OfLatency);
    private static readonly Option<TimeSpan> P75 = Bound("--p75", "threshold: the 75th percentile" + OfLatency);
    private static readonly Option<TimeSpan> P95 = Bound("--p95", "threshold: the 95th percentile" + OfLatency);
    private static readonly Option<TimeSpan> P99 = Bound("--p99", "threshold: the 99th percentile" + OfLatency);
    private static readonly Option<TimeSpan> Max = Bound("--max", "threshold: the longest latency" + OfLatency);

    private static readonly Option<double> MaxFailed = PlanOptions.Of<double>(
        "--max-failed", "SHARE", "threshold: attempts that may fail; default 0", OptionValues.TryShare, "0 to 1, or 0% to 100%");

    private static readonly Option<string> Folder = PlanOptions.Of<string>(
        "--report-folder", "DIR", "where NBomber's reports go; default reports", OptionValues.TryText, "a folder");

    private static readonly Option<IReadOnlyList<ReportFormat>> Formats = PlanOptions.Of<IReadOnlyList<ReportFormat>>(
        "--report-formats", "NAMES", "NBomber's reports: html, csv, md, txt with commas between, or none; default all", TryFormats, "html, csv, md, txt, or none");

    /// <summary>Parses the arguments and calls <paramref name="execute"/> with what they ask for; answers --help and refuses what is wrong itself.</summary>
    public static int Invoke(IReadOnlyList<string> arguments, Func<ScenarioRequest, int> execute, TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            "Synthetic SIP user agents that call, register and message through a proxy, run by NBomber: its load simulations, its "
            + "figures, its reports. A latency is that of a whole attempt and counts from when NBomber begins it.");
        foreach (var (profile, meaning) in ProfileTerms.All)
        {
            IReadOnlyList<ProfileShare> mix = [new(profile, 1)];
            root.Add(Of(new Command(ProfileTerms.NameOf(profile), meaning), profile, _ => mix, execute, error));
        }

        var weights = ProfileTerms.Weights();
        root.Add(Of(
            new Command("mixed", "several profiles by weight, each a step of the scenario") { weights }, null, parsed => parsed.GetValue(weights) ?? ProfileTerms.UsualMix, execute, error));
        return CommandLine.Invoke(root, Footnotes, arguments, output, error);
    }

    private static Command Of(Command command, Profile? profile, Func<ParseResult, IReadOnlyList<ProfileShare>> mix, Func<ScenarioRequest, int> execute, TextWriter error)
    {
        // NBomber's arrivals are at random within each second: there is no choice.
        var shared = PlanOptions.For(profile, target: true).Where(static option => option.Name is not ("--profile" or "--poisson"));
        foreach (var option in shared.Concat([P50, P75, P95, P99, Max, MaxFailed, Folder, Formats]))
        {
            command.Add(option);
        }

        command.Validators.Add(PlanOptions.Check);
        command.SetAction(parsed =>
        {
            var plan = PlanOptions.Plan(parsed, mix(parsed), TargetAddress.Of(parsed), RunLength);
            if (LoadShape.Refusal(plan) is { } refusal)
            {
                error.WriteLine(refusal);
                return ExitCode.Usage;
            }

            return execute(new ScenarioRequest(command.Name, plan, Bounds(parsed), new(parsed.Or(Folder, "reports"), parsed.Or(Formats, Enum.GetValues<ReportFormat>()))));
        });
        return command;
    }

    private static Thresholds Bounds(ParseResult parsed) => new()
    {
        P50 = Given(parsed, P50),
        P75 = Given(parsed, P75),
        P95 = Given(parsed, P95),
        P99 = Given(parsed, P99),
        Max = Given(parsed, Max),
        MaxFailed = parsed.GetValue(MaxFailed),
    };

    private static TimeSpan? Given(ParseResult parsed, Option<TimeSpan> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static Option<TimeSpan> Bound(string name, string meaning) => PlanOptions.Of(
        name, "TIME", meaning, OptionValues.Duration(TimeSpan.FromMicroseconds(10), TimeSpan.FromMinutes(10)), "a number with us, ms, s or m, 10us to 10m");

    private static bool TryFormats(string text, out IReadOnlyList<ReportFormat> value)
    {
        var formats = new List<ReportFormat>();
        value = formats;
        foreach (var word in text == "none" ? [] : text.Split(','))
        {
            if (!Enum.TryParse<ReportFormat>(word, ignoreCase: true, out var format) || !char.IsAsciiLetter(word[0]) || formats.Contains(format))
            {
                return false;
            }

            formats.Add(format);
        }

        return true;
    }
}
