using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// The four machines over a flow that is reliable (RFC 3261 §17, table 4): A, E and G never run, D, I, J and K take no
/// time; B, F, H, L and M, and the late 100 of RFC 4320 §4.1, are what they are over UDP. Each state is entered at the
/// tick of the event.
/// </summary>
public sealed class ReliableCells
{
    private const string InviteClientTable = """
        Calling    | 100 | Proceeding | -   | PassUp     | -
        Calling    | 200 | Accepted   | -   | PassUp     | M+32000
        Calling    | 486 | Completed  | ACK | PassUp     | D+0
        Calling    | A   | never
        Calling    | B   | Terminated | -   | TimedOut   | -
        Calling    | D   | never
        Calling    | M   | never
        Proceeding | 100 | Proceeding | -   | PassUp     | -
        Proceeding | 200 | Accepted   | -   | PassUp     | M+32000
        Proceeding | 486 | Completed  | ACK | PassUp     | D+0
        Proceeding | A   | never
        Proceeding | B   | never
        Proceeding | D   | never
        Proceeding | M   | never
        Completed  | 100 | Completed  | -   | Absorbed   | D+0
        Completed  | 200 | Completed  | -   | Absorbed   | D+0
        Completed  | 486 | Completed  | ACK | Absorbed   | D+0
        Completed  | A   | never
        Completed  | B   | never
        Completed  | D   | Terminated | -   | Terminated | -
        Completed  | M   | never
        Accepted   | 100 | Accepted   | -   | Absorbed   | M+32000
        Accepted   | 200 | Accepted   | -   | PassUp     | M+32000
        Accepted   | 486 | Accepted   | -   | Absorbed   | M+32000
        Accepted   | A   | never
        Accepted   | B   | never
        Accepted   | D   | never
        Accepted   | M   | Terminated | -   | Terminated | -
        """;

    private const string NonInviteClientTable = """
        Trying     | 100 | Proceeding | -   | PassUp     | F+32000
        Trying     | 200 | Completed  | -   | PassUp     | K+0
        Trying     | 486 | Completed  | -   | PassUp     | K+0
        Trying     | E   | never
        Trying     | F   | Terminated | -   | TimedOut   | -
        Trying     | K   | never
        Proceeding | 100 | Proceeding | -   | PassUp     | F+32000
        Proceeding | 200 | Completed  | -   | PassUp     | K+0
        Proceeding | 486 | Completed  | -   | PassUp     | K+0
        Proceeding | E   | never
        Proceeding | F   | Terminated | -   | TimedOut   | -
        Proceeding | K   | never
        Completed  | 100 | Completed  | -   | Absorbed   | K+0
        Completed  | 200 | Completed  | -   | Absorbed   | K+0
        Completed  | 486 | Completed  | -   | Absorbed   | K+0
        Completed  | E   | never
        Completed  | F   | never
        Completed  | K   | Terminated | -   | Terminated | -
        """;

    private const string InviteServerTable = """
        Proceeding | INVITE | Proceeding | 180 | Absorbed   | -
        Proceeding | ACK    | Proceeding | -   | Absorbed   | -
        Proceeding | 200    | Accepted   | 200 | -          | L+32000
        Proceeding | 486    | Completed  | 486 | -          | H+32000
        Proceeding | G      | never
        Proceeding | H      | never
        Proceeding | I      | never
        Proceeding | L      | never
        Accepted   | INVITE | Accepted   | -   | Absorbed   | L+32000
        Accepted   | ACK    | Accepted   | -   | PassUp     | L+32000
        Accepted   | 200    | Accepted   | 200 | -          | L+32000
        Accepted   | 486    | Accepted   | -   | -          | L+32000
        Accepted   | G      | never
        Accepted   | H      | never
        Accepted   | I      | never
        Accepted   | L      | Terminated | -   | Terminated | -
        Completed  | INVITE | Completed  | 486 | Absorbed   | H+32000
        Completed  | ACK    | Confirmed  | -   | Absorbed   | I+0
        Completed  | 200    | Completed  | -   | -          | H+32000
        Completed  | 486    | Completed  | -   | -          | H+32000
        Completed  | G      | never
        Completed  | H      | Terminated | -   | NoAck      | -
        Completed  | I      | never
        Completed  | L      | never
        Confirmed  | INVITE | Confirmed  | -   | Absorbed   | I+0
        Confirmed  | ACK    | Confirmed  | -   | Absorbed   | I+0
        Confirmed  | 200    | Confirmed  | -   | -          | I+0
        Confirmed  | 486    | Confirmed  | -   | -          | I+0
        Confirmed  | G      | never
        Confirmed  | H      | never
        Confirmed  | I      | Terminated | -   | Terminated | -
        Confirmed  | L      | never
        """;

