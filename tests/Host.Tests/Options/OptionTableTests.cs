using System.Globalization;
using ImsSipFast.Engine;
using ImsSipFast.Host.Options;

namespace ImsSipFast.Host.Tests.Options;

/// <summary>Every option, by every way it can come in, and on top of the others as promised.</summary>
public sealed class OptionTableTests
{
    /// <summary>A legal value that is not the default, and how the options look with it.</summary>
    private static readonly Dictionary<string, (string Value, Func<HostOptions, string?> Read, string Expected)> Named = new()
    {
        ["Listen"] = ("udp:[::1]:5070", o => string.Join(' ', o.Engine.Listen), "udp:[::1]:5070"),
        ["Domain"] = ("example.com", o => string.Join(' ', o.Engine.Domains), "example.com"),
        ["Mode"] = ("nat", o => o.Engine.Mode.ToString(), "Nat"),
        ["Advertise"] = ("203.0.113.7", o => o.Engine.Advertise, "203.0.113.7"),
        ["LocalNetwork"] = ("192.168.1.0/24", o => string.Join(' ', o.Engine.LocalNetworks), "192.168.1.0/24"),
        ["Relay"] = ("true", o => o.Engine.Relay.ToString(), "True"),
        ["RecurseRedirects"] = ("true", o => o.Engine.RecurseRedirects.ToString(), "True"),
        ["Secret"] = ("none", o => o.SecretFile ?? "(none)", "(none)"),
        ["Runner"] = ("workers", o => o.Engine.Runner.ToString(), "Workers"),
        ["Io"] = ("portable", o => o.Engine.Io.ToString(), "Portable"),
        ["LogLevel"] = ("critical", o => o.LogLevel.ToString(), "Critical"),
        ["LogFile"] = ("none", o => o.LogFile ?? "(none)", "(none)"),
        ["LogFileSize"] = ("17", o => o.LogFileSize.ToString(CultureInfo.InvariantCulture), "17"),
        ["LogRate"] = ("17", o => o.LogRate.ToString(CultureInfo.InvariantCulture), "17"),
    };

    public static TheoryData<string> Keys => [.. OptionTable.All.Where(static o => o.IsForFiles).Select(static o => o.Key)];

