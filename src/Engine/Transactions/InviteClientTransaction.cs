using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// The INVITE client transaction (RFC 3261 §17.1.1, figure 5, with the Accepted state of RFC 6026 §7.2).
/// <code>
/// Calling --1xx--> Proceeding --2xx--> Accepted  --timer M--> Terminated
///                             --3xx–6xx, ACK--> Completed --timer D--> Terminated
/// Calling --timer B--> Terminated
/// </code>
/// </summary>
internal sealed class InviteClientTransaction(ShardResources environment, SipMessage sentView) : ClientTransaction(environment)
{
    private RawMessage? _ack;

    // The INVITE, and in Completed the ACK.
    protected override bool SendsInThisState => State is TransactionState.Calling or TransactionState.Completed;

    protected override bool IsWaiting => State == TransactionState.Accepted;

    protected override void OnRestore(in LingeringTransaction record) => Restore(record, TransactionState.Accepted, TimerKind.M);

    protected override void OnBegin()
    {
        State = TransactionState.Calling;
        if (!Peer.IsReliable)
        {
            // RFC 3261 §17.1.1.2: Timer A is for unreliable transports, Timer B for any.
            Schedule(RetransmitTimer, TimerKind.A, RetransmitTicks);
        }

        Schedule(EndTimer, TimerKind.B, Timers.SixtyFourT1);
    }

    /// <inheritdoc/>
    public override TransactionVerdict Receive(SipMessage response) => State switch
    {
        TransactionState.Calling or TransactionState.Proceeding => ReceiveWhileOpen(response),
        TransactionState.Completed => ReceiveInCompleted(response),

        // RFC 6026 §7.2: every 2xx goes up, whether a retransmission or from another branch downstream; nothing else.
        TransactionState.Accepted when response.StatusCode is >= 200 and < 300 => TransactionVerdict.PassUp,
        _ => TransactionVerdict.Absorbed,
    };

    /// <inheritdoc/>
    public override TransactionVerdict OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.A:
                RetransmitTicks *= 2;
                Schedule(RetransmitTimer, TimerKind.A, RetransmitTicks);
                SendAgain();
                return TransactionVerdict.Absorbed;
            case TimerKind.B:
                State = TransactionState.Terminated;
                return TransactionVerdict.TimedOut;
            default:
                State = TransactionState.Terminated;
                return TransactionVerdict.Terminated;
        }
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Replace(ref _ack, null);
        base.Release();
    }

    private TransactionVerdict ReceiveWhileOpen(SipMessage response)
    {
        Environment.Wheel.Cancel(RetransmitTimer);
        Environment.Wheel.Cancel(EndTimer);
        if (response.StatusCode < 200)
        {
            State = TransactionState.Proceeding;
            return TransactionVerdict.PassUp;
        }

        if (response.StatusCode < 300)
        {
            // Nothing will be retransmitted, cancelled or acknowledged from here any more: the INVITE can go.
            State = TransactionState.Accepted;
            Settle();
            ReleaseRequest();
            Schedule(EndTimer, TimerKind.M, Timers.SixtyFourT1);
            return TransactionVerdict.PassUp;
        }

        State = TransactionState.Completed;
        Settle();
        Schedule(EndTimer, TimerKind.D, UnlessReliable(Timers.D));
        Acknowledge(response);
        return TransactionVerdict.PassUp;
    }

    private TransactionVerdict ReceiveInCompleted(SipMessage response)
    {
        if (response.StatusCode >= 300 && _ack is { } ack)
        {
            Environment.Send(Peer, ack.Span);
        }

        return TransactionVerdict.Absorbed;
    }

    private void Acknowledge(SipMessage response)
    {
        // RFC 3261 §17.1.1.3: the ACK is made from the INVITE as it was sent, and To from the response.
        SipParser.TryParse(Request!.Buffer, Request.Length, sentView);
        // It is much shorter than both, and kept for 32 s: it gets a buffer of its own size.
        var room = Environment.Pool.Rent(Math.Min(Request.Length + response.Bytes.Length, MessagePool.MaxCapacity));
        var writer = new SipWriter(room.Buffer);
        HopRequestWriter.WriteAck(ref writer, sentView, response);
        var ack = Environment.Pool.Keep(writer.Written);
        room.Return();
        Replace(ref _ack, ack);
        Environment.Recorder.Fwd(Peer, "ACK"u8, sentView[sentView.RequestUri], "17.1.1.3");
        ReleaseRequest();
        Environment.Send(Peer, ack.Span);
    }
}
