using ImsSipFast.LoadGen.Metrics;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>How attempts end: counted once each, and told to who asked.</summary>
internal sealed class Outcomes(AgentContext context)
{
    /// <summary>Told of attempts with a ticket: which, and why it failed or null.</summary>
    public Action<int, Cause?>? Told { get; set; }

    /// <summary>The attempt went as its profile says; the leg ends.</summary>
    public void Succeed(ref Leg leg)
    {
        if (!leg.Has(LegFlags.Decided))
        {
            context.Metrics.Succeed(leg.Phase);
            Tell(leg, null);
        }

        context.Free(ref leg);
    }

    /// <summary>The attempt failed; the leg ends.</summary>
    public void Fail(ref Leg leg, Cause cause)
    {
        Decide(ref leg, cause);
        context.Free(ref leg);
    }

    /// <summary>The attempt has failed, and the leg goes on to tidy up.</summary>
    public void Decide(ref Leg leg, Cause cause)
    {
        if (!leg.Has(LegFlags.Decided))
        {
            leg.Flags |= LegFlags.Decided;
            context.Metrics.Fail(leg.Phase, cause);
            Tell(leg, cause);
        }
    }

    /// <summary>The attempt is stopped without a verdict.</summary>
    public void Abandon(ref Leg leg)
    {
        if (!leg.Has(LegFlags.Decided))
        {
            leg.Flags |= LegFlags.Decided;
            context.Metrics.Abandon(leg.Phase);
            Tell(leg, new(leg.Method, Cause.Unfinished));
        }
    }

    private void Tell(in Leg leg, Cause? cause)
    {
        if (leg.Ticket != 0)
        {
            Told?.Invoke(leg.Ticket, cause);
        }
    }
}
