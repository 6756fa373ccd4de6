using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>
/// The calling end of a session: <see cref="Profile.Call"/>, <see cref="Profile.Busy"/>, <see cref="Profile.Cancel"/>,
/// <see cref="Profile.Fork"/>.
/// </summary>
internal sealed class CallerFlow(AgentContext context) : Flow(context)
{
    private readonly AgentSettings _settings = context.Settings;

    public override void Begin(ref Leg leg) => Context.Clients.Start(ref leg, Method.Invite, leg.Due);

    public override void Provisional(ref Leg leg, scoped in SipView response)
    {
        if (response.Method != Method.Invite || response.Status == 100)
        {
            return;
        }

        Rang(ref leg);
        if (leg.Profile == Profile.Cancel && !leg.Has(LegFlags.Cancelling))
        {
            // RFC 3261 §9.1: a CANCEL waits for a provisional response.
            leg.Flags |= LegFlags.Cancelling;
            if (_settings.Ring == 0)
            {
                Context.Clients.StartCancel(ref leg, Context.Now);
            }
            else
            {
                Context.Schedule(ref leg, LegTimer.Pace, Context.Now + _settings.Ring);
            }
        }
    }

    public override void Final(ref Leg leg, scoped in SipView response)
    {
        switch (response.Method)
        {
            case Method.Invite when response.Status < 300:
                Answered(ref leg, response);
                break;
            case Method.Invite:
                Refused(ref leg, response);
                break;
            case Method.Cancel:
                Cancelled(ref leg, response);
                break;
            default:
                HungUp(ref leg, response);
                break;
        }
    }

    public override void TimedOut(ref Leg leg)
    {
        if (leg.Method == Method.Invite && leg.State == ClientState.Proceeding && !leg.Has(LegFlags.InDialog))
        {
            // Somebody rings and nobody answers: withdraw the call, the attempt has failed.
            Context.Outcomes.Decide(ref leg, new(Method.Invite, Cause.NoFinal));
            Context.Metrics.Of(leg.Phase).Sessions.Count(Cause.NoFinal);
            Context.Clients.StartCancel(ref leg, Context.Now);
            return;
        }

        if (leg.Method == Method.Invite && leg.Has(LegFlags.InDialog))
        {
            // A re-INVITE that nobody answers: the call is hung up (RFC 3261 §14.1).
            Context.Outcomes.Decide(ref leg, new(Method.Invite, Cause.Timeout));
            HangUp(ref leg, Context.Now);
            return;
        }

        var cause = new Cause(leg.Method, Cause.Timeout);
        if (leg.InviteState is ClientState.Calling or ClientState.Proceeding)
        {
            if (leg.Cancelled)
            {
                cause = new(Method.Invite, Cause.NoFinal);
            }

            Context.Metrics.Of(leg.Phase).Sessions.Count(cause.Code);
        }

        Context.Outcomes.Fail(ref leg, cause);
    }

