using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Results;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>The last seconds of a run on a terminal, redrawn once a second: drawing costs the generator CPU.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : IProgressView
{
    private const int Shown = 10;
    private const int BarWidth = 50;
    private readonly Queue<Sample> _seconds = new();
    private double _failed;

    public void Show(string title, TimeSpan length, Action<Action<Sample>> work)
    {
        _seconds.Clear();
        _failed = 0;
        console.Live(Frame(title, length)).AutoClear(true).Start(live => work(second =>
        {
            _seconds.Enqueue(second);
            if (_seconds.Count > Shown)
            {
                _ = _seconds.Dequeue();
            }

            _failed += second.Failed;
            live.UpdateTarget(Frame(title, length));
            live.Refresh();
        }));
    }

    private Rows Frame(string title, TimeSpan length)
    {
        var last = _seconds.LastOrDefault();
        var share = last is null ? 0 : Math.Min(1, last.At / length.TotalSeconds);
        var done = (int)(share * BarWidth);
        var table = ResultTables.Plain("s", "phase", "begun/s", "ok/s", "failed/s", "in flight", "again/s", "p50 ms", "p99 ms", "max ms");
        foreach (var second in _seconds)
        {
            table.AddRow(Cells(second).Select(cell => (IRenderable)new Text(cell, second == last ? new Style(decoration: Decoration.Bold) : new Style(decoration: Decoration.Dim))));
        }

        return new Rows(
            new Markup($"[bold]{Markup.Escape(title)}[/]"),
            new Markup($"[green]{new string('━', done)}[/][dim]{new string('━', BarWidth - done)}[/] {last?.At ?? 0:0} of {length.TotalSeconds:0} s  "
                + (_failed > 0 ? $"[red]{Figures.Count((long)_failed)} failed[/]" : "none failed")),
            Text.Empty,
            table);
    }

    private static string[] Cells(Sample second) =>
    [
        $"{second.At:0}", second.Phase, Figures.Rate(second.Offered), Figures.Rate(second.Succeeded), Figures.Rate(second.Failed), Figures.Count(second.InFlight),
        Figures.Rate(second.Retransmissions), Figures.Milliseconds(second.P50), Figures.Milliseconds(second.P99), Figures.Milliseconds(second.Max),
    ];
}
