using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>SUBSCRIBE, its NOTIFY, and the same again with an expiry of 0 (RFC 6665 §4.1).</summary>
internal sealed class SubscriberFlow(AgentContext context) : Flow(context)
{
    private const uint ExpiresSeconds = 600;

    public override void Begin(ref Leg leg)
    {
        leg.Number = ExpiresSeconds;
        Context.Clients.Start(ref leg, Method.Subscribe, leg.Due);
    }

    public override void Final(ref Leg leg, scoped in SipView response)
    {
        if (response.Status >= 300)
        {
            Context.Outcomes.Fail(ref leg, new(Method.Subscribe, response.Status));
            return;
        }

        Context.Metrics.Record(leg.Phase, Measure.RequestDelay, Context.Now - leg.RequestDue);
        if (!leg.Has(LegFlags.InDialog) && !Context.Dialogs.Confirm(ref leg, response))
        {
            Context.Outcomes.Fail(ref leg, new(Method.Subscribe, Cause.Unusable));
            return;
        }

        // RFC 6665 §4.1.2.4: the NOTIFY follows at once.
        Context.Schedule(ref leg, LegTimer.Pace, Context.Now + Context.Clients.Patience);
        GoOn(ref leg);
    }

    public override void Request(ref Leg leg, scoped in SipView request, in Peer source)
    {
        if (request.Method != Method.Notify)
        {
            base.Request(ref leg, request, source);
            return;
        }

        Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 200);
        if (request.CSeq <= leg.RemoteCSeq)
        {
            Context.Metrics.Of(leg.Phase).RetransmissionsReceived++;
            return;
        }

        leg.RemoteCSeq = request.CSeq;
        Context.Metrics.Record(leg.Phase, Measure.NotifyDelay, Context.Now - leg.RequestDue);
        leg.Flags |= LegFlags.Notified;
        GoOn(ref leg);
    }

    public override void TimedOut(ref Leg leg) => Context.Outcomes.Fail(ref leg, new(Method.Subscribe, Cause.Timeout));

    public override void Paced(ref Leg leg, long due) => Context.Outcomes.Fail(ref leg, new(Method.Notify, Cause.NothingCame));

    /// <summary>Both have come, in either order.</summary>
    private void GoOn(ref Leg leg)
    {
        if (leg.State != ClientState.Completed || !leg.Has(LegFlags.Notified))
        {
            return;
        }

        if (leg.Has(LegFlags.Ending))
        {
            Context.Outcomes.Succeed(ref leg);
            return;
        }

        Context.Cancel(ref leg, LegTimer.Pace);
        leg.Flags = (leg.Flags | LegFlags.Ending) & ~LegFlags.Notified;
        leg.Number = 0;
        Context.Clients.Start(ref leg, Method.Subscribe, Context.Now);
    }
}
