using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>The called end of a session: rings, answers or refuses, and perhaps hangs up.</summary>
internal sealed class CalleeFlow(AgentContext context) : Flow(context)
{
    private readonly AgentSettings _settings = context.Settings;

    /// <summary>The INVITE has been received into the leg, and what the caller drew for the call copied.</summary>
    public override void Begin(ref Leg leg)
    {
        if (leg.Profile == Profile.Busy)
        {
            Context.Servers.Respond(ref leg, 486);
            return;
        }

        Context.Servers.Respond(ref leg, leg.Has(LegFlags.EarlyMedia) ? 183 : 180);
        if (leg.Profile == Profile.Cancel || (leg.Has(LegFlags.Fork) && !Answers(leg)))
        {
            Guard(ref leg, _settings.Ring);
        }
        else if (_settings.Ring == 0)
        {
            Context.Servers.Respond(ref leg, 200);
        }
        else
        {
            Context.Schedule(ref leg, LegTimer.Pace, Context.Now + _settings.Ring);
        }
    }

    public override void Acknowledged(ref Leg leg)
    {
        if (!Context.Servers.Acknowledge(ref leg))
        {
            Context.Metrics.Of(leg.Phase).RetransmissionsReceived++;
            return;
        }

        if (leg.Status >= 300)
        {
            Context.Free(ref leg);
            return;
        }

        var reInviteIsNext = leg.Has(LegFlags.ReInvite) && !leg.Has(LegFlags.ReInvited);
        if (!leg.Has(LegFlags.CalleeHangsUp) || reInviteIsNext)
        {
            Guard(ref leg, _settings.Hold);
            return;
        }

        var hold = leg.Has(LegFlags.ReInvite) ? _settings.Hold / 2 : _settings.Hold;
        if (hold == 0)
        {
            Context.Clients.Start(ref leg, Method.Bye, Context.Now);
        }
        else
        {
            Context.Schedule(ref leg, LegTimer.Pace, Context.Now + hold);
        }
    }

    /// <summary>RFC 3261 §13.3.1.4: a dialog whose 2xx nobody acknowledges is ended.</summary>
    public override void NotAcknowledged(ref Leg leg)
    {
        if (leg.Status < 300)
        {
            Context.Clients.Start(ref leg, Method.Bye, Context.Now);
        }
        else
        {
            Context.Free(ref leg);
        }
    }

    public override void Request(ref Leg leg, scoped in SipView request, in Peer source)
    {
        switch (request.Method)
        {
            case Method.Bye:
                Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 200);
                Context.Free(ref leg);
                break;
            case Method.Invite when request.CSeq == leg.RemoteCSeq:
                Context.Servers.ReceiveAgain(ref leg);
                break;
            case Method.Invite when request.CSeq > leg.RemoteCSeq && leg.Server == ServerState.Confirmed:
                leg.Flags |= LegFlags.ReInvited;
                Context.Cancel(ref leg, LegTimer.Pace);
                var head = Context.Servers.Receive(ref leg, request, source);
                Dialogs.KeepParties(ref leg, head);
                Context.Servers.Respond(ref leg, 200);
                break;
            case Method.Invite:
                // RFC 3261 §14.2: the one before is not over.
                Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 500);
                break;
            default:
                base.Request(ref leg, request, source);
                break;
        }
    }

    /// <summary>A CANCEL of its INVITE (RFC 3261 §9.2).</summary>
    public void Cancel(ref Leg leg, scoped in SipView request, in Peer source)
    {
        Context.Servers.RespondStateless(leg.Side, leg.Phase, request, source, 200, leg.Id);
        if (leg.Server == ServerState.Proceeding)
        {
            Context.Cancel(ref leg, LegTimer.Pace);
            Context.Servers.Respond(ref leg, 487);
        }
    }

    public override void Paced(ref Leg leg, long due)
    {
        var answers = leg.Profile == Profile.Call || (leg.Has(LegFlags.Fork) && Answers(leg));
        if (leg.Server == ServerState.Proceeding && answers)
        {
            Context.Servers.Respond(ref leg, 200);
        }
        else if (leg.Server == ServerState.Proceeding)
        {
            Context.Servers.Respond(ref leg, 487);
        }
        else if (leg.Has(LegFlags.CalleeHangsUp) && leg.Method != Method.Bye)
        {
            Context.Clients.Start(ref leg, Method.Bye, due);
        }
        else
        {
            Context.Free(ref leg);
        }
    }

    /// <summary>The response to its BYE; the caller knows what became of the call.</summary>
    public override void Final(ref Leg leg, scoped in SipView response)
    {
        if (response.Status < 300)
        {
            Context.Metrics.Record(leg.Phase, Results.Measure.SessionDisconnectDelay, Context.Now - leg.RequestDue);
        }

        Context.Free(ref leg);
    }

    public override void TimedOut(ref Leg leg) => Context.Free(ref leg);

    /// <summary>One contact of several answers, another one each call.</summary>
    private bool Answers(in Leg leg) => leg.ContactNumber == 1 + (int)(leg.Number % (uint)_settings.Plan.ForkContacts);

    /// <summary>Ends the leg when the caller is not heard of again.</summary>
    private void Guard(ref Leg leg, long expected) =>
        Context.Schedule(ref leg, LegTimer.Pace, Context.Now + expected + (2 * Context.Clients.Patience));
}
