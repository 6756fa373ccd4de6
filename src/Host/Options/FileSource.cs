using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ImsSipFast.Host.Options;

/// <summary>A JSON file of settings: the keys of the option table in its section <c>Sip</c>. Comments are allowed.</summary>
internal static class FileSource
{
    private const string SectionName = "Sip";

    /// <summary>Throws <see cref="OptionException"/> when the file cannot be read or is no JSON.</summary>
    /// <param name="path">The file.</param>
    /// <param name="spelling">What the user called it, for messages.</param>
    public static OptionSource Read(string path, string spelling)
    {
        var source = new OptionSource();
        var file = Path.GetFileName(path);
        var root = Load(path, spelling);
        foreach (var section in root.GetChildren())
        {
            if (!string.Equals(section.Key, SectionName, StringComparison.OrdinalIgnoreCase))
            {
                source.Warnings.Add(OptionTable.Find(section.Key) is null
                    ? $"{section.Key} in {file} is unknown; the nearest known one is {SectionName}"
                    : $"{section.Key} in {file} is ignored; it belongs into the section {SectionName}");
                continue;
            }

            foreach (var entry in section.GetChildren())
            {
                ReadOne(source, entry, file);
            }
        }

        return source;
    }

    private static void ReadOne(OptionSource source, IConfigurationSection entry, string file)
    {
        var spelling = $"{entry.Path} in {file}";
        if (OptionTable.Find(entry.Key) is not { } definition)
        {
            var nearest = NearestName.Of(entry.Key, OptionTable.All.Where(static o => o.IsForFiles).Select(static o => o.Key));
            source.Warnings.Add($"{spelling} is unknown; the nearest known one is {SectionName}:{nearest}");
            return;
        }

        if (!definition.IsForFiles)
        {
            source.Warnings.Add($"{spelling} is ignored; {definition.CommandLineName} is for the command line and the environment");
            return;
        }

        var items = entry.GetChildren().ToList();
        if (items.Count == 0)
        {
            // JSON's null, and the empty list, say nothing.
            if (entry.Value is { } value && !(definition.IsRepeatable && value.Length == 0))
            {
                source.Add(GivenOption.Of(definition, spelling, [value]));
            }

            return;
        }

        if (items.Any(static item => item.Value is null || !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw OptionException.WrongValue(spelling, "{…}", definition.Allowed);
        }

        source.Add(GivenOption.Of(definition, spelling, items.Select(static item => item.Value!)));
    }

    private static IConfigurationRoot Load(string path, string spelling)
    {
        try
        {
            // A stream rather than AddJsonFile: no file watcher is started, and a full path is not looked up in a root folder.
            using var stream = File.OpenRead(path);
            return new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or InvalidDataException
            or ArgumentException or NotSupportedException or System.Text.Json.JsonException)
        {
            throw OptionException.Because($"{spelling}: cannot be read: {(fault.InnerException ?? fault).Message}");
        }
    }
}
