using System.Collections;
using System.Globalization;

namespace ImsSipFast.Host.Options;

/// <summary>Variables named <c>Sip__Key</c>, and <c>Sip__Key__0</c>, <c>Sip__Key__1</c> … for lists.</summary>
internal static class EnvironmentSource
{
    private const string Prefix = "Sip__";

    public static OptionSource Read(IDictionary variables)
    {
        var source = new OptionSource();
        var found = variables.Keys.Cast<string>()
            .Select(name => (Name: name, Value: (string?)variables[name] ?? ""))
            .Where(static variable => variable.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(static variable => IndexOf(variable.Name)).ThenBy(static variable => variable.Name, StringComparer.Ordinal)
            .GroupBy(static variable => KeyOf(variable.Name), StringComparer.OrdinalIgnoreCase);
        foreach (var group in found)
        {
            var spelling = group.First().Name;
            if (OptionTable.Find(group.Key) is { } definition)
            {
                source.Add(GivenOption.Of(definition, spelling, group.Select(static variable => variable.Value)));
            }
            else
            {
                var nearest = NearestName.Of(group.Key, OptionTable.All.Select(static option => option.Key));
                source.Warnings.Add($"{spelling} in the environment is unknown; the nearest known one is {Prefix}{nearest}");
            }
        }

        return source;
    }

    private static string KeyOf(string name)
    {
        var key = name[Prefix.Length..];
        return IndexOf(name) < 0 ? key : key[..key.LastIndexOf("__", StringComparison.Ordinal)];
    }

    private static int IndexOf(string name)
    {
        var at = name.LastIndexOf("__", StringComparison.Ordinal);
        return at >= Prefix.Length && int.TryParse(name.AsSpan(at + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
    }
}
