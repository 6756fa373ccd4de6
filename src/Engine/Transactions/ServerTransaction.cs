using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>The half of a server transaction that INVITE and non-INVITE share: identity, responses, retransmission.</summary>
internal abstract class ServerTransaction(ShardResources environment) : Transaction(environment)
{
    private RawMessage? _lastResponse;
    private Slice _branch;
    private Slice _sentByHost;
    private int _sentByPort;
    private bool _hasCookie;

    /// <summary>Hash of Call-ID, From tag and CSeq number of its request.</summary>
    public ulong CallKey { get; private set; }

    /// <summary>The way the request came, for received and rport in responses of our own.</summary>
    public Flow Source { get; private set; }

    /// <summary>Status code of the last response sent, 0 before any.</summary>
    public int LastStatus { get; private set; }

    /// <summary>The last response as sent; empty before any, and for a 2xx to an INVITE.</summary>
    public ReadOnlySpan<byte> LastResponse => _lastResponse is { } kept ? kept.Span : default;

    /// <summary>RFC 3261 §17.2.3: an ACK without the cookie has the To tag of the response that it acknowledges.</summary>
    public bool HasAnsweredWith(ReadOnlySpan<byte> toTag, SipMessage view)
    {
        if (_lastResponse is { } kept)
        {
            SipParser.TryParse(kept.Buffer, kept.Length, view);
            return view[view.ToTag].SequenceEqual(toTag);
        }

        // A 2xx is not kept: which of several it acknowledges is for the callee to tell.
        return true;
    }

    /// <summary>True once a final response has gone out.</summary>
    public bool HasFinal => LastStatus >= 200;

    /// <summary>Takes the request in. The bytes are kept: they are needed for responses of our own and further targets.</summary>
    public void Begin(in RequestKey key, SipMessage request, ReadOnlySpan<byte> datagram, in Flow source, in Flow replyTo)
    {
        Key = key.Hop;
        CallKey = key.Call;
        Method = request.Method;
        Request = Environment.Pool.Keep(datagram);
        _branch = request.TopVia.Branch;
        _sentByHost = request.TopVia.Host;
        _sentByPort = request.TopVia.Port;
        _hasCookie = request.TopVia.HasCookie(request.Bytes);
        Source = source;
        Peer = replyTo;
        CreatedTick = Environment.NowTick;
        LastStatus = 0;
        OnBegin();
    }

    /// <summary>
    /// RFC 3261 §17.2.3: branch and sent-by are those of the request that made this transaction. The branch is a
    /// token and so compared without regard to case. Once it is settled it may have given its bytes back: there the
    /// keyed 64-bit hash of the same values, under which it was found, decides alone.
    /// </summary>
    public bool HasSameBranch(SipMessage request)
    {
        if (Request is null)
        {
            return true;
        }

        var kept = Request.Span;
        ref readonly var via = ref request.TopVia;
        return via.Port == _sentByPort
            && Ascii.EqualsIgnoreCase(request[via.Branch], _branch.Of(kept))
            && Ascii.EqualsIgnoreCase(request[via.Host], _sentByHost.Of(kept));
    }

    /// <summary>Sends a response of the transaction user and moves the machine on.</summary>
    public abstract void Respond(int statusCode, ReadOnlySpan<byte> response);

    /// <summary>Takes a retransmission of the request, or an ACK.</summary>
    public abstract TransactionVerdict Receive(SipMethod method);

    /// <summary>A timer of this transaction has fired.</summary>
    public abstract TransactionVerdict OnTimer(TimerKind kind);

    /// <summary>
    /// Without the cookie, or with a method that we do not know by name, it takes the request itself to tell a
    /// retransmission from another request.
    /// </summary>
    public override bool CanLinger => IsLingering && User is null && IsWaiting && _hasCookie && Method != SipMethod.Unknown;

    /// <inheritdoc/>
    public override LingeringTransaction ToRecord() => base.ToRecord() with
    {
        Call = CallKey,
        Peer = Peer,
        Status = (ushort)LastStatus,
        ResponseLength = LastResponse.Length,
    };

    /// <summary>Goes on where it rested.</summary>
    public void Restore(in LingeringTransaction record, ReadOnlySpan<byte> response)
    {
        CallKey = record.Call;
        Peer = record.Peer;
        LastStatus = record.Status;
        _lastResponse = response.IsEmpty ? null : Environment.Pool.Keep(response);
        _hasCookie = true;
        OnRestore(record);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Replace(ref _lastResponse, null);
        base.Release();
    }

    /// <summary>True in the state in which it only waits for its last timer, always equally long.</summary>
    protected abstract bool IsWaiting { get; }

    protected abstract void OnBegin();

    protected abstract void OnRestore(in LingeringTransaction record);

    protected void Transmit(int statusCode, ReadOnlySpan<byte> response, bool keep)
    {
        LastStatus = statusCode;
        Replace(ref _lastResponse, keep ? Environment.Pool.Keep(response) : null);
        Environment.Send(Peer, response);
    }

    protected void Retransmit()
    {
        if (_lastResponse is { } kept)
        {
            Environment.Metrics.Retransmitted++;
            Environment.Send(Peer, kept.Span);
        }
    }

    /// <summary>The last response has gone out without being kept.</summary>
    protected bool HasUnkeptResponse => LastStatus > 0 && _lastResponse is null;

    protected void Terminate() => State = TransactionState.Terminated;
}
