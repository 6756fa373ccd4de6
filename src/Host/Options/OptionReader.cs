using System.Collections;
using System.Net;
using ImsSipFast.Engine;

namespace ImsSipFast.Host.Options;

/// <summary>
/// Puts the sources on top of each other. Command line over environment over the file of <c>--config</c> over
/// appsettings.json over the default; a list is taken whole from the topmost source that has it.
/// </summary>
internal static class OptionReader
{
    private const int DefaultPort = 5060;

    /// <summary>Throws <see cref="OptionException"/> for the first thing that is wrong.</summary>
    /// <param name="commandLine">The parsed command line.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="settingsFile">appsettings.json; it need not exist.</param>
    /// <param name="warnings">Takes sentences about what is legal but unwise, or in vain.</param>
    public static HostOptions Read(OptionSource commandLine, IDictionary variables, string settingsFile, ICollection<string> warnings)
    {
        var environment = EnvironmentSource.Read(variables);
        var sources = new List<OptionSource> { commandLine, environment };
        var options = new HostOptions();
        var config = OptionTable.Find(nameof(HostOptions.Config))!;
        if ((commandLine.Find(config) ?? environment.Find(config)) is { } given)
        {
            Apply(given, options);
            sources.Add(FileSource.Read(options.Config!, $"{given.Spelling} {options.Config}"));
        }

        if (File.Exists(settingsFile))
        {
            sources.Add(FileSource.Read(settingsFile, Path.GetFileName(settingsFile)));
        }

        var spellings = new Dictionary<string, string>();
        foreach (var definition in OptionTable.All)
        {
            if (sources.Select(source => source.Find(definition)).FirstOrDefault(static g => g is not null) is { } winner)
            {
                Apply(winner, options);
                spellings[definition.Key] = winner.Spelling;
            }
        }

        foreach (var warning in sources.SelectMany(static source => source.Warnings))
        {
            warnings.Add(warning);
        }

        Complete(options, spellings, warnings);
        return options;
    }

    private static void Apply(GivenOption given, HostOptions options)
    {
        if (given.Definition.Apply(options, given.Values) is { } wrong)
        {
            throw OptionException.WrongValue(given.Spelling, wrong, given.Definition.Allowed);
        }
    }

    /// <summary>What depends on more than one option.</summary>
    private static void Complete(HostOptions options, Dictionary<string, string> spellings, ICollection<string> warnings)
    {
        var engine = options.Engine;
        if (!options.ListenGiven)
        {
            engine.Listen = [new ListenAddress(new IPEndPoint(engine.Mode == NetworkMode.Loopback ? IPAddress.Loopback : IPAddress.Any, DefaultPort))];
        }

        // What the engine finds unwise it says itself, when it starts.
        if (engine.Validate([]) is { } error)
        {
            var name = OptionTable.Find(error.Key)?.CommandLineName ?? error.Key;
            throw OptionException.WrongValue(spellings.GetValueOrDefault(error.Key, $"{name} (default)"), error.Value, error.Allowed);
        }

        if (Unwise(engine) is { } warning)
        {
            warnings.Add(warning);
        }
    }

    private static string? Unwise(SipEngineOptions engine)
    {
        var loopback = engine.Listen.Count(static l => IPAddress.IsLoopback(l.EndPoint.Address));
        return engine.Mode switch
        {
            NetworkMode.Lan or NetworkMode.Nat when loopback == engine.Listen.Count =>
                $"mode {engine.Mode.ToString().ToLowerInvariant()} listens on this machine alone: no other one can reach it",
            NetworkMode.Nat when engine.Advertise is null => "mode nat without --advertise: peers are told the address of this machine, not the public one",
            _ => null,
        };
    }
}
