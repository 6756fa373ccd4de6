using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// The non-INVITE server transaction (RFC 3261 §17.2.2, figure 8, with RFC 4320 §4).
/// <code>
/// Trying --1xx--> Proceeding --2xx–6xx--> Completed --timer J--> Terminated
/// </code>
/// </summary>
internal sealed class NonInviteServerTransaction(ShardResources environment) : ServerTransaction(environment)
{
    // Without a final response the wait is one of its own; on a reliable flow there is none.
    protected override bool IsWaiting => State == TransactionState.Completed && HasFinal && !Peer.IsReliable;

    protected override void OnRestore(in LingeringTransaction record) => Restore(record, TransactionState.Completed, TimerKind.J);

    protected override void OnBegin()
    {
        State = TransactionState.Trying;

        // RFC 4320 §4.1: over UDP no 100 before the client's Timer E has reached T2, and one without fail then,
        // whatever the transport.
        Schedule(RetransmitTimer, TimerKind.NonInviteTrying, Timers.NonInviteTrying);
    }

    /// <inheritdoc/>
    public override void Respond(int statusCode, ReadOnlySpan<byte> response)
    {
        if (State is not (TransactionState.Trying or TransactionState.Proceeding))
        {
            return;
        }

        // The machine moves before it sends: an exception of the sender leaves it where its timers end it.
        State = TransactionState.Proceeding;
        if (statusCode >= 200)
        {
            Complete(Timers.SixtyFourT1);
        }

        Transmit(statusCode, response, keep: true);
    }

    /// <summary>
    /// Ends without a final response: RFC 4320 §4.2 forbids the 408. The request is absorbed as long as its sender may
    /// repeat it, and then for T4, the longest that a message stays in the network.
    /// </summary>
    public void EndSilently() => Complete(Timers.T4 + Math.Max(0, CreatedTick + Timers.SixtyFourT1 - Environment.NowTick));

    /// <inheritdoc/>
    public override TransactionVerdict Receive(SipMethod method)
    {
        if (State is TransactionState.Proceeding or TransactionState.Completed)
        {
            Retransmit();
        }

        return TransactionVerdict.Absorbed;
    }

    /// <inheritdoc/>
    public override TransactionVerdict OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.NonInviteTrying)
        {
            return State == TransactionState.Trying ? TransactionVerdict.TryingDue : TransactionVerdict.Absorbed;
        }

        Terminate();
        return TransactionVerdict.Terminated;
    }

    private void Complete(long lingerTicks)
    {
        State = TransactionState.Completed;
        Settle();
        Environment.Wheel.Cancel(RetransmitTimer);
        Schedule(EndTimer, TimerKind.J, UnlessReliable(lingerTicks));
    }
}
