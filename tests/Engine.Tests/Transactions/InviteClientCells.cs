using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>The INVITE client transaction, cell by cell: RFC 6026 §8.4, figure 5. T1 is 500 ms.</summary>
public sealed class InviteClientCells
{
    // Each state was entered 100 ms before the event. "error" is the transport saying that what was sent last could not
    // be delivered; it is a cell of its own in every state because nothing but the ACK and the INVITE is ever sent.
    private const string Table = """
        Calling    | 100   | Proceeding | -      | PassUp     | -
        Calling    | 183   | Proceeding | -      | PassUp     | -
        Calling    | 200   | Accepted   | -      | PassUp     | M+32000
        Calling    | 302   | Completed  | ACK    | PassUp     | D+32000
        Calling    | 486   | Completed  | ACK    | PassUp     | D+32000
        Calling    | 503   | Completed  | ACK    | PassUp     | D+32000
        Calling    | 603   | Completed  | ACK    | PassUp     | D+32000
        Calling    | A     | Calling    | INVITE | Absorbed   | A+1000 B+31500
        Calling    | B     | Terminated | -      | TimedOut   | -
        Calling    | D     | never
        Calling    | M     | never
        Calling    | error | Terminated | -      | TimedOut   | -
        Proceeding | 100   | Proceeding | -      | PassUp     | -
        Proceeding | 183   | Proceeding | -      | PassUp     | -
        Proceeding | 200   | Accepted   | -      | PassUp     | M+32000
        Proceeding | 302   | Completed  | ACK    | PassUp     | D+32000
        Proceeding | 486   | Completed  | ACK    | PassUp     | D+32000
        Proceeding | 503   | Completed  | ACK    | PassUp     | D+32000
        Proceeding | 603   | Completed  | ACK    | PassUp     | D+32000
        Proceeding | A     | never
        Proceeding | B     | never
        Proceeding | D     | never
        Proceeding | M     | never
        Proceeding | error | Proceeding | -      | -          | -
        Completed  | 100   | Completed  | -      | Absorbed   | D+31900
        Completed  | 183   | Completed  | -      | Absorbed   | D+31900
        Completed  | 200   | Completed  | -      | Absorbed   | D+31900
        Completed  | 302   | Completed  | ACK    | Absorbed   | D+31900
        Completed  | 486   | Completed  | ACK    | Absorbed   | D+31900
        Completed  | 503   | Completed  | ACK    | Absorbed   | D+31900
        Completed  | 603   | Completed  | ACK    | Absorbed   | D+31900
        Completed  | A     | never
        Completed  | B     | never
        Completed  | D     | Terminated | -      | Terminated | -
        Completed  | M     | never
        Completed  | error | Terminated | -      | TimedOut   | -
        Accepted   | 100   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | 183   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | 200   | Accepted   | -      | PassUp     | M+31900
        Accepted   | 302   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | 486   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | 503   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | 603   | Accepted   | -      | Absorbed   | M+31900
        Accepted   | A     | never
        Accepted   | B     | never
        Accepted   | D     | never
        Accepted   | M     | Terminated | -      | Terminated | -
        Accepted   | error | Accepted   | -      | -          | M+31900
        """;

    public static TheoryData<Cell> All => Cells.Read(Table);

    [Theory]
    [MemberData(nameof(All))]
    public void Cell_is_as_in_the_figure(Cell cell)
    {
        var bench = new MachineBench();
        var client = bench.InviteClient;
        bench.Begin(client, "INVITE");
        bench.Pass(100);
        if (cell.State != "Calling")
        {
            bench.Receive(client, cell.State switch { "Proceeding" => 100, "Completed" => 486, _ => 200 });
            bench.Pass(100);
        }

        Assert.Equal(cell.State, client.State.ToString());
        Cells.Check(bench, client, cell, () => ClientEvents.Happen(bench, client, cell.Event));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(250)]
    [InlineData(10)]
    public void The_INVITE_is_sent_at_doubling_intervals_until_timer_B(long t1)
    {
        // RFC 3261 §17.1.1.2: 0, T1, 3*T1, 7*T1 … and seven of them within 64*T1.
        var bench = new MachineBench(new SipTimers { T1 = t1 });
        var begun = bench.Environment.NowTick;
        bench.Begin(bench.InviteClient, "INVITE");
        var times = new List<long> { 0 };
        while (bench.Fire(bench.InviteClient, TimerKind.A) == TransactionVerdict.Absorbed)
        {
            times.Add(bench.Environment.NowTick - begun);
        }

        Assert.Equal([0, t1, 3 * t1, 7 * t1, 15 * t1, 31 * t1, 63 * t1], times);
        Assert.Equal((TransactionState.Terminated, 64 * t1), (bench.InviteClient.State, bench.Environment.NowTick - begun));
        Assert.Equal(6, bench.Metrics.Retransmitted);
        bench.Verify(bench.InviteClient);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1000)]
    [InlineData(50)]
    public void Timer_D_is_at_least_32_s_and_as_long_as_a_peers_timer_H(long t1)
    {
        // RFC 6026 §8.4: the T1 of the server is not known here, so an absolute minimum of 32 s stands in its place.
        var bench = new MachineBench(new SipTimers { T1 = t1 });
        bench.Begin(bench.InviteClient, "INVITE");
        bench.Receive(bench.InviteClient, 486);
        Assert.Equal($"D+{Math.Max(32_000, 64 * t1)}", bench.TakeTimers());
        bench.Verify(bench.InviteClient);
    }

    [Fact]
    public void Every_ACK_is_the_same_and_made_of_the_INVITE_and_the_first_response()
    {
        // RFC 3261 §17.1.1.3: a single Via, that of the INVITE; To of the response; CSeq number of the INVITE.
        var bench = new MachineBench();
        bench.Begin(bench.InviteClient, "INVITE");
        bench.Sender.Log.Clear();
        bench.Receive(bench.InviteClient, 486);
        bench.Receive(bench.InviteClient, 486);
        bench.Receive(bench.InviteClient, 603);
        var ack = """
            ACK sip:b@192.0.2.1:5070 SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK0000000000000007000000000000000b
            Max-Forwards: 70
            From: <sip:a@home.test>;tag=from
            To: <sip:b@home.test>;tag=to
            Call-ID: machine@192.0.2.9
            CSeq: 7 ACK
            Content-Length: 0


            """.ReplaceLineEndings("\r\n");
        Assert.Equal([ack, ack, ack], bench.Sender.Log.Select(static s => s.Text));
        bench.Verify(bench.InviteClient);
    }

    [Fact]
    public void The_INVITE_is_let_go_of_as_soon_as_nothing_can_need_it()
    {
        // Neither a retransmission, nor a CANCEL, nor an ACK is made of it any more.
        foreach (var final in (int[])[200, 486])
        {
            var bench = new MachineBench();
            bench.Begin(bench.InviteClient, "INVITE");
            Assert.NotNull(bench.InviteClient.Request);
            bench.Receive(bench.InviteClient, 180);
            Assert.NotNull(bench.InviteClient.Request);
            bench.Receive(bench.InviteClient, final);
            Assert.Null(bench.InviteClient.Request);
            bench.Verify(bench.InviteClient);
        }
    }
}
