using System.Text.Json;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>A report as one page that needs nothing but itself: style, script, plots and data are inside.</summary>
internal static class HtmlReport
{
    /// <summary>The page of a <see cref="RunReport"/>, <see cref="KneeReport"/> or <see cref="ComparisonReport"/>.</summary>
    public static string Page(object report)
    {
        var html = new HtmlText();
        var (title, data) = report switch
        {
            RunReport run => (HtmlRun.Write(html, run), JsonSerializer.Serialize(run, JsonReport.Compact.RunReport)),
            KneeReport knee => (HtmlKnee.Write(html, knee), JsonSerializer.Serialize(knee, JsonReport.Compact.KneeReport)),
            ComparisonReport comparison => (HtmlComparison.Write(html, comparison), JsonSerializer.Serialize(comparison, JsonReport.Compact.ComparisonReport)),
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        };

        // The serializer writes "<" as \u003c, so the data cannot end its element.
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{HtmlText.Escaped(title)}</title>
            <style>
            {Resource("uPlot.min.css")}
            {Resource("report.css")}
            </style>
            </head>
            <body>
            <main>
            {html}
            </main>
            <script type="application/json" id="data">{data}</script>
            <script>
            {Resource("uPlot.iife.min.js")}
            </script>
            <script>
            {Resource("report.js")}
            </script>
            </body>
            </html>

            """;
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
