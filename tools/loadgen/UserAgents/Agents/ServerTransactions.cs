using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>
/// What a leg answers. An INVITE's final response is repeated until its ACK comes (RFC 3261 §13.3.1.4, timers G and H);
/// all other requests are answered without state, so the same request gets the same answer.
/// </summary>
internal sealed class ServerTransactions(AgentContext context)
{
    private readonly AgentSettings _settings = context.Settings;
    private readonly byte[] _head = new byte[65_536 + ResponseHead.Extra];

    /// <summary>Keeps what the responses to a request are made of; it is the last part of the leg's text.</summary>
    public HeadParts Receive(ref Leg leg, scoped in SipView request, in Peer source)
    {
        leg.TextLength = leg.Head.IsEmpty ? leg.TextLength : leg.Head.Start;
        Span<byte> tag = stackalloc byte[LegToken.Length];
        _settings.Token.Write(tag, leg.Id);
        var parts = ResponseHead.Write(_head, request, source, tag);
        leg.Head = context.Legs.Append(ref leg, _head.AsSpan(0, parts.Length));
        leg.ResponseTo = ViaSentBy.ResponseTo(request, source);
        leg.RemoteCSeq = request.CSeq;
        leg.Server = ServerState.Proceeding;
        leg.Status = 0;
        return parts;
    }

    /// <summary>Sends a response; one to an INVITE that is final is repeated from now on.</summary>
    public void Respond(ref Leg leg, int status)
    {
        leg.Status = (short)status;
        Send(leg);
        if (status >= 200 && leg.Kind == LegKind.Callee)
        {
            leg.Server = status < 300 ? ServerState.Accepted : ServerState.Completed;
            leg.ServerInterval = _settings.T1;
            leg.ServerDeadline = context.Now + (64L * _settings.T1);
            context.Schedule(ref leg, LegTimer.Transaction, context.Now + leg.ServerInterval);
        }
    }

    /// <summary>The request came again: so does the response.</summary>
    public void ReceiveAgain(ref Leg leg)
    {
        context.Metrics.Of(leg.Phase).RetransmissionsReceived++;
        if (leg.Status != 0)
        {
            Send(leg);
        }
    }

    /// <summary>Timer G and the repetition of a 2xx. False when no ACK came for 64·T1 (timer H).</summary>
    public bool Repeat(ref Leg leg)
    {
        if (context.Now >= leg.ServerDeadline)
        {
            leg.Server = ServerState.Confirmed;
            return false;
        }

        Send(leg);
        context.Metrics.Retransmit(leg.Phase, leg.Status < 300 ? PhaseCounters.SuccessAgain : PhaseCounters.FailureAgain);
        leg.ServerInterval = Math.Min(2 * leg.ServerInterval, _settings.T2);
        context.Schedule(ref leg, LegTimer.Transaction, Math.Min(context.Now + leg.ServerInterval, leg.ServerDeadline));
        return true;
    }

    /// <summary>The ACK came. False when it had come before.</summary>
    public bool Acknowledge(ref Leg leg)
    {
        if (leg.Server is not (ServerState.Accepted or ServerState.Completed))
        {
            return false;
        }

        leg.Server = ServerState.Confirmed;
        context.Cancel(ref leg, LegTimer.Transaction);
        return true;
    }

    /// <summary>Answers without keeping anything; the To tag, if there is none yet, is that of a leg or of nobody.</summary>
    public void RespondStateless(Side side, int phase, scoped in SipView request, in Peer source, int status, ulong leg = 0)
    {
        Span<byte> tag = stackalloc byte[LegToken.Length];
        _settings.Token.Write(tag, leg != 0 ? leg : BranchTable.KeyOf(request[request.Branch]));
        var parts = ResponseHead.Write(_head, request, source, tag);
        var values = new SlotValues { Head = _head.AsSpan(0, parts.Length) };
        var responses = _settings.Responses[(int)side];
        var template = request.Method == Method.Subscribe && status == 200 ? responses.Unsubscribed : responses.Plain(status);
        var length = template.Render(context.Datagrams.Room(side), values);
        context.Send(side, length, ViaSentBy.ResponseTo(request, source), phase);
    }

    private void Send(in Leg leg)
    {
        var responses = _settings.Responses[(int)leg.Side];
        var template = (leg.Status, leg.Kind) switch
        {
            (180, _) => responses.Ringing,
            (183, _) => responses.SessionProgress,
            (200, LegKind.Callee) => responses.Answer,
            (200, LegKind.Notifier) => responses.Subscribed,
            _ => responses.Plain(leg.Status),
        };
        var values = new SlotValues
        {
            Head = context.Legs.Text(leg, leg.Head),
            User = context.Legs.Text(leg, leg.User),
            Number = leg.Number,
        };
        context.Send(leg.Side, template.Render(context.Datagrams.Room(leg.Side), values), leg.ResponseTo, leg.Phase);
    }
}
