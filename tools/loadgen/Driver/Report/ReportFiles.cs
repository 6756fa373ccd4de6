using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImsSipFast.LoadGen.Driver.Options;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>Writes the files that were asked for.</summary>
internal static class ReportFiles
{
    /// <summary>The name that means the standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>Throws <see cref="UnavailableException"/> when a file cannot be written.</summary>
    public static void Prepare(OutputRequest request)
    {
        foreach (var file in new[] { request.Json, request.Html }.Where(static file => file is not null and not StandardOutput))
        {
            Guarded(file!, static path => File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose());
        }
    }

    /// <summary>Writes a report.</summary>
    public static void Write<T>(OutputRequest request, TextWriter standardOutput, T report, JsonTypeInfo<T> type)
    {
        if (request.Json is { } json)
        {
            var text = JsonSerializer.Serialize(report, type);
            if (json == StandardOutput)
            {
                standardOutput.WriteLine(text);
            }
            else
            {
                Guarded(json, path => File.WriteAllText(path, text + "\n"));
            }
        }

        if (request.Html is { } html)
        {
            Guarded(html, path => File.WriteAllText(path, HtmlReport.Page(report!)));
        }
    }

    private static void Guarded(string file, Action<string> write)
    {
        try
        {
            write(file);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnavailableException($"{file}: cannot be written ({refusal.Message})");
        }
    }
}
