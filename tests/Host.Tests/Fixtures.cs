using System.Collections;
using System.Globalization;
using ImsSipFast.Engine;
using ImsSipFast.Host.Options;

namespace ImsSipFast.Host.Tests;

/// <summary>The one place where tests make what the host reads its options from.</summary>
internal static class Fixtures
{
    public const string NoFile = "no-such-appsettings.json";

    /// <summary>Options as the host would read them.</summary>
    public static HostOptions Read(
        string[]? arguments = null, Dictionary<string, string>? environment = null, string settingsFile = NoFile, List<string>? warnings = null) =>
        OptionReader.Read(
            CommandLineSource.Read(arguments ?? []).Source, environment ?? (IDictionary)new Dictionary<string, string>(), settingsFile, warnings ?? []);

    /// <summary>The one line that the host would end with.</summary>
    public static string Refusal(string[]? arguments = null, Dictionary<string, string>? environment = null, string settingsFile = NoFile) =>
        Assert.Throws<OptionException>(() => Read(arguments, environment, settingsFile)).Message;

    /// <summary>Every option in words, to compare two sets of them.</summary>
    public static string Snapshot(HostOptions options)
    {
        var engine = options.Engine;
        return string.Join('\n', OptionRanges.All.Select(range => $"{range.Key}={range.Get(engine).ToString(CultureInfo.InvariantCulture)}"))
            + $"\nlisten={string.Join(' ', engine.Listen)} domains={string.Join(' ', engine.Domains)} mode={engine.Mode}"
            + $" advertise={engine.Advertise} near={string.Join(' ', engine.LocalNetworks)} relay={engine.Relay} recurse={engine.RecurseRedirects}"
            + $" runner={engine.Runner} io={engine.Io} level={options.LogLevel} file={options.LogFile} rate={options.LogRate}";
    }
}
