using ImsSipFast.LoadGen.Agents.Flows;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>Brings a request to its leg, or makes one for it.</summary>
internal sealed class RequestReceiver(AgentContext context, Flow[] flows, CalleeFlow callee)
{
    private readonly LegToken _token = context.Settings.Token;

    // What a call is that came from elsewhere, as behind a proxy that changes Call-IDs.
    private readonly Profile _otherwise = context.Settings.Plan.Mix
        .Select(share => share.Profile).Where(RunMetrics.IsSession).FirstOrDefault(Profile.Call);

    public void Receive(Side side, scoped in SipView request, in Peer source)
    {
        if (!request.ToTag.IsEmpty)
        {
            ReceiveInDialog(side, request, source);
            return;
        }

        switch (request.Method)
        {
            case Method.Invite or Method.Subscribe:
                ReceiveInitial(side, request, source);
                break;
            case Method.Cancel:
                ReceiveCancel(side, request, source);
                break;
            case Method.Message or Method.Options:
                CountIfAgain(request);
                context.Servers.RespondStateless(side, PhaseOf(request), request, source, 200);
                break;
            case Method.Ack:
                context.Metrics.Stray(Stray.ForeignDialog);
                break;
            default:
                context.Metrics.Stray(Stray.UnknownMethod);
                context.Servers.RespondStateless(side, context.Metrics.CurrentPhase, request, source, 405);
                break;
        }
    }

    private void ReceiveInDialog(Side side, scoped in SipView request, in Peer source)
    {
        var ours = _token.TryRead(request[request.ToTag], out var id) && context.Legs.WasMade(id);
        if (ours && context.Legs.IsLive(id))
        {
            ref var leg = ref context.Legs.At(LegTable.IndexOf(id));
            if (request.Method == Method.Ack)
            {
                flows[(int)leg.Kind].Acknowledged(ref leg);
            }
            else
            {
                flows[(int)leg.Kind].Request(ref leg, request, source);
            }

            return;
        }

        // A leg of ours that has ended: what ended it comes again, and gets the same answer.
        var repeats = ours && request.Method is Method.Bye or Method.Notify or Method.Subscribe or Method.Ack;
        if (repeats)
        {
            context.Metrics.Current.RetransmissionsReceived++;
        }
        else
        {
            context.Metrics.Stray(Stray.ForeignDialog);
        }

        if (request.Method != Method.Ack)
        {
            context.Servers.RespondStateless(side, context.Metrics.CurrentPhase, request, source, repeats ? 200 : 481);
        }
    }

    private void ReceiveInitial(Side side, scoped in SipView request, in Peer source)
    {
        var key = BranchTable.KeyOf(request[request.Branch]);
        var known = context.Branches.Find(key);
        if (known != 0)
        {
            context.Servers.ReceiveAgain(ref context.Legs.At(LegTable.IndexOf(known)));
            return;
        }

        var ours = _token.TryRead(request[request.CallId], out var caller) && context.Legs.WasMade(caller);
        if (ours && !context.Legs.IsLive(caller))
        {
            // A straggler of an attempt that is over: a call that nobody makes any more is not answered.
            context.Metrics.Current.RetransmissionsReceived++;
            return;
        }

        ref var leg = ref context.NewLeg(request.Method == Method.Invite ? LegKind.Callee : LegKind.Notifier, side);
        leg.Phase = (short)context.Metrics.CurrentPhase;
        leg.Profile = _otherwise;
        if (ours)
        {
            ref var attempt = ref context.Legs.At(LegTable.IndexOf(caller));
            leg.Profile = attempt.Profile;
            leg.Phase = attempt.Phase;
            leg.Flags = attempt.Flags & (LegFlags.CalleeHangsUp | LegFlags.EarlyMedia | LegFlags.ReInvite | LegFlags.Fork);
            leg.Number = attempt.Number;
        }

        KeepUser(ref leg, request);
        leg.BranchKey = key;
        context.Branches.Add(key, leg.Id);
        var spoken = context.Dialogs.Accept(ref leg, request);
        Dialogs.KeepParties(ref leg, context.Servers.Receive(ref leg, request, source));
        if (!spoken)
        {
            context.Metrics.Stray(Stray.NotUnderstood);
            context.Free(ref leg);
            return;
        }

        if (leg.Kind == LegKind.Notifier)
        {
            leg.Number = NotifierFlow.ExpiresOf(request);
        }

        flows[(int)leg.Kind].Begin(ref leg);
    }

    private void ReceiveCancel(Side side, scoped in SipView request, in Peer source)
    {
        var known = context.Branches.Find(BranchTable.KeyOf(request[request.Branch]));
        if (known != 0)
        {
            ref var leg = ref context.Legs.At(LegTable.IndexOf(known));
            if (leg.Kind == LegKind.Callee)
            {
                callee.Cancel(ref leg, request, source);
                return;
            }
        }

        // A CANCEL that comes again when its call is gone gets the 200 it got before.
        var repeats = _token.TryRead(request[request.CallId], out var caller) && context.Legs.WasMade(caller);
        context.Servers.RespondStateless(side, context.Metrics.CurrentPhase, request, source, repeats ? 200 : 481);
        if (repeats)
        {
            context.Metrics.Current.RetransmissionsReceived++;
        }
        else
        {
            context.Metrics.Stray(Stray.ForeignDialog);
        }
    }

    /// <summary>The user part that was called: the Contact of the answer. Its number after a dash is which contact of several.</summary>
    private void KeepUser(ref Leg leg, scoped in SipView request)
    {
        var uri = request[request.RequestUri];
        var start = uri.IndexOf((byte)':') + 1;
        var end = uri.IndexOf((byte)'@');
        var user = end > start ? uri[start..end] : default;
        leg.User = context.Legs.Append(ref leg, user);
        var dash = user.IndexOf((byte)'-');
        if (dash >= 0 && Digits.TryRead(user[(dash + 1)..], out var number))
        {
            leg.ContactNumber = (byte)number;
        }
    }

    private int PhaseOf(scoped in SipView request) =>
        _token.TryRead(request[request.CallId], out var caller) && context.Legs.IsLive(caller)
            ? context.Legs.At(LegTable.IndexOf(caller)).Phase : context.Metrics.CurrentPhase;

    private void CountIfAgain(scoped in SipView request)
    {
        if (_token.TryRead(request[request.CallId], out var caller) && context.Legs.WasMade(caller))
        {
            var live = context.Legs.IsLive(caller);
            ref var attempt = ref context.Legs.At(LegTable.IndexOf(caller));
            if (!live || attempt.Has(LegFlags.Notified))
            {
                context.Metrics.Of(live ? attempt.Phase : context.Metrics.CurrentPhase).RetransmissionsReceived++;
            }
            else
            {
                attempt.Flags |= LegFlags.Notified;
            }
        }
    }
}
