using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Log;

/// <summary>One line of the operator log. The text is safe to print.</summary>
/// <param name="Time">Local time of what it tells.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Tag">What it is about, such as RX or TIMER-F: shown in brackets, and what users grep for.</param>
/// <param name="Text">The rest.</param>
internal readonly record struct LogLine(DateTime Time, LogLevel Level, string Tag, string Text)
{
    private const string Reset = "\e[0m";
    private const string Dim = "\e[90m";
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Blue = "\e[94m";
    private const string Magenta = "\e[35m";
    private const string Cyan = "\e[36m";
    private const string BoldRed = "\e[1;31m";

    /// <summary>A line that is not about a message: its tag is its level.</summary>
    public static LogLine Plain(DateTime time, LogLevel level, string text) => new(time, level, NameOf(level), text);

    /// <summary>Appends the line and its end, as it stands in the file or, with colours, on a terminal.</summary>
    public void AppendTo(StringBuilder output, bool coloured)
    {
        var tagColour = coloured ? ColourOf(Level, Tag) : "";
        _ = output
            .Append(coloured ? Dim : "")
            .Append(CultureInfo.InvariantCulture, $"{Time:yyyy-MM-dd HH:mm:ss.fff}")
            .Append(coloured ? Reset : "")
            .Append(CultureInfo.InvariantCulture, $" {NameOf(Level),-8} ")
            .Append(tagColour).Append('[').Append(Tag).Append(']')
            .Append(tagColour.Length > 0 ? Reset : "")
            .Append(' ').Append(Text).Append('\n');
    }

    /// <summary>The line without colours and without its end.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        AppendTo(output, coloured: false);
        return output.ToString(0, output.Length - 1);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        LogLevel.Critical => "CRITICAL",
        _ => "INFO",
    };

    private static string ColourOf(LogLevel level, string tag) => (level, tag) switch
    {
        (LogLevel.Critical, _) => BoldRed,
        (LogLevel.Error, _) => Red,
        (LogLevel.Warning, _) => Yellow,
        (_, "RX") => Cyan,
        (_, "TX") => Green,
        (_, "FWD") => Blue,
        (_, "DROP" or "FAIL") => Yellow,
        _ when tag.StartsWith("TIMER", StringComparison.Ordinal) => Magenta,
        _ => "",
    };
}
