using System.Net;
using ImsSipFast.Engine;
using ImsSipFast.Host.Options;

namespace ImsSipFast.Host.Tests.Options;

/// <summary>What the sources say in vain, what they say together, and files that cannot be read.</summary>
public sealed class OptionReaderTests
{
    [Theory]
    [InlineData("loopback", "udp:127.0.0.1:5060")]
    [InlineData("lan", "udp:0.0.0.0:5060")]
    [InlineData("nat", "udp:0.0.0.0:5060")]
    public void Without_listen_the_mode_decides(string mode, string expected)
    {
        Assert.Equal(expected, Fixtures.Read(["--mode", mode]).Engine.Listen.Single().ToString());
        Assert.Equal("udp:127.0.0.9:5061", Fixtures.Read(["--mode", mode, "--listen", "udp:127.0.0.9:5061"]).Engine.Listen.Single().ToString());
    }

    [Fact]
    public void A_list_is_repeated_or_has_commas_or_is_an_array_and_is_taken_whole_from_the_topmost_source()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("appsettings.json", """{ "Sip": { "Domain": ["a.example", "b.example", "c.example"] } }""");
        Assert.Equal(["a.example", "b.example", "c.example"], Fixtures.Read(settingsFile: file).Engine.Domains);
        Assert.Equal(["d.example", "e.example"], Fixtures.Read(["--domain", "d.example", "--domain", "e.example"], settingsFile: file).Engine.Domains);
        Assert.Equal(["f.example", "g.example"], Fixtures.Read(environment: new() { ["Sip__Domain"] = "f.example, g.example" }, settingsFile: file).Engine.Domains);
        Assert.Equal(
            ["h.example", "i.example"],
            Fixtures.Read(environment: new() { ["Sip__Domain__1"] = "i.example", ["Sip__Domain__0"] = "h.example" }, settingsFile: file).Engine.Domains);
        Assert.Equal(["j.example"], Fixtures.Read(["--domain", "j.example"], new() { ["Sip__Domain"] = "f.example" }, file).Engine.Domains);
    }

    [Fact]
    public void The_wrong_item_of_a_list_is_named() => Assert.StartsWith(
        "--local-network: \"10.0.0.0/40\" is not allowed", Fixtures.Refusal(["--local-network", "10.0.0.0/8", "--local-network", "10.0.0.0/40"]), StringComparison.Ordinal);

    [Fact]
    public void A_switch_stands_alone_or_with_its_value()
    {
        Assert.True(Fixtures.Read(["--relay"]).Engine.Relay);
        Assert.True(Fixtures.Read(["--relay", "--mode", "lan"]).Engine.Relay);
        Assert.False(Fixtures.Read(["--relay", "false"], new() { ["Sip__Relay"] = "true" }).Engine.Relay);
    }

    [Theory]
    [InlineData("--log-file=")]
    [InlineData("--log-file", "")]
    [InlineData("--log-file", "none")]
    public void Without_a_name_there_is_no_log_file(params string[] arguments) => Assert.Null(Fixtures.Read(arguments).LogFile);

    [Fact]
    public void An_unknown_key_is_a_warning_with_the_nearest_known_one()
    {
        using var folder = new TemporaryFolder();
        var warnings = new List<string>();
        var settings = folder.Write("appsettings.json", """{ "Sip": { "TimreC": 200, "Config": "x.json" }, "Spi": {}, "t1": 1 }""");
        var options = Fixtures.Read(environment: new() { ["Sip__LogLevle"] = "debug", ["SIPP__X"] = "1" }, settingsFile: settings, warnings: warnings);
        Assert.Equal(
            [
                "Sip__LogLevle in the environment is unknown; the nearest known one is Sip__LogLevel",
                "Spi in appsettings.json is unknown; the nearest known one is Sip",
                "t1 in appsettings.json is ignored; it belongs into the section Sip",
                "Sip:Config in appsettings.json is ignored; --config is for the command line and the environment",
                "Sip:TimreC in appsettings.json is unknown; the nearest known one is Sip:TimerC",
            ],
            warnings.Order(StringComparer.Ordinal).OrderBy(static w => w.StartsWith("Sip:", StringComparison.Ordinal)));
        Assert.Equal(181, options.Engine.TimerC);
    }

    [Theory]
    [InlineData("--timer-c: needs a value (allowed: 1 to 86400 s)", "--timer-c")]
    [InlineData("--log-file: needs a value (allowed: a file name, none for no file)", "--log-file", "--relay")]
    [InlineData("--timer-c: given 2 times (4, 5); once is allowed", "--timer-c", "4", "--timer-c=5")]
    [InlineData("--timre-c: unknown option; the nearest known one is --timer-c", "--timre-c", "181")]
    [InlineData("--listne: unknown option; the nearest known one is --listen", "--mode", "lan", "--listne=udp:0.0.0.0:5060")]
    [InlineData("\"lan\" belongs to no option; --help lists them", "lan")]
    [InlineData("--timer-c: \"1\\n2\\x1B[2J\" is not allowed (allowed: 1 to 86400 s)", "--timer-c", "1\n2\e[2J")]
    public void A_command_line_that_cannot_be_read_is_one_line(string expected, params string[] arguments) =>
        Assert.Equal(expected, Fixtures.Refusal(arguments));

    [Fact]
    public void A_wrong_value_in_a_file_is_named_with_the_file_and_as_the_user_wrote_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("lab.json", """{ "sip": { "timerc": 0 } }""");
        Assert.Equal("sip:timerc in lab.json: \"0\" is not allowed (allowed: 1 to 86400 s)", Fixtures.Refusal(["--config", file]));
        Assert.Equal("sip:timerc in lab.json: \"0\" is not allowed (allowed: 1 to 86400 s)", Fixtures.Refusal(environment: new() { ["Sip__Config"] = file }));
    }

    [Fact]
    public void JSON_numbers_truth_values_comments_nulls_and_empty_lists_are_read()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("lab.json", """{ "Sip": { "T1": 0.25, /* lab */ "Relay": true, "Shards": 2, "T2": null, "Listen": [], "LogFile": "" } }""");
        var options = Fixtures.Read(["--config", file]);
        Assert.Equal((0.25, true, 2, 4.0), (options.Engine.T1, options.Engine.Relay, options.Engine.Shards, options.Engine.T2));
        Assert.Equal("udp:127.0.0.1:5060", options.Engine.Listen.Single().ToString());
        Assert.Null(options.LogFile);
    }

    [Theory]
    [InlineData("{ \"Sip\": { \"T1\": }")]
    [InlineData("not json")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    public void A_file_that_is_no_JSON_is_one_line(string text)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("lab.json", text);
        var line = Fixtures.Refusal(["--config", file]);
        Assert.StartsWith($"--config {file}: cannot be read: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.StartsWith("lab.json: cannot be read: ", Fixtures.Refusal(settingsFile: file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_file_that_is_missing_is_one_line()
    {
        using var folder = new TemporaryFolder();
        Assert.StartsWith($"--config {folder.Path}/x.json: cannot be read: ", Fixtures.Refusal(["--config", folder.Path + "/x.json"]), StringComparison.Ordinal);
        Assert.StartsWith($"--config {folder.Path}: cannot be read: ", Fixtures.Refusal(["--config", folder.Path]), StringComparison.Ordinal);
        Assert.StartsWith("Sip__Config : cannot be read: ", Fixtures.Refusal(environment: new() { ["Sip__Config"] = "" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--t2 (default): \"4\" is not allowed (allowed: at least T1 (5 s))", "--t1", "5")]
    [InlineData("--t2: \"0.1\" is not allowed (allowed: at least T1 (0.5 s))", "--t2", "0.1")]
    [InlineData(
        "--listen: \"udp:0.0.0.0:5060\" is not allowed (allowed: loopback addresses in mode loopback; for phones on other machines choose mode lan or nat)",
        "--listen", "udp:127.0.0.1:5060", "--listen", "udp:0.0.0.0:5060")]
    [InlineData("--min-expires: \"200\" is not allowed (allowed: at most MaxExpires (100 s))", "--min-expires", "200", "--max-expires", "100")]
    public void Values_that_do_not_fit_each_other_are_named(string expected, params string[] arguments) =>
        Assert.Equal(expected, Fixtures.Refusal(arguments));

    [Theory]
    [InlineData("mode lan listens on this machine alone: no other one can reach it", "--mode", "lan", "--listen", "udp:127.0.0.1:5060")]
    [InlineData("mode nat without --advertise: peers are told the address of this machine, not the public one", "--mode", "nat")]
    public void What_is_legal_but_unwise_is_a_warning(string expected, params string[] arguments)
    {
        var warnings = new List<string>();
        _ = Fixtures.Read(arguments, warnings: warnings);
        Assert.Equal([expected], warnings);
    }

    [Theory]
    [InlineData("udp:127.0.0.1:5060", "127.0.0.1:5060")]
    [InlineData("UDP:0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("udp:[::1]:65535", "[::1]:65535")]
    [InlineData("udp:[fe80::1%2]:5060", "[fe80::1%2]:5060")]
    public void Listen_addresses_are_read(string text, string expected)
    {
        Assert.True(OptionValues.TryListen(text, out var listen));
        Assert.Equal(expected, listen.EndPoint.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("udp:")]
    [InlineData("127.0.0.1:5060")]
    [InlineData("tcp:127.0.0.1:5060")]
    [InlineData("udp:127.0.0.1")]
    [InlineData("udp:127.0.0.1:")]
    [InlineData("udp:127.0.0.1:65536")]
    [InlineData("udp:127.0.0.1:+5")]
    [InlineData("udp:127.1:5060")]
    [InlineData("udp:localhost:5060")]
    [InlineData("udp:::1:5060")]
    [InlineData("udp:[127.0.0.1]:5060")]
    [InlineData("udp:[::1]")]
    public void What_is_no_listen_address_is_refused(string text) => Assert.False(OptionValues.TryListen(text, out _));

    [Theory]
    [InlineData("192.168.1.0/24", "192.168.1.0/24")]
    [InlineData("192.168.1.77/24", "192.168.1.0/24")]
    [InlineData("192.168.1.100", "192.168.1.100/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.255.0.0/9", "10.128.0.0/9")]
    [InlineData("2001:db8:1::5/48", "2001:db8:1::/48")]
    public void Networks_are_read(string text, string expected)
    {
        Assert.True(OptionValues.TryNetwork(text, out var network));
        Assert.Equal(IPNetwork.Parse(expected), network);
    }

    [Theory]
    [InlineData("192.168.1.0/33")]
    [InlineData("192.168.1.0/")]
    [InlineData("192.168.1.0/-1")]
    [InlineData("192.168.1/24")]
    [InlineData("localhost")]
    public void What_is_no_network_is_refused(string text) => Assert.False(OptionValues.TryNetwork(text, out _));

    [Theory]
    [InlineData("timer-c", "timre-c", 1)]
    [InlineData("LogLevel", "loglevel", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Edits_are_counted(string from, string to, int expected) => Assert.Equal(expected, NearestName.Edits(from, to));

    [Fact]
    public void Modes_are_those_of_the_engine() => Assert.Equal("loopback|lan|nat", OptionValues.NamesOf<NetworkMode>());
}
