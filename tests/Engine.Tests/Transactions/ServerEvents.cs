using System.Globalization;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Makes the events of a server table happen: a request, a response of the transaction user, or a timer.</summary>
internal static class ServerEvents
{
    public static TransactionVerdict? Happen(MachineBench bench, ServerTransaction server, string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            bench.Respond(server, status);
            return null;
        }

        return name switch
        {
            "INVITE" => server.Receive(SipMethod.Invite),
            "BYE" => server.Receive(SipMethod.Bye),
            "ACK" => server.Receive(SipMethod.Ack),
            _ => bench.Fire(server, Enum.Parse<TimerKind>(name)),
        };
    }
}
