using ImsSipFast.Host.Log;

namespace ImsSipFast.Host.Options;

/// <summary>An option as one source gave it.</summary>
/// <param name="Definition">Which option.</param>
/// <param name="Spelling">Its name as the user wrote it, with the file where it stands in one.</param>
/// <param name="Values">What it was set to.</param>
internal sealed record GivenOption(OptionDefinition Definition, string Spelling, IReadOnlyList<string> Values)
{
    /// <summary>A repeatable option may also be one text with commas: environments and shells have no lists.</summary>
    public static GivenOption Of(OptionDefinition definition, string spelling, IEnumerable<string> values) => new(
        definition,
        spelling,
        [.. definition.IsRepeatable
            ? values.SelectMany(static v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : values]);
}

/// <summary>Everything one source gave, by key. Warnings are sentences about what it gave in vain.</summary>
internal sealed class OptionSource
{
    private readonly Dictionary<string, GivenOption> _given = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Warnings { get; } = [];

    public GivenOption? Find(OptionDefinition definition) => _given.GetValueOrDefault(definition.Key);

    public void Add(GivenOption given) => _given[given.Definition.Key] = given;
}

/// <summary>The run cannot start as configured. The message is one line, free of control characters.</summary>
internal sealed class OptionException : Exception
{
    private OptionException(string line)
        : base(line)
    {
    }

    /// <summary>A value that is not allowed.</summary>
    public static OptionException WrongValue(string spelling, string value, string allowed) =>
        new(SafeText.Of($"{spelling}: \"{value}\" is not allowed (allowed: {allowed})"));

    /// <summary>Anything else, as a sentence.</summary>
    public static OptionException Because(string sentence) => new(SafeText.Of(sentence));
}
