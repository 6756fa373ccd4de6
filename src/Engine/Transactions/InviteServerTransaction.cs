using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// The INVITE server transaction (RFC 3261 §17.2.1, figure 7, with the Accepted state of RFC 6026 §7.1).
/// <code>
/// Proceeding --1xx--> Proceeding   --2xx--> Accepted  --timer L--> Terminated
///            --3xx–6xx--> Completed --ACK--> Confirmed --timer I--> Terminated
///                                   --timer H (no ACK)--------------> Terminated
/// </code>
/// </summary>
internal sealed class InviteServerTransaction(ShardResources environment) : ServerTransaction(environment)
{
    protected override bool IsWaiting => State == TransactionState.Accepted;

    protected override void OnBegin() => State = TransactionState.Proceeding;

    protected override void OnRestore(in LingeringTransaction record) => Restore(record, TransactionState.Accepted, TimerKind.L);

    // The machine moves before it sends: an exception of the sender leaves it where its timers end it.

    /// <inheritdoc/>
    public override void Respond(int statusCode, ReadOnlySpan<byte> response)
    {
        switch (State)
        {
            case TransactionState.Proceeding when statusCode < 200:
                // A 100 is written again from the kept request when it is asked for; so it is in place of any other 1xx
                // when no more can be kept.
                Transmit(statusCode, response, keep: statusCode != 100 && Environment.Budget.HasRoom);
                break;

            // RFC 6026 §8.5: in Accepted the retransmissions are the UAS's; each 2xx is passed on, none is kept.
            case TransactionState.Proceeding when statusCode < 300:
                State = TransactionState.Accepted;
                Settle();
                ReleaseRequest();
                Schedule(EndTimer, TimerKind.L, Timers.SixtyFourT1);
                Transmit(statusCode, response, keep: false);
                break;
            case TransactionState.Accepted when statusCode is >= 200 and < 300:
                Transmit(statusCode, response, keep: false);
                break;
            case TransactionState.Proceeding:
                State = TransactionState.Completed;
                RetransmitTicks = Timers.T1;
                if (!Peer.IsReliable)
                {
                    // RFC 3261 §17.2.1: Timer G is for unreliable transports; the ACK is waited for on any.
                    Schedule(RetransmitTimer, TimerKind.G, RetransmitTicks);
                }

                Schedule(EndTimer, TimerKind.H, Timers.SixtyFourT1);
                Transmit(statusCode, response, keep: true);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override TransactionVerdict Receive(SipMethod method) =>
        method == SipMethod.Ack ? ReceiveAck() : ReceiveRetransmission();

    /// <inheritdoc/>
    public override TransactionVerdict OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.G:
                // RFC 3261 §17.2.1: MIN(2*T1, T2), so 0.5, 1, 2, 4, 4 … s.
                RetransmitTicks = Math.Min(2 * RetransmitTicks, Timers.T2);
                Schedule(RetransmitTimer, TimerKind.G, RetransmitTicks);
                Retransmit();
                return TransactionVerdict.Absorbed;
            case TimerKind.H:
                Terminate();
                return TransactionVerdict.NoAck;
            default:
                Terminate();
                return TransactionVerdict.Terminated;
        }
    }

    private TransactionVerdict ReceiveAck()
    {
        switch (State)
        {
            case TransactionState.Completed:
                State = TransactionState.Confirmed;
                Settle();
                Environment.Wheel.Cancel(RetransmitTimer);
                Schedule(EndTimer, TimerKind.I, UnlessReliable(Timers.T4));
                return TransactionVerdict.Absorbed;

            // An ACK for a 2xx with the branch of its INVITE, as RFC 2543 elements send it: RFC 6026 §8.7 passes it on.
            case TransactionState.Accepted:
                return TransactionVerdict.PassUp;
            default:
                return TransactionVerdict.Absorbed;
        }
    }

    private TransactionVerdict ReceiveRetransmission()
    {
        // RFC 3261 §17.2.1: the most recent provisional in Proceeding, the final in Completed; RFC 6026 §7.1: nothing
        // in Accepted.
        if (State == TransactionState.Proceeding && HasUnkeptResponse)
        {
            return TransactionVerdict.TryingDue;
        }

        if (State is TransactionState.Proceeding or TransactionState.Completed)
        {
            Retransmit();
        }

        return TransactionVerdict.Absorbed;
    }
}
