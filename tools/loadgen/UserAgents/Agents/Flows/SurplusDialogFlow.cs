using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>
/// A second 2xx to one INVITE makes a second dialog; it has been acknowledged, and all that is left is its BYE
/// (RFC 3261 §13.2.2.4).
/// </summary>
internal sealed class SurplusDialogFlow(AgentContext context) : Flow(context)
{
    public override void Begin(ref Leg leg) => Context.Clients.Start(ref leg, Method.Bye, Context.Now);

    public override void Final(ref Leg leg, scoped in SipView response) => Context.Free(ref leg);

    public override void TimedOut(ref Leg leg) => Context.Free(ref leg);
}
