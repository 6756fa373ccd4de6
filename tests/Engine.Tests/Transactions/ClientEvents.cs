using System.Globalization;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Makes the events of a client table happen: a status code, a timer, or a transport error.</summary>
internal static class ClientEvents
{
    public static TransactionVerdict? Happen(MachineBench bench, ClientTransaction client, string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return bench.Receive(client, status);
        }

        // A transport error that ends the machine is to its user what timer B or F is: no answer will come.
        return name == "error" ? client.TryFail() ? TransactionVerdict.TimedOut : null : bench.Fire(client, Enum.Parse<TimerKind>(name));
    }
}
