using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// The non-INVITE server transaction, cell by cell: RFC 3261 §17.2.2, figure 8, with the late 100 and the silent end of
/// RFC 4320 §4. T1 is 500 ms, T2 4 s, T4 5 s. A transport error changes nothing in any state (RFC 6026 §8.8);
/// <see cref="TransportErrorCells"/> looks at it from outside.
/// </summary>
public sealed class NonInviteServerCells
{
    // "Unanswered" is Completed without a final response: it lasts as long as the sender may repeat itself (64*T1 since
    // the request came) and T4 more. Each state was entered 100 ms before the event. The timer of
    // RFC 4320 may still be armed in Proceeding; it has nothing to do there.
    private const string Table = """
        Trying     | BYE             | Trying     | -   | Absorbed   | NonInviteTrying+3400
        Trying     | 100             | Proceeding | 100 | -          | NonInviteTrying+3400
        Trying     | 183             | Proceeding | 183 | -          | NonInviteTrying+3400
        Trying     | 200             | Completed  | 200 | -          | J+32000
        Trying     | 302             | Completed  | 302 | -          | J+32000
        Trying     | 486             | Completed  | 486 | -          | J+32000
        Trying     | 503             | Completed  | 503 | -          | J+32000
        Trying     | 603             | Completed  | 603 | -          | J+32000
        Trying     | NonInviteTrying | Trying     | -   | TryingDue  | -
        Trying     | J               | never
        Proceeding | BYE             | Proceeding | 100 | Absorbed   | NonInviteTrying+3300
        Proceeding | 100             | Proceeding | 100 | -          | NonInviteTrying+3300
        Proceeding | 183             | Proceeding | 183 | -          | NonInviteTrying+3300
        Proceeding | 200             | Completed  | 200 | -          | J+32000
        Proceeding | 302             | Completed  | 302 | -          | J+32000
        Proceeding | 486             | Completed  | 486 | -          | J+32000
        Proceeding | 503             | Completed  | 503 | -          | J+32000
        Proceeding | 603             | Completed  | 603 | -          | J+32000
        Proceeding | NonInviteTrying | Proceeding | -   | Absorbed   | -
        Proceeding | J               | never
        Completed  | BYE             | Completed  | 486 | Absorbed   | J+31900
        Completed  | 100             | Completed  | -   | -          | J+31900
        Completed  | 183             | Completed  | -   | -          | J+31900
        Completed  | 200             | Completed  | -   | -          | J+31900
        Completed  | 302             | Completed  | -   | -          | J+31900
        Completed  | 486             | Completed  | -   | -          | J+31900
        Completed  | 503             | Completed  | -   | -          | J+31900
        Completed  | 603             | Completed  | -   | -          | J+31900
        Completed  | NonInviteTrying | never
        Completed  | J               | Terminated | -   | Terminated | -
        Unanswered | BYE             | Completed  | -   | Absorbed   | J+36800
        Unanswered | 100             | Completed  | -   | -          | J+36800
        Unanswered | 183             | Completed  | -   | -          | J+36800
        Unanswered | 200             | Completed  | -   | -          | J+36800
        Unanswered | 302             | Completed  | -   | -          | J+36800
        Unanswered | 486             | Completed  | -   | -          | J+36800
        Unanswered | 503             | Completed  | -   | -          | J+36800
        Unanswered | 603             | Completed  | -   | -          | J+36800
        Unanswered | NonInviteTrying | never
        Unanswered | J               | Terminated | -   | Terminated | -
        """;

    public static TheoryData<Cell> All => Cells.Read(Table);

    [Theory]
    [MemberData(nameof(All))]
    public void Cell_is_as_in_the_figure(Cell cell)
    {
        var bench = new MachineBench();
        var server = bench.NonInviteServer;
        bench.Begin(server, "BYE");
        bench.Pass(100);
        switch (cell.State)
        {
            case "Trying":
                break;
            case "Unanswered":
                server.EndSilently();
                bench.Pass(100);
                break;
            default:
                bench.Respond(server, cell.State == "Proceeding" ? 100 : 486);
                bench.Pass(100);
                break;
        }

        Assert.Equal(cell.State == "Unanswered" ? "Completed" : cell.State, server.State.ToString());
        Cells.Check(bench, server, cell, () => ServerEvents.Happen(bench, server, cell.Event));
    }

    [Theory]
    [InlineData(500, 4000, 3500)]
    [InlineData(500, 500, 0)]
    [InlineData(250, 4000, 3750)]
    public void The_late_100_is_due_when_the_clients_timer_E_has_reached_T2(long t1, long t2, long due)
    {
        var bench = new MachineBench(new SipTimers { T1 = t1, T2 = t2 });
        var begun = bench.Environment.NowTick;
        bench.Begin(bench.NonInviteServer, "BYE");
        Assert.Equal(TransactionVerdict.TryingDue, bench.Fire(bench.NonInviteServer, TimerKind.NonInviteTrying));
        Assert.Equal(due, bench.Environment.NowTick - begun);
        bench.Verify(bench.NonInviteServer);
    }

    [Fact]
    public void An_unanswered_request_may_have_had_a_100()
    {
        // A 100 does not stop the silence of RFC 4320 §4.2; a retransmission on its way still gets it.
        var bench = new MachineBench();
        bench.Begin(bench.NonInviteServer, "BYE");
        bench.Respond(bench.NonInviteServer, 100);
        bench.NonInviteServer.EndSilently();
        bench.Sender.Log.Clear();
        ServerEvents.Happen(bench, bench.NonInviteServer, "BYE");
        Assert.Equal("100", bench.Sender.Take());
        Assert.Equal("J+37000", bench.TakeTimers());
        bench.Verify(bench.NonInviteServer);
    }
}
