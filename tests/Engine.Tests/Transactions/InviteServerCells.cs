using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// The INVITE server transaction, cell by cell: RFC 6026 §8.6, figure 7. T1 is 500 ms, T2 4 s, T4 5 s. Requests come
/// from the network, status codes from the transaction user. A transport error changes nothing in any state (§8.8);
/// <see cref="TransportErrorCells"/> looks at it from outside.
/// </summary>
public sealed class InviteServerCells
{
    // "Silent" is Proceeding before any response. Each state was entered 100 ms before the event.
    private const string Table = """
        Silent     | INVITE | Proceeding | -   | Absorbed   | -
        Silent     | ACK    | Proceeding | -   | Absorbed   | -
        Silent     | 100    | Proceeding | 100 | -          | -
        Silent     | 183    | Proceeding | 183 | -          | -
        Silent     | 200    | Accepted   | 200 | -          | L+32000
        Silent     | 302    | Completed  | 302 | -          | G+500 H+32000
        Silent     | 486    | Completed  | 486 | -          | G+500 H+32000
        Silent     | 503    | Completed  | 503 | -          | G+500 H+32000
        Silent     | 603    | Completed  | 603 | -          | G+500 H+32000
        Silent     | G      | never
        Silent     | H      | never
        Silent     | I      | never
        Silent     | L      | never
        Proceeding | INVITE | Proceeding | 180 | Absorbed   | -
        Proceeding | ACK    | Proceeding | -   | Absorbed   | -
        Proceeding | 100    | Proceeding | 100 | -          | -
        Proceeding | 183    | Proceeding | 183 | -          | -
        Proceeding | 200    | Accepted   | 200 | -          | L+32000
        Proceeding | 302    | Completed  | 302 | -          | G+500 H+32000
        Proceeding | 486    | Completed  | 486 | -          | G+500 H+32000
        Proceeding | 503    | Completed  | 503 | -          | G+500 H+32000
        Proceeding | 603    | Completed  | 603 | -          | G+500 H+32000
        Proceeding | G      | never
        Proceeding | H      | never
        Proceeding | I      | never
        Proceeding | L      | never
        Accepted   | INVITE | Accepted   | -   | Absorbed   | L+31900
        Accepted   | ACK    | Accepted   | -   | PassUp     | L+31900
        Accepted   | 100    | Accepted   | -   | -          | L+31900
        Accepted   | 183    | Accepted   | -   | -          | L+31900
        Accepted   | 200    | Accepted   | 200 | -          | L+31900
        Accepted   | 302    | Accepted   | -   | -          | L+31900
        Accepted   | 486    | Accepted   | -   | -          | L+31900
        Accepted   | 503    | Accepted   | -   | -          | L+31900
        Accepted   | 603    | Accepted   | -   | -          | L+31900
        Accepted   | G      | never
        Accepted   | H      | never
        Accepted   | I      | never
        Accepted   | L      | Terminated | -   | Terminated | -
        Completed  | INVITE | Completed  | 486 | Absorbed   | G+400 H+31900
        Completed  | ACK    | Confirmed  | -   | Absorbed   | I+5000
        Completed  | 100    | Completed  | -   | -          | G+400 H+31900
        Completed  | 183    | Completed  | -   | -          | G+400 H+31900
        Completed  | 200    | Completed  | -   | -          | G+400 H+31900
        Completed  | 302    | Completed  | -   | -          | G+400 H+31900
        Completed  | 486    | Completed  | -   | -          | G+400 H+31900
        Completed  | 503    | Completed  | -   | -          | G+400 H+31900
        Completed  | 603    | Completed  | -   | -          | G+400 H+31900
        Completed  | G      | Completed  | 486 | Absorbed   | G+1000 H+31500
        Completed  | H      | Terminated | -   | NoAck      | -
        Completed  | I      | never
        Completed  | L      | never
        Confirmed  | INVITE | Confirmed  | -   | Absorbed   | I+4900
        Confirmed  | ACK    | Confirmed  | -   | Absorbed   | I+4900
        Confirmed  | 100    | Confirmed  | -   | -          | I+4900
        Confirmed  | 183    | Confirmed  | -   | -          | I+4900
        Confirmed  | 200    | Confirmed  | -   | -          | I+4900
        Confirmed  | 302    | Confirmed  | -   | -          | I+4900
        Confirmed  | 486    | Confirmed  | -   | -          | I+4900
        Confirmed  | 503    | Confirmed  | -   | -          | I+4900
        Confirmed  | 603    | Confirmed  | -   | -          | I+4900
        Confirmed  | G      | never
        Confirmed  | H      | never
        Confirmed  | I      | Terminated | -   | Terminated | -
        Confirmed  | L      | never
        """;

    public static TheoryData<Cell> All => Cells.Read(Table);

    [Theory]
    [MemberData(nameof(All))]
    public void Cell_is_as_in_the_figure(Cell cell)
    {
        var bench = new MachineBench();
        var server = Reach(bench, cell.State);
        Cells.Check(bench, server, cell, () => ServerEvents.Happen(bench, server, cell.Event));
    }

    [Fact]
    public void A_failure_is_sent_again_at_intervals_that_double_up_to_T2_until_timer_H()
    {
        // RFC 3261 §17.2.1: Timer G starts at T1 and is reset to MIN(2*T1, T2) each time.
        var bench = new MachineBench();
        bench.Begin(bench.InviteServer, "INVITE");
        var begun = bench.Environment.NowTick;
        bench.Respond(bench.InviteServer, 486);
        var times = new List<long>();
        while (bench.Fire(bench.InviteServer, TimerKind.G) == TransactionVerdict.Absorbed)
        {
            times.Add(bench.Environment.NowTick - begun);
        }

        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], times);
        Assert.Equal((TransactionState.Terminated, 32000), (bench.InviteServer.State, bench.Environment.NowTick - begun));
        bench.Verify(bench.InviteServer);
    }

    [Fact]
    public void The_last_provisional_is_the_one_sent_again()
    {
        // RFC 3261 §17.2.1: "the most recent provisional response".
        var bench = new MachineBench();
        bench.Begin(bench.InviteServer, "INVITE");
        Array.ForEach([100, 180, 183], status => bench.Respond(bench.InviteServer, status));
        bench.Sender.Log.Clear();
        ServerEvents.Happen(bench, bench.InviteServer, "INVITE");
        Assert.Equal("183", bench.Sender.Take());
        bench.Verify(bench.InviteServer);
    }

    private static InviteServerTransaction Reach(MachineBench bench, string state)
    {
        var server = bench.InviteServer;
        bench.Begin(server, "INVITE");
        switch (state)
        {
            case "Silent":
                break;
            case "Proceeding":
                bench.Respond(server, 180);
                break;
            case "Accepted":
                bench.Respond(server, 200);
                break;
            default:
                bench.Respond(server, 486);
                break;
        }

        bench.Pass(100);
        if (state == "Confirmed")
        {
            ServerEvents.Happen(bench, server, "ACK");
            bench.Pass(100);
        }

        Assert.Equal(state == "Silent" ? "Proceeding" : state, server.State.ToString());
        return server;
    }
}
