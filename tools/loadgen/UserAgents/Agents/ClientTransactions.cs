using ImsSipFast.LoadGen.Auth;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>
/// The client transactions of RFC 3261 §17.1 over UDP, one under way per leg, beside which a CANCEL may run. What a
/// completed one would still do (acknowledge a repeated final response) needs nothing but that response.
/// </summary>
internal sealed class ClientTransactions(AgentContext context, Requests requests, Dialogs dialogs)
{
    private const int MostChallenges = 2;

    private readonly AgentSettings _settings = context.Settings;

    /// <summary>Sends a new request that was due at a time.</summary>
    public void Start(ref Leg leg, Method method, long due)
    {
        leg.CSeq++;
        leg.Transaction++;
        leg.RequestDue = due;
        if (!leg.Challenge.IsEmpty)
        {
            leg.NonceCount++;
        }

        if (method == Method.Invite)
        {
            leg.InviteState = ClientState.Calling;
            leg.InviteTransaction = leg.Transaction;
            leg.InviteCSeq = leg.CSeq;
            leg.InviteNonceCount = leg.NonceCount;
        }

        Begin(ref leg, method);
    }

    /// <summary>Sends a CANCEL for the INVITE under way: the same branch and CSeq number (RFC 3261 §9.1).</summary>
    public void StartCancel(ref Leg leg, long due)
    {
        leg.Transaction = leg.InviteTransaction;
        leg.CSeq = leg.InviteCSeq;
        leg.RequestDue = due;
        Begin(ref leg, Method.Cancel);
    }

    /// <summary>Timers A and E: sends again. False when timer B or F has fired: the transaction is over.</summary>
    public bool Repeat(ref Leg leg)
    {
        if (context.Now >= leg.Deadline)
        {
            leg.State = ClientState.Completed;
            return false;
        }

        requests.Send(ref leg);
        context.Metrics.Retransmit(leg.Phase, (int)leg.Method);
        leg.Interval = leg.Method == Method.Invite ? 2 * leg.Interval
            : leg.State == ClientState.Proceeding ? _settings.T2 : Math.Min(2 * leg.Interval, _settings.T2);
        context.Schedule(ref leg, LegTimer.Transaction, Math.Min(context.Now + leg.Interval, leg.Deadline));
        return true;
    }

    /// <summary>A provisional response: an INVITE is not sent again, other requests only each T2.</summary>
    public void Proceed(ref Leg leg)
    {
        leg.State = ClientState.Proceeding;
        if (leg.Method == Method.Invite)
        {
            leg.InviteState = ClientState.Proceeding;
            leg.Deadline = context.Now + _settings.Ring + Patience;
            context.Schedule(ref leg, LegTimer.Transaction, leg.Deadline);
        }
    }

    /// <summary>A final response: no more is sent.</summary>
    public void Complete(ref Leg leg)
    {
        leg.State = ClientState.Completed;
        context.Cancel(ref leg, LegTimer.Transaction);
    }

    /// <summary>Answers a challenge with the same request and credentials (RFC 3261 §22.2). False when it cannot.</summary>
    public bool TryAnswerChallenge(ref Leg leg, scoped in SipView response)
    {
        if (response.Status is not (401 or 407) || _settings.Plan.Password is null || leg.Challenged >= MostChallenges)
        {
            return false;
        }

        for (var i = 0; i < response.Challenges.Count; i++)
        {
            var challenge = response[response.Challenges[i]];
            if (DigestChallenge.TryRead(challenge, out _))
            {
                dialogs.KeepChallenge(ref leg, response.Status == 407, challenge);
                leg.Challenged++;
                leg.NonceCount = 0;
                Start(ref leg, leg.Method, leg.RequestDue);
                return true;
            }
        }

        return false;
    }

    /// <summary>Microseconds for which a request is sent again.</summary>
    public long Patience => 64L * _settings.T1;

    private void Begin(ref Leg leg, Method method)
    {
        leg.Method = method;
        leg.State = ClientState.Calling;
        leg.Interval = _settings.T1;
        leg.Deadline = context.Now + Patience;
        requests.Send(ref leg);
        context.Schedule(ref leg, LegTimer.Transaction, context.Now + leg.Interval);
    }
}
