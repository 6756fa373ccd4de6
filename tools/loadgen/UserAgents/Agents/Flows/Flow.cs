using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>What a kind of leg does when something happens to it. The transactions have done their part before.</summary>
internal abstract class Flow(AgentContext context)
{
    protected AgentContext Context { get; } = context;

    /// <summary>The attempt of the leg begins.</summary>
    public virtual void Begin(ref Leg leg)
    {
    }

    /// <summary>A provisional response to its request.</summary>
    public virtual void Provisional(ref Leg leg, scoped in SipView response)
    {
    }

    /// <summary>A final response; no ACK has been sent for a 2xx to an INVITE, one has for its failure.</summary>
    public abstract void Final(ref Leg leg, scoped in SipView response);

    /// <summary>No final response to its request.</summary>
    public abstract void TimedOut(ref Leg leg);

    /// <summary>A request inside its dialog, other than ACK.</summary>
    public virtual void Request(ref Leg leg, scoped in SipView request, in Peer source)
    {
        Context.Metrics.Stray(Stray.OutOfTurn);
        Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 481);
    }

    /// <summary>An ACK to its response.</summary>
    public virtual void Acknowledged(ref Leg leg) => Context.Metrics.Stray(Stray.OutOfTurn);

    /// <summary>No ACK came for 64·T1.</summary>
    public virtual void NotAcknowledged(ref Leg leg) => Context.Free(ref leg);

    /// <summary>The next step is due.</summary>
    public virtual void Paced(ref Leg leg, long due) => Context.Free(ref leg);
}
