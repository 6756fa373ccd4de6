using ImsSipFast.LoadGen.Driver.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>A run's results for the terminal, within 100 columns.</summary>
internal static class ResultTables
{
    /// <summary>Everything about one run.</summary>
    public static void Write(IAnsiConsole console, RunReport run)
    {
        var plan = run.Plan;
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{Terms.Mix(plan)}[/] to [bold]{plan.Target}[/], {Terms.Loop(plan)}, {Figures.Count(plan.UsersPerSide)} users a side, seed {plan.Seed}");
        console.WriteLine();
        Summary(console, run);
        foreach (var phase in run.Measured)
        {
            Phase(console, phase);
        }

        SelfCheck(console, run.SelfCheck);
    }

    /// <summary>A table without lines: numbers to the right, words to the left.</summary>
    public static Table Plain(params string[] columns)
    {
        var table = new Table().Border(new UnderlinedBorder());
        foreach (var (column, i) in columns.Select(static (column, i) => (column, i)))
        {
            table.AddColumn(new TableColumn($"[dim]{Markup.Escape(column)}[/]")
            {
                Alignment = i == 0 ? Justify.Left : Justify.Right,
                NoWrap = true,
                Padding = new Padding(0, 0, 2, 0),
            });
        }

        return table;
    }

    private static void Summary(IAnsiConsole console, RunReport run)
    {
        var withProxy = run.Phases.Any(static phase => phase.Proxy is not null);
        string[] columns = ["phase", "rate", "s", "attempts", "ok/s", "failed", "p50 ms", "p99 ms", "max ms"];
        var table = Plain(withProxy ? [.. columns, "CPU µs each"] : columns);
        foreach (var phase in run.Phases)
        {
            var latency = Terms.Typical(phase);
            var style = phase.Measured ? "default" : "dim";
            string[] cells =
            [
                phase.Measured ? phase.Name : phase.Name + " *", Terms.Rate(phase), $"{phase.DurationSeconds:0.###}", Figures.Count(phase.Attempts),
                Figures.Rate(phase.SucceededPerSecond), Figures.Count(phase.Failed),
                Milliseconds(latency?.P50Microseconds), Milliseconds(latency?.P99Microseconds), Milliseconds(latency?.MaxMicroseconds),
                .. withProxy ? new[] { phase.Proxy is { } proxy ? $"{proxy.CpuMicrosecondsPerAttempt:N1}" : "–" } : [],
            ];
            table.AddRow(cells.Select((cell, i) => new Markup($"[{(i == 5 && phase.Failed > 0 ? "red" : style)}]{Markup.Escape(cell)}[/]")));
        }

        console.Write(table);
        if (run.Phases.Any(static phase => !phase.Measured))
        {
            console.MarkupLine("[dim]* not measured: it counts for nothing below[/]");
        }
    }

    private static void Phase(IAnsiConsole console, PhaseReport phase)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{phase.Name}[/]: {Terms.Rate(phase)} for {Figures.Seconds(phase.DurationSeconds)}, {Figures.Count(phase.Attempts)} attempts, {Figures.Count(phase.Succeeded)} succeeded");
        console.WriteLine();
        var latencies = Plain("latency, ms", "count", "min", "p50", "p90", "p99", "p99.9", "p99.99", "max");
        foreach (var number in latencies.Columns.Skip(1))
        {
            // Nine of them, minutes in milliseconds, still fit the line.
            number.Padding = new Padding(0, 0, 1, 0);
        }

        foreach (var (jsonName, latency) in Terms.Shown(phase))
        {
            var (name, span) = Terms.Measured(jsonName);
            var cells = new[]
            {
                latency.MinMicroseconds, latency.P50Microseconds, latency.P90Microseconds, latency.P99Microseconds, latency.P999Microseconds,
                latency.P9999Microseconds, latency.MaxMicroseconds,
            }.Select(static value => Milliseconds(value));
            latencies.AddRow([new Markup($"{name} [dim]{span}[/]"), new Text(Figures.Count(latency.Count)), .. cells.Select(static cell => new Text(cell))]);
        }

