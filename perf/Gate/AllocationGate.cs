using System.Text.Json;

namespace ImsSipFast.Perf.Gate;

/// <summary>
/// Runs every benchmark for a moment and compares what it allocates with expected-allocations.json. Allocations are
/// the same on every machine; times are not, and are no gate.
/// </summary>
internal static class AllocationGate
{
    private const string FileName = "expected-allocations.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Prints a line a benchmark and, last, <c>N passed, N failed</c>. Exit code 0 when none failed.</summary>
    public static int Run(TextWriter output)
    {
        var expected = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, FileName)))!;
        var verdicts = AllocationVerdicts.Compare(expected, AllocationMeter.MeasureAll(typeof(AllocationGate).Assembly)).ToList();
        foreach (var verdict in verdicts)
        {
            output.WriteLine($"{(verdict.IsPassed ? "ok    " : "FAILED")} {verdict.Text}");
        }

        var failed = verdicts.Count(static verdict => !verdict.IsPassed);
        output.WriteLine($"{verdicts.Count - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Prints what the file would say if today's figures were the right ones; the changed lines are for a reviewer.</summary>
    public static int Write(TextWriter output)
    {
        output.WriteLine(JsonSerializer.Serialize(AllocationMeter.MeasureAll(typeof(AllocationGate).Assembly), s_json));
        return 0;
    }
}
