using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ImsSipFast.LoadGen.Planning;
using static System.FormattableString;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>The options that say what a run does, which of them a profile has, and the plan that they make.</summary>
internal static class PlanOptions
{
    private const string Durations = "a number with ms, s, m or h";
    private const string Shares = "0 to 1, or 0% to 100%";

    public static readonly Option<DnsEndPoint> Target = Of<DnsEndPoint>(
        "--target", "HOST[:PORT]", "the proxy under test; default 127.0.0.1:5060; port 0: none, straight to the called side", OptionValues.TryTarget, "a host name or IP address and a port");

    private static readonly Option<IReadOnlyList<ProfileShare>> Mix = Of<IReadOnlyList<ProfileShare>>(
        "--profile", "NAME|WEIGHTS", "what to ask for: a profile's name, or weights such as call=5,register=3; default call", OptionValues.TryMix, Profiles());

    private static readonly Option<double> Rate = Of<double>(
        "--rate", "N", "attempts begun per second; default 100 (closed loop: the upper bound, default none)", OptionValues.TryRate, "0.1 to 1,000,000 per second");

    private static readonly Option<TimeSpan> Duration = Of(
        "--duration", "TIME", "how long is measured; default 10s, of find-knee and compare 5s", OptionValues.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7)), Durations + ", 100ms to 168h");

    private static readonly Option<TimeSpan> WarmUp = Of(
        "--warm-up", "TIME", "how long the first rate runs before anything is measured; default 2s", OptionValues.Duration(default, TimeSpan.FromHours(1)), Durations + ", 0 to 1h");

    private static readonly Option<Ramp> RampOption = Of<Ramp>(
        "--ramp", "FROM:TO:SECONDS", "a measured phase whose rate rises or falls evenly; --rate then adds a steady one after it", OptionValues.TryRamp,
        "two rates and at least 1 second, such as 100:2000:30");

    private static readonly Option<Steps> StepsOption = Of<Steps>(
        "--steps", "FROM:TO:COUNT:SECONDS", "COUNT measured phases of SECONDS each, their rates evenly spaced; in place of --rate", OptionValues.TrySteps,
        "two rates, 2 to 100 steps and at least 1 second, such as 1000:5000:5:10");

    private static readonly Option<int> ClosedLoop = Of(
        "--closed-loop", "N", "keep N attempts in flight in place of beginning them on schedule", OptionValues.Whole(1, 1_000_000), "1 to 1,000,000");

    private static readonly Option<bool> Poisson = new("--poisson") { Description = "arrivals are a Poisson process; default evenly spaced" };

    private static readonly Option<int> Users = Of(
        "--users", "N", "users on each side; default 1,000", OptionValues.Whole(1, 10_000_000), "1 to 10,000,000");

    private static readonly Option<string> Domain = Of<string>(
        "--domain", "NAME", "domain of the addresses-of-record; default the target's address", OptionValues.TryText, "a host name or IP address");

    private static readonly Option<TimeSpan> Hold = Of(
        "--hold", "TIME", "from the ACK to the BYE; default 0", OptionValues.Duration(default, TimeSpan.FromHours(1)), Durations + ", 0 to 1h");

    private static readonly Option<TimeSpan> Ring = Of(
        "--ring", "TIME", "from the 180 to the 200 (cancel: to the CANCEL); default 0", OptionValues.Duration(default, TimeSpan.FromMinutes(3)), Durations + ", 0 to 3m");

    private static readonly Option<double> CalleeHangsUp = Of<double>(
        "--callee-hangs-up", "SHARE", "calls that the called side ends; default 0", OptionValues.TryShare, Shares);

    private static readonly Option<double> EarlyMedia = Of<double>(
        "--early-media", "SHARE", "calls with a 183 and a session description before the 200; default 0", OptionValues.TryShare, Shares);

    private static readonly Option<double> ReInvite = Of<double>(
        "--re-invite", "SHARE", "calls with a re-INVITE in the middle; default 0", OptionValues.TryShare, Shares);

    private static readonly Option<IReadOnlyList<int>> Expires = Of(
        "--expires", "SECONDS,…", "the expires asked for; each REGISTER draws one of them; default 3600", OptionValues.Wholes(1, 86_400 * 365), "seconds from 1, with commas between");

    private static readonly Option<double> Refresh = Of<double>(
        "--refresh", "SHARE", "registrations that refresh a binding made before, the others are new users until all are registered; default 1",
        OptionValues.TryShare, Shares);

    private static readonly Option<double> Remove = Of<double>(
        "--remove", "SHARE", "registrations that remove a binding; default 0", OptionValues.TryShare, Shares);

    private static readonly Option<int> Contacts = Of(
        "--contacts", "N", "contacts of a user that is called by fork; default 3", OptionValues.Whole(2, 10), "2 to 10");

    private static readonly Option<int> MessageBytes = Of(
        "--message-bytes", "N", "octets of text in a MESSAGE; default 64", OptionValues.Whole(0, 1200), "0 to 1,200");

    private static readonly Option<string> Password = Of<string>(
        "--password", "WORD", "every user's password when challenged (the user's name is its user part); default: a challenge is a failure",
        OptionValues.TryText, "a word");

    private static readonly Option<TimeSpan> T1 = Of(
        "--t1", "TIME", "RFC 3261 T1: the first retransmission; an attempt is given up after 64 of it; default 500ms",
        OptionValues.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)), Durations + ", 10ms to 10s");

    private static readonly Option<TimeSpan> T2 = Of(
        "--t2", "TIME", "RFC 3261 T2: the longest pause between retransmissions of a non-INVITE; default 4s",
        OptionValues.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), Durations + ", 10ms to 1m");

    private static readonly Option<ulong> Seed = Of<ulong>(
        "--seed", "N", "what random choices are made from; default 1", OptionValues.TrySeed, "a whole number of 64 bits");

    private static readonly Option<IPEndPoint> Local = Of<IPEndPoint>(
        "--local", "ADDR[:PORT]", "address and port of the calling side, the called side has the next port; default the first free pair from 27060", OptionValues.TryLocal,
        "an IP address, and a port");

    private static readonly Option<bool> NoRegister = new("--no-register") { Description = "the called side is registered already; default: it registers before the first phase" };

    /// <summary>What a command that has that mix can be told; every profile's options when null, and --profile.</summary>
    public static IEnumerable<Option> For(Profile? profile, bool target)
    {
        IEnumerable<Option> all =
        [
            .. target ? new Option[] { Target } : [],
            .. profile is null ? new Option[] { Mix } : [],
            Rate, Duration, WarmUp, RampOption, StepsOption, ClosedLoop, Poisson, Users, Domain,
            .. OfProfile(profile),
            Password, NoRegister, T1, T2, Seed, Local,
        ];
        return all;
    }

    /// <summary>The plan that a command line makes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mix">What the command stands for; null: what --profile says.</param>
    /// <param name="target">The proxy under test.</param>
    /// <param name="shortRun">How long is measured when nothing is said.</param>
    public static LoadPlan Plan(ParseResult parsed, IReadOnlyList<ProfileShare>? mix, IPEndPoint target, TimeSpan shortRun)
    {
        var standard = new LoadPlan { Target = target, Phases = [] };
        var local = parsed.GetValue(Local);
        return standard with
        {
            Mix = mix ?? parsed.Or(Mix, standard.Mix),
            Phases = [.. Phases(parsed, shortRun)],
            LocalAddress = local?.Address,
            LocalPort = local?.Port ?? 0,
            Domain = parsed.GetValue(Domain),
            Users = parsed.Or(Users, standard.Users),
            ClosedLoop = parsed.GetValue(ClosedLoop),
            PoissonArrivals = parsed.GetValue(Poisson),
            Call = new CallShape
            {
                Ring = parsed.Or(Ring, standard.Call.Ring),
                Hold = parsed.Or(Hold, standard.Call.Hold),
                CalleeHangsUp = parsed.GetValue(CalleeHangsUp),
                EarlyMedia = parsed.GetValue(EarlyMedia),
                ReInvite = parsed.GetValue(ReInvite),
            },
            Register = new RegisterShape
            {
                ExpiresSeconds = parsed.Or(Expires, standard.Register.ExpiresSeconds),
                Refresh = parsed.Or(Refresh, standard.Register.Refresh),
                Remove = parsed.Or(Remove, standard.Register.Remove),
            },
            MessageBytes = parsed.Or(MessageBytes, standard.MessageBytes),
            ForkContacts = parsed.Or(Contacts, standard.ForkContacts),
            Password = parsed.GetValue(Password),
            T1 = parsed.Or(T1, standard.T1),
            T2 = parsed.Or(T2, standard.T2),
            Seed = parsed.Or(Seed, standard.Seed),
            RegisterFirst = !parsed.GetValue(NoRegister),
        };
    }

    /// <summary>What two options say together and may not.</summary>
    public static void Check(CommandResult command)
    {
        Exclude(command, StepsOption, Rate);
        Exclude(command, StepsOption, Duration);
        Exclude(command, StepsOption, RampOption);
        if (command.GetResult(Local) is not null && command.GetResult(Local)!.GetValueOrDefault<IPEndPoint>() is { Port: 65535 })
        {
            command.AddError("--local: the called side needs the next port, so 65534 is the last one");
        }
    }

    /// <summary>An option with a value of its own kind; what is wrong with it is said in one line.</summary>
    public static Option<T> Of<T>(string name, string valueName, string description, TryRead<T> read, string allowed) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = argument =>
        {
            if (argument.Tokens is [var token] && read(token.Value, out var value))
            {
                return value;
            }

            argument.AddError(Invariant($"{name}: \"{string.Join(' ', argument.Tokens)}\" is not allowed (allowed: {allowed})"));
            return default;
        },
    };

    /// <summary>The value of an option, or another one when it was not given.</summary>
    public static T Or<T>(this ParseResult parsed, Option<T> option, T otherwise) => parsed.GetResult(option) is { } given ? given.GetValueOrDefault<T>()! : otherwise;

    private static IEnumerable<Option> OfProfile(Profile? profile) => profile switch
    {
        null => [Hold, Ring, CalleeHangsUp, EarlyMedia, ReInvite, Expires, Refresh, Remove, MessageBytes, Contacts],
        Profile.Call => [Hold, Ring, CalleeHangsUp, EarlyMedia, ReInvite],
        Profile.Cancel => [Ring],
        Profile.Fork => [Contacts, Hold, Ring, CalleeHangsUp],
        Profile.Register => [Expires, Refresh, Remove],
        Profile.Message => [MessageBytes],
        Profile.Subscribe => [Expires],
        _ => [],
    };

    private static IEnumerable<Phase> Phases(ParseResult parsed, TimeSpan shortRun)
    {
        var measured = new List<Phase>();
        if (parsed.GetValue(StepsOption) is { } steps)
        {
            measured.AddRange(steps.AsPhases());
        }
        else if (parsed.GetValue(RampOption) is { } ramp)
        {
            measured.Add(ramp.AsPhase());
        }

        if (measured.Count == 0 || parsed.GetResult(Rate) is not null)
        {
            var rate = parsed.Or(Rate, parsed.GetResult(ClosedLoop) is null ? 100 : OptionValues.MaxRate);
            measured.Add(new Phase("steady", parsed.Or(Duration, shortRun), rate, rate, Measured: true));
        }

        var warmUp = parsed.Or(WarmUp, TimeSpan.FromSeconds(2));
        return warmUp > TimeSpan.Zero
            ? measured.Prepend(new Phase("warm-up", warmUp, measured[0].StartRate, measured[0].StartRate, Measured: false))
            : measured;
    }

    private static void Exclude(CommandResult command, Option one, Option other)
    {
        if (command.GetResult(one) is not null && command.GetResult(other) is not null)
        {
            command.AddError($"{one.Name} and {other.Name}: only one of them is allowed");
        }
    }

    private static string Profiles() => string.Join('|', Enum.GetNames<Profile>().Select(static name => name.ToLowerInvariant())) + ", or several with weights above 0";
}
