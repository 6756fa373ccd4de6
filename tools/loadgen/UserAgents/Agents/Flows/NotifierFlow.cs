using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>The end that accepts a subscription and notifies at once, as RFC 6665 §4.2.1.2 asks.</summary>
internal sealed class NotifierFlow(AgentContext context) : Flow(context)
{
    /// <summary>The SUBSCRIBE has been received into the leg.</summary>
    public override void Begin(ref Leg leg)
    {
        Context.Servers.Respond(ref leg, 200);
        if (leg.Number == 0)
        {
            leg.Flags |= LegFlags.Ending;
        }

        Context.Clients.Start(ref leg, Method.Notify, Context.Now);
        Context.Schedule(ref leg, LegTimer.Pace, Context.Now + (4 * Context.Clients.Patience));
    }

    public override void Request(ref Leg leg, scoped in SipView request, in Peer source)
    {
        if (request.Method != Method.Subscribe)
        {
            base.Request(ref leg, request, source);
        }
        else if (request.CSeq <= leg.RemoteCSeq)
        {
            Context.Servers.ReceiveAgain(ref leg);
        }
        else
        {
            leg.Number = ExpiresOf(request);
            Dialogs.KeepParties(ref leg, Context.Servers.Receive(ref leg, request, source));
            Begin(ref leg);
        }
    }

    public override void Final(ref Leg leg, scoped in SipView response)
    {
        if (leg.Has(LegFlags.Ending) || response.Status >= 300)
        {
            Context.Free(ref leg);
        }
    }

    public override void TimedOut(ref Leg leg) => Context.Free(ref leg);

    /// <summary>What is asked for, in seconds.</summary>
    public static uint ExpiresOf(scoped in SipView request) => Digits.TryRead(request[request.Expires], out var seconds) ? seconds : 3600;
}
