using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>The half of a client transaction that INVITE and non-INVITE share: the branch, and sending again.</summary>
internal abstract class ClientTransaction(ShardResources environment) : Transaction(environment)
{
    /// <summary>The branch that it put into its Via; the key is its unique half.</summary>
    public BranchId Branch { get; private set; }

    /// <summary>
    /// Where further 2xx to an INVITE go once its response context is done (RFC 6026 §7.2): they reach the caller even
    /// when the server transaction has ended.
    /// </summary>
    public Flow Upstream { get; private set; }

    /// <summary>Sends the request and starts the machine. The bytes are kept as long as they may be sent again.</summary>
    public void Begin(BranchId branch, SipMethod method, ReadOnlySpan<byte> request, in Flow destination)
    {
        Branch = branch;
        Key = branch.Unique;
        Method = method;
        Request = Environment.Pool.Keep(request);
        Peer = destination;
        CreatedTick = Environment.NowTick;
        RetransmitTicks = Timers.T1;
        Upstream = default;
        Environment.Send(Peer, request);
        OnBegin();
    }

    /// <summary>Lets go of the transaction user; further 2xx go straight to <paramref name="upstream"/>.</summary>
    public void SetUpstream(in Flow upstream)
    {
        User = null;
        Upstream = upstream;
    }

    /// <summary>Takes a response that matches by branch and CSeq method.</summary>
    public abstract TransactionVerdict Receive(SipMessage response);

    /// <summary>A timer of this transaction has fired.</summary>
    public abstract TransactionVerdict OnTimer(TimerKind kind);

    /// <summary>
    /// RFC 3261 §17.1.4, §16.9: the transport could not deliver what was sent last. True when that ends the transaction;
    /// in a state that sends nothing it cannot be about this transaction's present.
    /// </summary>
    public bool TryFail()
    {
        if (!SendsInThisState)
        {
            return false;
        }

        State = TransactionState.Terminated;
        return true;
    }

    /// <inheritdoc/>
    public override bool CanLinger => IsLingering && User is null && IsWaiting;

    /// <inheritdoc/>
    public override LingeringTransaction ToRecord() => base.ToRecord() with
    {
        Loop = Branch.Loop,
        Peer = Upstream,
    };

    /// <summary>Goes on where it rested.</summary>
    public void Restore(in LingeringTransaction record)
    {
        Branch = new BranchId(record.Key, record.Loop);
        Upstream = record.Peer;
        OnRestore(record);
    }

    /// <summary>True in the states of the figures that have an arrow "Transport Err.".</summary>
    protected abstract bool SendsInThisState { get; }

    /// <summary>Ends the machine without waiting for anything more.</summary>
    public void Abandon() => State = TransactionState.Terminated;

    /// <summary>True in the state in which it only waits for its last timer, always equally long, and sends nothing.</summary>
    protected abstract bool IsWaiting { get; }

    protected abstract void OnBegin();

    protected abstract void OnRestore(in LingeringTransaction record);

    protected void SendAgain()
    {
        Environment.Metrics.Retransmitted++;
        Environment.Send(Peer, Request!.Span);
    }
}
