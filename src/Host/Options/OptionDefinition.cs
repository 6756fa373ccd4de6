using System.Text;

namespace ImsSipFast.Host.Options;

/// <summary>Puts the values that a user gave into the options. Returns the first value that is not allowed, or null.</summary>
internal delegate string? ApplyValues(HostOptions options, IReadOnlyList<string> values);

/// <summary>The headings of the help text, in its order.</summary>
internal enum OptionGroup
{
    Network,
    Log,
    Engine,
    Timers,
    Limits,
}

/// <summary>
/// One option, whichever way it comes in: command line, environment or a file of settings. Help, README and the
/// messages about wrong values are written from it.
/// </summary>
internal sealed record OptionDefinition
{
    /// <summary>The key in files of settings and, after <c>Sip__</c>, in the environment, such as <c>TimerC</c>.</summary>
    public required string Key { get; init; }

    public required OptionGroup Group { get; init; }

    /// <summary>What stands for the value in the help text; empty for a switch.</summary>
    public required string ValueName { get; init; }

    /// <summary>The values that are allowed, in words.</summary>
    public required string Allowed { get; init; }

    /// <summary>The default, in words.</summary>
    public required string Default { get; init; }

    /// <summary>One line for the help text.</summary>
    public required string Meaning { get; init; }

    /// <summary>May be given several times; the values add up.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>May stand alone, which means true.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>False for what would make no sense inside a file of settings: the name of that file.</summary>
    public bool IsForFiles { get; init; } = true;

    public required ApplyValues Apply { get; init; }

    /// <summary>The name on the command line, such as <c>--timer-c</c>.</summary>
    public string CommandLineName => field ??= CommandLineNameOf(Key);

    /// <summary>The name in the environment, such as <c>Sip__TimerC</c>.</summary>
    public string EnvironmentName => "Sip__" + Key;

    private static string CommandLineNameOf(string key)
    {
        var name = new StringBuilder("-");
        foreach (var letter in key)
        {
            _ = char.IsUpper(letter) ? name.Append('-').Append(char.ToLowerInvariant(letter)) : name.Append(letter);
        }

        return name.ToString();
    }
}
