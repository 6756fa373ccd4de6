using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>The half of a client transaction that INVITE and non-INVITE share: the branch, and sending again.</summary>
internal abstract class ClientTransaction(ShardResources environment) : Transaction(environment)
{
    private ulong _dialogs;

    /// <summary>The branch that it put into its Via; the key is its unique half.</summary>
    public BranchId Branch { get; private set; }

    /// <summary>
    /// Where further 2xx to an INVITE go once its response context is done (RFC 6026 §7.2): they reach the caller even
    /// when the server transaction has ended.
    /// </summary>
    public Flow Upstream { get; private set; }

    /// <summary>
    /// Notes the dialog that a 2xx of this branch belongs to. False when one has told of it before. It is kept as 16 bits
    /// of its id, and the last four are known: more callees downstream do not answer one branch.
    /// </summary>
    public bool TryAddDialog(ulong id)
    {
        const int markBits = 16;
        var mark = (id & ushort.MaxValue) | 1;
        for (var known = _dialogs; known != 0; known >>= markBits)
        {
            if ((known & ushort.MaxValue) == mark)
            {
                return false;
            }
        }

        _dialogs = (_dialogs << markBits) | mark;
        return true;
    }

    /// <summary>
    /// Takes the request and starts the machine; <see cref="Send"/> is the next call. The bytes are kept as long as they
    /// may be sent again.
    /// </summary>
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
        _dialogs = 0;
        OnBegin();
    }

    /// <summary>
    /// Sends the request for the first time. It is a call of its own, so that a transaction is in its table and known to
    /// its user before anything can go wrong.
    /// </summary>
    public void Send() => Environment.Send(Peer, Request!.Span);

    /// <summary>Lets go of the transaction user; further 2xx go straight to <paramref name="upstream"/>.</summary>
    public void SetUpstream(in Flow upstream)
    {
        User = null;
        Upstream = upstream;
    }

    /// <summary>
    /// A response that is kept takes the place of the request that was sent. With no memory left it may not be longer;
    /// its sender, or the client that asks again, repeats it. A 2xx to an INVITE is never kept.
    /// </summary>
    public bool HasRoomFor(SipMessage response) =>
        Environment.Budget.HasRoom
        || (Method == SipMethod.Invite && response.StatusCode is >= 200 and < 300)
        || response.Bytes.Length <= (Request?.Buffer.Length ?? 0);

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
        Dialogs = _dialogs,
    };

    /// <summary>Goes on where it rested.</summary>
    public void Restore(in LingeringTransaction record)
    {
        Branch = new BranchId(record.Key, record.Loop);
        Upstream = record.Peer;
        _dialogs = record.Dialogs;
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