    public override void Request(ref Leg leg, scoped in SipView request, in Peer source)
    {
        if (request.Method != Method.Bye || !leg.Has(LegFlags.InDialog))
        {
            base.Request(ref leg, request, source);
            return;
        }

        Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 200);
        Context.Metrics.Record(leg.Phase, Measure.SessionDuration, Context.Now - leg.AnsweredAt);
        Context.Metrics.Of(leg.Phase).Sessions.Completed++;
        Context.Outcomes.Succeed(ref leg);
    }

    public override void Paced(ref Leg leg, long due)
    {
        if (!leg.Has(LegFlags.InDialog))
        {
            Context.Clients.StartCancel(ref leg, due);
        }
        else if (leg.Has(LegFlags.ReInvite) && !leg.Has(LegFlags.ReInvited))
        {
            leg.Flags |= LegFlags.ReInvited;
            Context.Clients.Start(ref leg, Method.Invite, due);
        }
        else if (leg.Has(LegFlags.CalleeHangsUp))
        {
            // The called side has not, long after it should have.
            Context.Outcomes.Decide(ref leg, new(Method.Bye, Cause.NothingCame));
            HangUp(ref leg, due);
        }
        else
        {
            HangUp(ref leg, due);
        }
    }

    private void Rang(ref Leg leg)
    {
        if (!leg.Has(LegFlags.Rang))
        {
            leg.Flags |= LegFlags.Rang;
            Context.Metrics.Record(leg.Phase, Measure.SessionRequestDelay, Context.Now - leg.Due);
        }
    }

    private void Answered(ref Leg leg, scoped in SipView response)
    {
        var again = leg.Has(LegFlags.InDialog);
        var credentials = Context.Requests.AckCredentials(leg);
        Context.Requests.AcknowledgeSuccess(leg.Side, leg.Phase, leg.Id, leg.InviteTransaction, response, credentials);
        if (!Context.Dialogs.Confirm(ref leg, response))
        {
            Context.Outcomes.Fail(ref leg, new(Method.Invite, Cause.Unusable));
            return;
        }

        if (again)
        {
            Hold(ref leg, _settings.Hold / 2);
            return;
        }

        leg.AnsweredAt = Context.Now;
        Rang(ref leg);
        Context.Metrics.Of(leg.Phase).Sessions.Count(response.Status);
        if (leg.Profile is Profile.Busy or Profile.Cancel || leg.Has(LegFlags.Decided))
        {
            Context.Outcomes.Decide(ref leg, new(Method.Invite, response.Status));
            HangUp(ref leg, Context.Now);
            return;
        }

        Context.Metrics.Record(leg.Phase, Measure.SessionSetup, Math.Max(0, Context.Now - leg.Due - _settings.Ring));
        Hold(ref leg, leg.Has(LegFlags.ReInvite) ? _settings.Hold / 2 : _settings.Hold);
    }

    private void Hold(ref Leg leg, long hold)
    {
        var reInviteIsNext = leg.Has(LegFlags.ReInvite) && !leg.Has(LegFlags.ReInvited);
        if (leg.Has(LegFlags.CalleeHangsUp) && !reInviteIsNext)
        {
            hold += 2 * Context.Clients.Patience;
        }

        if (hold == 0)
        {
            Paced(ref leg, Context.Now);
        }
        else
        {
            Context.Schedule(ref leg, LegTimer.Pace, Context.Now + hold);
        }
    }

    private void HangUp(ref Leg leg, long due)
    {
        Context.Cancel(ref leg, LegTimer.Pace);
        Context.Metrics.Record(leg.Phase, Measure.SessionDuration, due - leg.AnsweredAt);
        Context.Clients.Start(ref leg, Method.Bye, due);
    }

    private void Refused(ref Leg leg, scoped in SipView response)
    {
        if (leg.Has(LegFlags.InDialog))
        {
            // A re-INVITE that is refused leaves the dialog as it was (RFC 3261 §14.1).
            Context.Outcomes.Decide(ref leg, new(Method.Invite, response.Status));
            HangUp(ref leg, Context.Now);
            return;
        }

        Context.Metrics.Of(leg.Phase).Sessions.Count(response.Status);
        Context.Metrics.Record(leg.Phase, Measure.FailedSessionRequestDelay, Context.Now - leg.Due);
        if (leg.Method == Method.Cancel && response.Status == 487)
        {
            Context.Metrics.Record(leg.Phase, Measure.CancelDelay, Context.Now - leg.RequestDue);
            if (leg.State == ClientState.Completed)
            {
                Context.Outcomes.Succeed(ref leg);
            }
        }
        else if (leg.Profile == Profile.Busy && response.Status == 486)
        {
            Context.Outcomes.Succeed(ref leg);
        }
        else
        {
            Context.Outcomes.Fail(ref leg, new(Method.Invite, response.Status));
        }
    }

    private void Cancelled(ref Leg leg, scoped in SipView response)
    {
        if (response.Status >= 300)
        {
            Context.Outcomes.Fail(ref leg, new(Method.Cancel, response.Status));
        }
        else if (leg.InviteState == ClientState.Completed)
        {
            Context.Outcomes.Succeed(ref leg);
        }
        else
        {
            // RFC 3261 §9.1: the INVITE counts as cancelled when no final response comes within 64·T1.
            leg.Cancelled = true;
            Context.Schedule(ref leg, LegTimer.Transaction, Context.Now + Context.Clients.Patience);
        }
    }

    private void HungUp(ref Leg leg, scoped in SipView response)
    {
        if (response.Status >= 300)
        {
            Context.Outcomes.Fail(ref leg, new(leg.Method, response.Status));
            return;
        }

        Context.Metrics.Record(leg.Phase, Measure.SessionDisconnectDelay, Context.Now - leg.RequestDue);
        Context.Metrics.Of(leg.Phase).Sessions.Completed++;
        Context.Outcomes.Succeed(ref leg);
    }
}
