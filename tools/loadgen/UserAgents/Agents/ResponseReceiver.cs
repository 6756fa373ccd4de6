using ImsSipFast.LoadGen.Agents.Flows;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>Brings a response to its transaction (RFC 3261 §17.1.3) and on to the flow of its leg.</summary>
internal sealed class ResponseReceiver(AgentContext context, Flow[] flows)
{
    public void Receive(Side side, scoped in SipView response)
    {
        if (!context.Settings.Token.TryReadBranch(response[response.Branch], out var id, out var transaction)
            || !context.Legs.WasMade(id))
        {
            context.Metrics.Stray(Stray.ForeignResponse);
            return;
        }

        if (!context.Legs.IsLive(id))
        {
            context.Metrics.Response(context.Metrics.CurrentPhase, response.Method, response.Status);
            Again(side, context.Metrics.CurrentPhase, id, transaction, response, default);
            return;
        }

        ref var leg = ref context.Legs.At(LegTable.IndexOf(id));
        context.Metrics.Response(leg.Phase, response.Method, response.Status);
        if (response.Method == Method.Invite && transaction == leg.InviteTransaction)
        {
            ReceiveForInvite(ref leg, response);
        }
        else if (response.Method == leg.Method && transaction == leg.Transaction
            && leg.State is ClientState.Calling or ClientState.Proceeding)
        {
            ReceiveForOther(ref leg, response);
        }
        else
        {
            Again(side, leg.Phase, id, transaction, response, default);
        }
    }

    private void ReceiveForInvite(ref Leg leg, scoped in SipView response)
    {
        var flow = flows[(int)leg.Kind];
        var open = leg.InviteState is ClientState.Calling or ClientState.Proceeding;
        if (!open)
        {
            ReceiveAfterFinal(ref leg, response);
        }
        else if (response.Status < 200)
        {
            if (leg.Method == Method.Invite)
            {
                context.Clients.Proceed(ref leg);
            }

            flow.Provisional(ref leg, response);
        }
        else if (response.Status < 300)
        {
            leg.InviteState = ClientState.Accepted;
            context.Clients.Complete(ref leg);
            flow.Final(ref leg, response);
        }
        else
        {
            leg.InviteState = ClientState.Completed;
            context.Requests.AcknowledgeFailure(leg.Side, leg.Phase, leg.Id, leg.InviteTransaction, response);
            if (leg.Method == Method.Invite)
            {
                context.Clients.Complete(ref leg);
                if (context.Clients.TryAnswerChallenge(ref leg, response))
                {
                    return;
                }
            }

            flow.Final(ref leg, response);
        }
    }

    private void ReceiveForOther(ref Leg leg, scoped in SipView response)
    {
        var flow = flows[(int)leg.Kind];
        if (response.Status < 200)
        {
            context.Clients.Proceed(ref leg);
            flow.Provisional(ref leg, response);
            return;
        }

        context.Clients.Complete(ref leg);
        if (!context.Clients.TryAnswerChallenge(ref leg, response))
        {
            flow.Final(ref leg, response);
        }
    }

    private void ReceiveAfterFinal(ref Leg leg, scoped in SipView response)
    {
        var known = response.Status >= 300 || !leg.Has(LegFlags.InDialog)
            || context.Legs.Text(leg, leg.RemoteParty).SequenceEqual(response[response.To]);
        if (known || response.Status < 200)
        {
            Again(leg.Side, leg.Phase, leg.Id, leg.InviteTransaction, response, context.Requests.AckCredentials(leg));
            return;
        }

        EndSurplus(ref leg, response);
    }

    /// <summary>A 2xx of another called user agent.</summary>
    private void EndSurplus(ref Leg leg, scoped in SipView response)
    {
        var acknowledged = context.Requests.AcknowledgeSuccess(leg.Side, leg.Phase, leg.Id, leg.InviteTransaction, response, default);
        var key = BranchTable.KeyOf(response[response.ToTag]);
        if (!acknowledged || context.Branches.Find(key) != 0)
        {
            context.Metrics.Of(leg.Phase).RetransmissionsReceived++;
            return;
        }

        ref var surplus = ref context.NewLeg(LegKind.SurplusDialog, leg.Side);
        surplus.Phase = leg.Phase;
        surplus.Local = leg.Local;
        surplus.Remote = leg.Remote;
        surplus.CSeq = leg.CSeq;
        surplus.BranchKey = key;
        context.Branches.Add(key, surplus.Id);
        context.Dialogs.Confirm(ref surplus, response);
        flows[(int)LegKind.SurplusDialog].Begin(ref surplus);
    }

    /// <summary>A response to what is over: a final one to an INVITE gets its ACK again, whether its leg lives or not.</summary>
    private void Again(Side side, int phase, ulong leg, byte transaction, scoped in SipView response, ReadOnlySpan<byte> credentials)
    {
        if (response.Status < 200)
        {
            // A late provisional response says nothing that is not known.
            return;
        }

        context.Metrics.Of(phase).RetransmissionsReceived++;
        if (response.Method != Method.Invite)
        {
            return;
        }

        if (response.Status < 300)
        {
            context.Requests.AcknowledgeSuccess(side, phase, leg, transaction, response, credentials);
        }
        else
        {
            context.Requests.AcknowledgeFailure(side, phase, leg, transaction, response);
        }
    }
}
