using ImsSipFast.Engine;

namespace ImsSipFast.Host.Options;

/// <summary>Every option there is: the one place that command line, environment, files, help and README are made from.</summary>
internal static class OptionTable
{
    private const double MaxLogRate = 1_000_000;
    private const double MaxLogFileSize = 1_048_576;

    /// <summary>All options, in the order of the help text.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
        [.. Named().Concat(OptionRanges.All.Select(Numeric)).OrderBy(static option => option.Group)];

    /// <summary>The option of that key, in any case; null when there is none.</summary>
    public static OptionDefinition? Find(string key) =>
        All.FirstOrDefault(option => string.Equals(option.Key, key, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<OptionDefinition> Named() =>
        [Listen(), Domain(), Mode(), Advertise(), LocalNetwork(), Relay(), RecurseRedirects(), Secret(), Runner(), Io(),
            LogLevelOption(), LogFile(), LogFileSize(), LogRate(), Config()];

    private static OptionDefinition Listen() => new()
    {
        Key = "Listen",
        Group = OptionGroup.Network,
        ValueName = "udp:ADDR:PORT",
        Allowed = "udp:ADDR:PORT with an IP address, IPv6 as udp:[::1]:5060, port 0 for any free one",
        Default = "udp:127.0.0.1:5060 in mode loopback, udp:0.0.0.0:5060 in lan and nat",
        Meaning = "where to listen",
        IsRepeatable = true,
        Apply = (o, values) =>
        {
            o.ListenGiven = true;
            return Many<ListenAddress>(values, OptionValues.TryListen, list => o.Engine.Listen = list);
        },
    };

    private static OptionDefinition Domain() => new()
    {
        Key = "Domain",
        Group = OptionGroup.Network,
        ValueName = "NAME",
        Allowed = "a host name or IP address",
        Default = "none: our own addresses, and in loopback mode every domain seen in a REGISTER",
        Meaning = "a domain that we are responsible for",
        IsRepeatable = true,
        Apply = (o, values) => Many<string>(values, TryHost, list => o.Engine.Domains = list),
    };

    private static OptionDefinition Mode() => new()
    {
        Key = "Mode",
        Group = OptionGroup.Network,
        ValueName = OptionValues.NamesOf<NetworkMode>(),
        Allowed = OptionValues.NamesOf<NetworkMode>(),
        Default = "loopback",
        Meaning = "loopback: all on this machine; lan: one local network; nat: we or our peers are behind NAT",
        Apply = (o, values) => Name<NetworkMode>(values, v => o.Engine.Mode = v),
    };

    private static OptionDefinition Advertise() => new()
    {
        Key = "Advertise",
        Group = OptionGroup.Network,
        ValueName = "ADDR",
        Allowed = "a host name or IP address, without a port",
        Default = "none: the address that we are bound to",
        Meaning = "what goes into Via and Record-Route, such as the public address of a NAT",
        Apply = (o, values) => One<string>(values, TryHost, v => o.Engine.Advertise = v),
    };

    private static OptionDefinition LocalNetwork() => new()
    {
        Key = "LocalNetwork",
        Group = OptionGroup.Network,
        ValueName = "CIDR",
        Allowed = "ADDR/BITS such as 192.168.1.0/24, or one address",
        Default = "none: every private address is near",
        Meaning = "a network whose peers are near; this machine always is",
        IsRepeatable = true,
        Apply = (o, values) => Many<System.Net.IPNetwork>(values, OptionValues.TryNetwork, list => o.Engine.LocalNetworks = list),
    };

    private static OptionDefinition Relay() =>
        Switch("Relay", OptionGroup.Network, "forward for foreign networks to foreign domains, otherwise 403", (o, v) => o.Engine.Relay = v);

    private static OptionDefinition RecurseRedirects() => Switch(
        "RecurseRedirects", OptionGroup.Network, "try the Contacts of a 3xx ourselves, otherwise it goes to the caller", (o, v) => o.Engine.RecurseRedirects = v);

    private static OptionDefinition Secret() => new()
    {
        Key = "Secret",
        Group = OptionGroup.Network,
        ValueName = "FILE",
        Allowed = "a file name, none for a random secret at each start",
        Default = "ims-sip-secret in lan and nat, none in loopback",
        Meaning = "what calls of other networks are known by after a restart; made at the first start, not to be read by others",
        Apply = (o, values) =>
        {
            o.SecretFileGiven = true;
            return One<string>(values, Any, v => o.SecretFile = v.Length == 0 || v == "none" ? null : v);
        },
    };

    private static OptionDefinition Runner() => new()
    {
        Key = "Runner",
        Group = OptionGroup.Engine,
        ValueName = OptionValues.NamesOf<RunnerPolicy>(),
        Allowed = OptionValues.NamesOf<RunnerPolicy>(),
        Default = "auto",
        Meaning = "who runs a shard: inline is the loop that received, workers are threads; auto changes with the load",
        Apply = (o, values) => Name<RunnerPolicy>(values, v => o.Engine.Runner = v),
    };

    private static OptionDefinition Io() => new()
    {
        Key = "Io",
        Group = OptionGroup.Engine,
        ValueName = OptionValues.NamesOf<IoPolicy>(),
        Allowed = OptionValues.NamesOf<IoPolicy>(),
        Default = "auto",
        Meaning = "how sockets are used: auto batches system calls where it can, portable never does",
        Apply = (o, values) => Name<IoPolicy>(values, v => o.Engine.Io = v),
    };

    private static OptionDefinition LogLevelOption() => new()
    {
        Key = "LogLevel",
        Group = OptionGroup.Log,
        ValueName = "LEVEL",
        Allowed = string.Join('|', OptionValues.LogLevels.Keys),
        Default = "info",
        Meaning = "info shows one line a message; warning costs nothing per message; debug adds rules and keep-alives",
        Apply = (o, values) => One<Microsoft.Extensions.Logging.LogLevel>(values, OptionValues.LogLevels.TryGetValue, v => o.LogLevel = v),
    };

    private static OptionDefinition LogFile() => new()
    {
        Key = "LogFile",
        Group = OptionGroup.Log,
        ValueName = "FILE",
        Allowed = "a file name, none for no file",
        Default = "ims-sip-server.log",
        Meaning = "plain copy of the console log, appended to; none for no file",
        Apply = (o, values) => One<string>(values, Any, v => o.LogFile = v.Length == 0 || v == "none" ? null : v),
    };

    private static OptionDefinition LogFileSize() => new()
    {
        Key = "LogFileSize",
        Group = OptionGroup.Log,
        ValueName = "NUMBER",
        Allowed = RangeText(0, MaxLogFileSize, "MiB"),
        Default = OptionValues.Text(new HostOptions().LogFileSize),
        Meaning = $"size at which the log file becomes FILE.1, and that FILE.2, up to FILE.{Log.FileSink.Kept}; the oldest goes; 0 is unlimited",
        Apply = (o, values) => Number(values, 0, MaxLogFileSize, whole: true, v => o.LogFileSize = (int)v),
    };

    private static OptionDefinition LogRate() => new()
    {
        Key = "LogRate",
        Group = OptionGroup.Log,
        ValueName = "NUMBER",
        Allowed = RangeText(0, MaxLogRate, "lines/s"),
        Default = OptionValues.Text(new HostOptions().LogRate),
        Meaning = "message lines a second, more are counted and summarised; 0 is unlimited",
        Apply = (o, values) => Number(values, 0, MaxLogRate, whole: true, v => o.LogRate = (int)v),
    };

    private static OptionDefinition Config() => new()
    {
        Key = "Config",
        Group = OptionGroup.Network,
        ValueName = "FILE",
        Allowed = "a JSON file",
        Default = "none",
        Meaning = "one more file of settings, read after appsettings.json",
        IsForFiles = false,
        Apply = (o, values) => One<string>(values, Any, v => o.Config = v),
    };

    private static OptionDefinition Numeric(OptionRange range)
    {
        var defaults = new SipEngineOptions();
        var whole = IsWhole(range);
        return new OptionDefinition
        {
            Key = range.Key,
            Group = range.Key == nameof(SipEngineOptions.Shards) ? OptionGroup.Engine
                : range.Unit == "s" ? OptionGroup.Timers : OptionGroup.Limits,
            ValueName = range.Unit == "s" ? "SECONDS" : "NUMBER",
            Allowed = RangeText(range.Minimum, range.Maximum, range.Unit) + (range.Unit == "octets" ? ", also with K, M or G" : ""),
            Default = OptionValues.Text(range.Get(defaults)),
            // A limit's meaning goes on from its unit: "bindings" "of one address-of-record".
            Meaning = range.Unit != "s" && char.IsLower(range.Meaning[0]) ? $"{range.Unit} {range.Meaning}" : range.Meaning,
            Apply = (o, values) => Number(values, range.Minimum, range.Maximum, whole, v => range.Set(o.Engine, v), range.Unit == "octets"),
        };
    }

    // The engine's table has no types; an option that forgets a fraction is a whole number.
    private static bool IsWhole(OptionRange range)
    {
        var probe = new SipEngineOptions();
        range.Set(probe, range.Minimum + 0.5);
        return range.Get(probe) == range.Minimum;
    }

    private static string RangeText(double minimum, double maximum, string unit) =>
        $"{OptionValues.Text(minimum)} to {OptionValues.Text(maximum)} {unit}";

    private static OptionDefinition Switch(string key, OptionGroup group, string meaning, Action<HostOptions, bool> set) => new()
    {
        Key = key,
        Group = group,
        ValueName = "",
        Allowed = "true|false",
        Default = "false",
        Meaning = meaning,
        IsSwitch = true,
        Apply = (o, values) => One<bool>(values, bool.TryParse, v => set(o, v)),
    };

    private delegate bool TryRead<T>(string text, out T value);

    private static string? One<T>(IReadOnlyList<string> values, TryRead<T> read, Action<T> set)
    {
        if (values.Count != 1 || !read(values[0], out var value))
        {
            return string.Join(", ", values);
        }

        set(value);
        return null;
    }

    private static string? Many<T>(IReadOnlyList<string> values, TryRead<T> read, Action<IReadOnlyList<T>> set)
    {
        var list = new List<T>(values.Count);
        foreach (var text in values)
        {
            if (!read(text, out var value))
            {
                return text;
            }

            list.Add(value);
        }

        set(list);
        return null;
    }

    private static string? Name<T>(IReadOnlyList<string> values, Action<T> set)
        where T : struct, Enum => One(values, OptionValues.TryName, set);

    private static string? Number(IReadOnlyList<string> values, double minimum, double maximum, bool whole, Action<double> set, bool isOctets = false) => One(
        values,
        (string text, out double value) =>
            (isOctets ? OptionValues.TryOctets(text, out value) : OptionValues.TryNumber(text, whole, out value)) && value >= minimum && value <= maximum,
        set);

    private static bool TryHost(string text, out string host) => OptionValues.IsHost(host = text);

    private static bool Any(string text, out string value)
    {
        value = text;
        return true;
    }
}
