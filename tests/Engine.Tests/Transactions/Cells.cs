using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// One cell of a state table: in this state, on this event, the machine goes to the next state, sends this, says this
/// to whoever called it, and has these timers left.
/// </summary>
public sealed record Cell(string State, string Event, string Next, string Sent, string Verdict, string Timers)
{
    public override string ToString() => $"{State} {Event}";
}

/// <summary>Reads state tables: one cell a line, its columns separated by bars.</summary>
internal static class Cells
{
    /// <summary>What stands in the place of a next state when the event cannot happen: the timer is not armed in that state.</summary>
    public const string Never = "never";

    /// <summary>Theory data from a table; it must have every event in every state, once.</summary>
    public static TheoryData<Cell> Read(string table)
    {
        Cell[] cells = [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ReadLine)];
        string[] states = [.. cells.Select(static c => c.State).Distinct()];
        string[] events = [.. cells.Select(static c => c.Event).Distinct()];
        Assert.Equal(
            states.SelectMany(state => events.Select(@event => $"{state} {@event}")).Order(StringComparer.Ordinal),
            cells.Select(static c => c.ToString()).Order(StringComparer.Ordinal));
        return [.. cells];
    }

    /// <summary>The machine does what the cell says. A null verdict is an event that did not happen.</summary>
    public static void Check(MachineBench bench, Transaction machine, Cell cell, Func<TransactionVerdict?> happen)
    {
        bench.Sender.Log.Clear();
        var verdict = happen();
        if (cell.Next == Never)
        {
            Assert.Null(verdict);
            return;
        }

        var sent = bench.Sender.Log.ToArray();
        Assert.Equal(cell.Sent, bench.Sender.Take());
        Assert.All(sent, static s => Assert.Equal((MachineBench.Listener, MachineBench.Peer), (s.Listener, s.To)));
        Assert.Equal(cell.Next, machine.State.ToString());
        Assert.Equal(cell.Verdict, verdict is { } said ? said.ToString() : "-");
        if (machine.State != TransactionState.Terminated)
        {
            Assert.Equal(cell.Timers, bench.TakeTimers());
        }

        // RFC 3261 §17: a terminated transaction is destroyed at once; its timers and what it kept go with it.
        bench.Verify(machine);
    }

    private static Cell ReadLine(string line)
    {
        string[] columns = line.Split('|', StringSplitOptions.TrimEntries);
        return columns[2] == Never
            ? new Cell(columns[0], columns[1], Never, "", "", "")
            : new Cell(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]);
    }
}