        console.Write(latencies);
        console.WriteLine();
        var facts = Facts();
        Fact(facts, "RFC 6076", string.Join("  ", phase.RatiosPercent.Select(static pair => $"{pair.Key} {Figures.Percent(pair.Value)}")));
        Fact(facts, "Failures", phase.Failed == 0 ? "none" : Listed(phase.FailuresByCause), phase.Failed == 0 ? "default" : "red");
        Fact(facts, "Responses", Listed(phase.ResponsesByCode));
        Fact(facts, "Sent again", phase.RetransmissionsSent.Values.Sum() == 0 ? "none" : Listed(phase.RetransmissionsSent));
        Fact(facts, "Came again", phase.RetransmissionsReceived == 0 ? "none" : Figures.Count(phase.RetransmissionsReceived));
        Fact(facts, "Messages", $"{Figures.Count(phase.MessagesSent)} sent, {Figures.Count(phase.MessagesReceived)} received");
        if (phase.Proxy is { } proxy)
        {
            Fact(facts, "Proxy", $"{proxy.CpuMicrosecondsPerAttempt:N1} µs CPU per attempt, {proxy.Cores:0.00} cores, {Figures.Memory(proxy.ResidentBytes)} resident (most {Figures.Memory(proxy.ResidentBytesMax)})");
        }

        console.Write(facts);
    }

    private static void SelfCheck(IAnsiConsole console, SelfCheckReport check)
    {
        console.WriteLine();
        console.MarkupLine(check.Passed ? "[bold]self check[/]: [green]passed[/]" : "[bold]self check[/]: [red]failed: these figures cannot be believed[/]");
        var facts = Facts();
        foreach (var complaint in check.Complaints)
        {
            Fact(facts, "Complaint", complaint, "red");
        }

        if (check.Lateness is { } late)
        {
            Fact(facts, "Lateness", $"p50 {Figures.Delay(late.P50Microseconds)}, p99 {Figures.Delay(late.P99Microseconds)}, p99.9 {Figures.Delay(late.P999Microseconds)}, max {Figures.Delay(late.MaxMicroseconds)}");
        }

        Fact(facts, "Drops", $"{Figures.Count(check.KernelDrops)} by the kernel before the generator, {Figures.Count(check.SendFailures)} that could not be sent");
        Fact(facts, "Generator", $"{check.CpuMicrosecondsPerAttempt:N1} µs CPU per attempt, {Figures.Octets(check.AllocatedBytes)} allocated");
        console.Write(facts);
    }

    private static Grid Facts() => new Grid()
        .AddColumn(new GridColumn { Width = 10, NoWrap = true, Padding = new Padding(0, 0, 2, 0) })
        .AddColumn(new GridColumn { Padding = new Padding(0) });

    private static void Fact(Grid grid, string name, string text, string style = "default")
    {
        if (text.Length > 0)
        {
            grid.AddRow($"[dim]{name}[/]", $"[{style}]{Markup.Escape(text)}[/]");
        }
    }

    private static string Listed(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", Terms.Sorted(counts).Select(static pair => $"{pair.Name}: {Figures.Count(pair.Count)}"));

    private static string Milliseconds(double? microseconds) => microseconds is { } value ? Figures.Milliseconds(value) : "–";

    /// <summary>A rule under the head, and nothing else.</summary>
    private sealed class UnderlinedBorder : TableBorder
    {
        public override string GetPart(TableBorderPart part) => part switch
        {
            TableBorderPart.HeaderBottom or TableBorderPart.HeaderBottomSeparator => "─",
            TableBorderPart.HeaderBottomLeft or TableBorderPart.HeaderBottomRight => "",
            TableBorderPart.HeaderLeft or TableBorderPart.HeaderRight or TableBorderPart.HeaderSeparator => "",
            TableBorderPart.CellLeft or TableBorderPart.CellRight or TableBorderPart.CellSeparator => "",
            _ => "",
        };
    }
}
