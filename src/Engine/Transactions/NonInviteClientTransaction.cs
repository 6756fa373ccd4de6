using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// The non-INVITE client transaction (RFC 3261 §17.1.2, figure 6).
/// <code>
/// Trying --1xx--> Proceeding --2xx–6xx--> Completed --timer K--> Terminated
/// Trying, Proceeding --timer F--> Terminated
/// </code>
/// </summary>
internal sealed class NonInviteClientTransaction(ShardResources environment) : ClientTransaction(environment)
{
    protected override bool SendsInThisState => State is TransactionState.Trying or TransactionState.Proceeding;

    protected override bool IsWaiting => State == TransactionState.Completed && !Peer.IsReliable;

    protected override void OnRestore(in LingeringTransaction record) => Restore(record, TransactionState.Completed, TimerKind.K);

    protected override void OnBegin()
    {
        State = TransactionState.Trying;
        if (!Peer.IsReliable)
        {
            // RFC 3261 §17.1.2.2: Timer E is for unreliable transports, Timer F for any.
            Schedule(RetransmitTimer, TimerKind.E, RetransmitTicks);
        }

        Schedule(EndTimer, TimerKind.F, Timers.SixtyFourT1);
    }

    /// <inheritdoc/>
    public override TransactionVerdict Receive(SipMessage response)
    {
        if (State is not (TransactionState.Trying or TransactionState.Proceeding))
        {
            return TransactionVerdict.Absorbed;
        }

        if (response.StatusCode < 200)
        {
            // RFC 3261 §17.1.2.2: retransmissions go on, at T2, until a final response.
            State = TransactionState.Proceeding;
            return TransactionVerdict.PassUp;
        }

        State = TransactionState.Completed;
        Settle();
        ReleaseRequest();
        Environment.Wheel.Cancel(RetransmitTimer);
        Schedule(EndTimer, TimerKind.K, UnlessReliable(Timers.T4));
        return TransactionVerdict.PassUp;
    }

    /// <inheritdoc/>
    public override TransactionVerdict OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.E:
                RetransmitTicks = State == TransactionState.Proceeding ? Timers.T2 : Math.Min(2 * RetransmitTicks, Timers.T2);
                Schedule(RetransmitTimer, TimerKind.E, RetransmitTicks);
                SendAgain();
                return TransactionVerdict.Absorbed;
            case TimerKind.F:
                State = TransactionState.Terminated;
                return TransactionVerdict.TimedOut;
            default:
                State = TransactionState.Terminated;
                return TransactionVerdict.Terminated;
        }
    }
}