    public static TheoryData<string> NumericKeys => [.. OptionRanges.All.Select(static range => range.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Comes_in_by_command_line(string key)
    {
        var (value, read, expected) = Sample(key);
        Assert.Equal(expected, read(Fixtures.Read([OptionTable.Find(key)!.CommandLineName, value])));
        Assert.Equal(expected, read(Fixtures.Read([$"{OptionTable.Find(key)!.CommandLineName}={value}"])));
        Assert.NotEqual(expected, read(Fixtures.Read()));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Comes_in_by_environment(string key)
    {
        var (value, read, expected) = Sample(key);
        Assert.Equal(expected, read(Fixtures.Read(environment: new() { ["Sip__" + key] = value })));
        Assert.Equal(expected, read(Fixtures.Read(environment: new() { ["SIP__" + key.ToUpperInvariant()] = value })));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Comes_in_by_settings_and_by_config_file(string key)
    {
        using var folder = new TemporaryFolder();
        var (value, read, expected) = Sample(key);
        var file = folder.Write("lab.json", $$"""{ "Sip": { "{{key}}": "{{value}}" } }""");
        Assert.Equal(expected, read(Fixtures.Read(settingsFile: file)));
        Assert.Equal(expected, read(Fixtures.Read(["--config", file])));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Command_line_wins_over_environment_over_config_over_settings(string key)
    {
        using var folder = new TemporaryFolder();
        var name = OptionTable.Find(key)!.CommandLineName;
        var (value, read, expected) = Sample(key);

        // The lower sources hold what is no value at all: had one of them been used, the run would end.
        var wrong = folder.Write("wrong.json", $$"""{ "Sip": { "{{key}}": { "no": "value" } } }""");
        Assert.Contains("is not allowed", Fixtures.Refusal(settingsFile: wrong), StringComparison.Ordinal);

        var settings = folder.Write("appsettings.json", $$"""{ "Sip": { "{{key}}": "{{Other(key)}}" } }""");
        var config = folder.Write("config.json", $$"""{ "Sip": { "{{key}}": "{{value}}" } }""");
        Assert.Equal(expected, read(Fixtures.Read(["--config", config], settingsFile: settings)));
        Assert.NotEqual(expected, read(Fixtures.Read(["--config", config], new() { ["Sip__" + key] = Other(key) }, settings)));
        Assert.Equal(expected, read(Fixtures.Read([name, value], new() { ["Sip__" + key] = Other(key) }, settings)));
    }

    [Theory]
    [MemberData(nameof(NumericKeys))]
    public void A_number_outside_its_range_is_named_with_key_value_and_range(string key)
    {
        var range = OptionRanges.All.First(r => r.Key == key);
        var name = OptionTable.Find(key)!.CommandLineName;
        var allowed = $"{OptionValues.Text(range.Minimum)} to {OptionValues.Text(range.Maximum)} {range.Unit}{(range.Unit == "octets" ? ", also with K, M or G" : "")}";
        foreach (var value in new[] { OptionValues.Text(range.Minimum - 1), OptionValues.Text(range.Maximum + 1), "many", "", "NaN", "1e3" })
        {
            Assert.Equal($"{name}: \"{value}\" is not allowed (allowed: {allowed})", Fixtures.Refusal([$"{name}={value}"]));
            Assert.Equal($"Sip__{key}: \"{value}\" is not allowed (allowed: {allowed})", Fixtures.Refusal(environment: new() { ["Sip__" + key] = value }));
        }
    }

    [Theory]
    [InlineData("Listen", "5060")]
    [InlineData("Domain", "two words")]
    [InlineData("Mode", "wan")]
    [InlineData("Mode", "1")]
    [InlineData("Advertise", "203.0.113.7:5060")]
    [InlineData("LocalNetwork", "192.168.1.0/33")]
    [InlineData("Relay", "perhaps")]
    [InlineData("RecurseRedirects", "1")]
    [InlineData("Runner", "threads")]
    [InlineData("Io", "fast")]
    [InlineData("LogLevel", "information")]
    [InlineData("LogFileSize", "1048577")]
    [InlineData("LogRate", "-1")]
    public void Any_other_wrong_value_is_named_with_key_value_and_what_is_allowed(string key, string value)
    {
        var definition = OptionTable.Find(key)!;
        Assert.Equal(
            $"{definition.CommandLineName}: \"{value}\" is not allowed (allowed: {definition.Allowed})", Fixtures.Refusal([$"{definition.CommandLineName}={value}"]));
    }

    [Theory]
    [InlineData("512M", 512L << 20)]
    [InlineData("4g", 4L << 30)]
    [InlineData("2048K", 2L << 20)]
    [InlineData("1048576", 1L << 20)]
    public void Octets_may_be_given_in_K_M_and_G(string value, long octets) =>
        Assert.Equal(octets, Fixtures.Read(["--memory", value]).Engine.Memory);

    [Theory]
    [InlineData("M")]
    [InlineData("1.5M")]
    [InlineData("12T")]
    [InlineData("5000G")]
    public void Other_sizes_are_not_allowed(string value) =>
        Assert.Contains("--memory", Fixtures.Refusal(["--memory", value]), StringComparison.Ordinal);

    [Fact]
    public void Every_property_of_the_engine_options_has_an_option()
    {
        // Listen addresses and networks are lists there and named one by one here.
        string[] singular = ["Domains", "LocalNetworks"];
        var keys = OptionTable.All.Select(static option => option.Key).ToHashSet();
        foreach (var property in typeof(SipEngineOptions).GetProperties())
        {
            Assert.Contains(singular.Contains(property.Name) ? property.Name[..^1] : property.Name, keys);
        }
    }

    [Fact]
    public void The_defaults_of_the_table_are_those_of_the_engine()
    {
        foreach (var range in OptionRanges.All)
        {
            Assert.Equal(OptionValues.Text(range.Get(new SipEngineOptions())), OptionTable.Find(range.Key)!.Default);
        }

        Assert.Equal(Fixtures.Snapshot(new HostOptions()), Fixtures.Snapshot(Fixtures.Read()));
    }

    private static (string Value, Func<HostOptions, string?> Read, string Expected) Sample(string key)
    {
        if (Named.TryGetValue(key, out var named))
        {
            return named;
        }

        // One more than the default stays inside every range, and T2 above T1.
        var range = OptionRanges.All.First(r => r.Key == key);
        var value = OptionValues.Text(key == "MaxMessageLength" ? 2000 : range.Get(new SipEngineOptions()) + 1);
        return (value, o => OptionValues.Text(range.Get(o.Engine)), value);
    }

    private static string Other(string key) => key switch
    {
        "Listen" => "udp:127.0.0.1:5099",
        "Domain" => "other.example.net",
        "Mode" => "lan",
        "Advertise" => "198.51.100.1",
        "LocalNetwork" => "10.0.0.0/8",
        "Relay" or "RecurseRedirects" => "false",
        "Secret" => "other.secret",
        "Runner" => "inline",
        "Io" => "auto",
        "LogLevel" => "error",
        "LogFile" => "other.log",
        "LogFileSize" => "18",
        "LogRate" => "18",
        _ => OptionValues.Text(OptionRanges.All.First(r => r.Key == key).Get(new SipEngineOptions())),
    };
}
