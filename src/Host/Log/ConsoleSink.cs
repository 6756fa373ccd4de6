using System.Text;
using Spectre.Console;

namespace ImsSipFast.Host.Log;

/// <summary>Log lines on standard output, coloured when that is a terminal that shows colours.</summary>
internal sealed class ConsoleSink : ILogSink
{
    private readonly Stream _output;
    private readonly bool _coloured;
    private readonly StringBuilder _text = new();
    private bool _broken;

    public ConsoleSink(Stream output, bool coloured)
    {
        _output = output;
        _coloured = coloured;
    }

    /// <summary>
    /// True for a terminal with colours: not redirected, not forbidden by NO_COLOR. Asking switches a Windows
    /// console to escape sequences.
    /// </summary>
    public static bool TerminalShowsColours() =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && AnsiConsole.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };

    public void Write(IReadOnlyList<LogLine> lines)
    {
        if (_broken)
        {
            return;
        }

        _ = _text.Clear();
        foreach (var line in lines)
        {
            line.AppendTo(_text, _coloured);
        }

        try
        {
            // The stream itself: a console writer would encode by the locale and flush each line.
            _output.Write(Encoding.UTF8.GetBytes(_text.ToString()));
            _output.Flush();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // Whoever read us has gone. There is nobody left to tell.
            _broken = true;
        }
    }

    public void Dispose() => _output.Dispose();
}
