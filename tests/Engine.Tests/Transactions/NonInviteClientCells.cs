using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>The non-INVITE client transaction, cell by cell: RFC 3261 §17.1.2.2, figure 6. T1 is 500 ms, T2 4 s, T4 5 s.</summary>
public sealed class NonInviteClientCells
{
    // Each state was entered 100 ms before the event.
    private const string Table = """
        Trying     | 100   | Proceeding | -   | PassUp     | E+400 F+31900
        Trying     | 183   | Proceeding | -   | PassUp     | E+400 F+31900
        Trying     | 200   | Completed  | -   | PassUp     | K+5000
        Trying     | 302   | Completed  | -   | PassUp     | K+5000
        Trying     | 486   | Completed  | -   | PassUp     | K+5000
        Trying     | 503   | Completed  | -   | PassUp     | K+5000
        Trying     | 603   | Completed  | -   | PassUp     | K+5000
        Trying     | E     | Trying     | BYE | Absorbed   | E+1000 F+31500
        Trying     | F     | Terminated | -   | TimedOut   | -
        Trying     | K     | never
        Trying     | error | Terminated | -   | TimedOut   | -
        Proceeding | 100   | Proceeding | -   | PassUp     | E+300 F+31800
        Proceeding | 183   | Proceeding | -   | PassUp     | E+300 F+31800
        Proceeding | 200   | Completed  | -   | PassUp     | K+5000
        Proceeding | 302   | Completed  | -   | PassUp     | K+5000
        Proceeding | 486   | Completed  | -   | PassUp     | K+5000
        Proceeding | 503   | Completed  | -   | PassUp     | K+5000
        Proceeding | 603   | Completed  | -   | PassUp     | K+5000
        Proceeding | E     | Proceeding | BYE | Absorbed   | E+4000 F+31500
        Proceeding | F     | Terminated | -   | TimedOut   | -
        Proceeding | K     | never
        Proceeding | error | Terminated | -   | TimedOut   | -
        Completed  | 100   | Completed  | -   | Absorbed   | K+4900
        Completed  | 183   | Completed  | -   | Absorbed   | K+4900
        Completed  | 200   | Completed  | -   | Absorbed   | K+4900
        Completed  | 302   | Completed  | -   | Absorbed   | K+4900
        Completed  | 486   | Completed  | -   | Absorbed   | K+4900
        Completed  | 503   | Completed  | -   | Absorbed   | K+4900
        Completed  | 603   | Completed  | -   | Absorbed   | K+4900
        Completed  | E     | never
        Completed  | F     | never
        Completed  | K     | Terminated | -   | Terminated | -
        Completed  | error | Completed  | -   | -          | K+4900
        """;

    public static TheoryData<Cell> All => Cells.Read(Table);

    [Theory]
    [MemberData(nameof(All))]
    public void Cell_is_as_in_the_figure(Cell cell)
    {
        var bench = new MachineBench();
        var client = bench.NonInviteClient;
        bench.Begin(client, "BYE");
        bench.Pass(100);
        if (cell.State != "Trying")
        {
            bench.Receive(client, cell.State == "Proceeding" ? 100 : 200);
            bench.Pass(100);
        }

        Assert.Equal(cell.State, client.State.ToString());
        Cells.Check(bench, client, cell, () => ClientEvents.Happen(bench, client, cell.Event));
    }

    [Theory]
    [InlineData(500, 4000, new long[] { 0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500 })]
    [InlineData(250, 500, new long[] { 0, 250, 750, 1250, 1750, 2250, 2750 })]
    [InlineData(500, 500, new long[] { 0, 500, 1000, 1500, 2000, 2500 })]
    public void The_request_is_sent_at_intervals_that_double_up_to_T2(long t1, long t2, long[] first)
    {
        var bench = new MachineBench(new SipTimers { T1 = t1, T2 = t2 });
        var begun = bench.Environment.NowTick;
        bench.Begin(bench.NonInviteClient, "BYE");
        var times = new List<long> { 0 };
        while (bench.Fire(bench.NonInviteClient, TimerKind.E) == TransactionVerdict.Absorbed)
        {
            times.Add(bench.Environment.NowTick - begun);
        }

        Assert.Equal(first, times.Take(first.Length));
        Assert.True(times[^1] < 64 * t1 && times[^1] + t2 >= 64 * t1, $"the last one was sent at {times[^1]}");
        Assert.Equal((TransactionState.Terminated, 64 * t1), (bench.NonInviteClient.State, bench.Environment.NowTick - begun));
        bench.Verify(bench.NonInviteClient);
    }

    [Fact]
    public void A_provisional_makes_the_intervals_T2_from_the_next_one_on()
    {
        // RFC 3261 §17.1.2.2: Timer E goes on as it was set and is then reset to T2; Timer F goes on.
        var bench = new MachineBench();
        var begun = bench.Environment.NowTick;
        bench.Begin(bench.NonInviteClient, "BYE");
        bench.Fire(bench.NonInviteClient, TimerKind.E);
        bench.Receive(bench.NonInviteClient, 100);
        var times = new List<long>();
        while (bench.Fire(bench.NonInviteClient, TimerKind.E) == TransactionVerdict.Absorbed)
        {
            times.Add(bench.Environment.NowTick - begun);
        }

        Assert.Equal([1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500], times);
        Assert.Equal(32000, bench.Environment.NowTick - begun);
        bench.Verify(bench.NonInviteClient);
    }
}