    // "Unanswered" is Completed without a final response (RFC 4320 §4.2).
    private const string NonInviteServerTable = """
        Trying     | BYE             | Trying     | -   | Absorbed   | NonInviteTrying+3500
        Trying     | 100             | Proceeding | 100 | -          | NonInviteTrying+3500
        Trying     | 486             | Completed  | 486 | -          | J+0
        Trying     | NonInviteTrying | Trying     | -   | TryingDue  | -
        Trying     | J               | never
        Proceeding | BYE             | Proceeding | 100 | Absorbed   | NonInviteTrying+3500
        Proceeding | 100             | Proceeding | 100 | -          | NonInviteTrying+3500
        Proceeding | 486             | Completed  | 486 | -          | J+0
        Proceeding | NonInviteTrying | Proceeding | -   | Absorbed   | -
        Proceeding | J               | never
        Completed  | BYE             | Completed  | 486 | Absorbed   | J+0
        Completed  | 100             | Completed  | -   | -          | J+0
        Completed  | 486             | Completed  | -   | -          | J+0
        Completed  | NonInviteTrying | never
        Completed  | J               | Terminated | -   | Terminated | -
        Unanswered | BYE             | Completed  | -   | Absorbed   | J+0
        Unanswered | 100             | Completed  | -   | -          | J+0
        Unanswered | 486             | Completed  | -   | -          | J+0
        Unanswered | NonInviteTrying | never
        Unanswered | J               | Terminated | -   | Terminated | -
        """;

    private readonly MachineBench _bench = new(transport: Transport.Tcp);

    public static TheoryData<Cell> InviteClients => Cells.Read(InviteClientTable);

    public static TheoryData<Cell> NonInviteClients => Cells.Read(NonInviteClientTable);

    public static TheoryData<Cell> InviteServers => Cells.Read(InviteServerTable);

    public static TheoryData<Cell> NonInviteServers => Cells.Read(NonInviteServerTable);

    [Theory]
    [MemberData(nameof(InviteClients))]
    public void INVITE_client(Cell cell)
    {
        var client = _bench.InviteClient;
        _bench.Begin(client, "INVITE");
        if (cell.State != "Calling")
        {
            _bench.Receive(client, cell.State switch { "Proceeding" => 100, "Completed" => 486, _ => 200 });
        }

        Cells.Check(_bench, client, cell, () => ClientEvents.Happen(_bench, client, cell.Event));
    }

    [Theory]
    [MemberData(nameof(NonInviteClients))]
    public void Non_INVITE_client(Cell cell)
    {
        var client = _bench.NonInviteClient;
        _bench.Begin(client, "BYE");
        if (cell.State != "Trying")
        {
            _bench.Receive(client, cell.State == "Proceeding" ? 100 : 200);
        }

        Cells.Check(_bench, client, cell, () => ClientEvents.Happen(_bench, client, cell.Event));
    }

    [Theory]
    [MemberData(nameof(InviteServers))]
    public void INVITE_server(Cell cell)
    {
        var server = _bench.InviteServer;
        _bench.Begin(server, "INVITE");
        _bench.Respond(server, cell.State switch { "Proceeding" => 180, "Accepted" => 200, _ => 486 });
        if (cell.State == "Confirmed")
        {
            server.Receive(Engine.Parsing.SipMethod.Ack);
        }

        Cells.Check(_bench, server, cell, () => ServerEvents.Happen(_bench, server, cell.Event));
    }

    [Theory]
    [MemberData(nameof(NonInviteServers))]
    public void Non_INVITE_server(Cell cell)
    {
        var server = _bench.NonInviteServer;
        _bench.Begin(server, "BYE");
        switch (cell.State)
        {
            case "Proceeding":
                _bench.Respond(server, 100);
                break;
            case "Completed":
                _bench.Respond(server, 486);
                break;
            case "Unanswered":
                server.EndSilently();
                break;
            default:
                break;
        }

        Cells.Check(_bench, server, cell, () => ServerEvents.Happen(_bench, server, cell.Event));
    }
}
