using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// A request that is being proxied (RFC 3261 §16.6, §16.7): its server transaction, its branches without a final
/// response, and the best final response so far. It ends when the last branch has its final response and one has
/// gone upstream; what may come after that is the business of the transactions alone.
/// </summary>
internal sealed class ResponseContext
{
    private RawMessage? _best;
    private RawMessage? _challenges;
    private RawMessage? _cancelReasons;
    private int _countedOctets;

    // Made when a branch fails here: few contexts ever need it.
    private FailureList? _failures;

    /// <param name="core">The proxy core whose request it is.</param>
    /// <param name="maxTargets">Limit of the target set.</param>
    public ResponseContext(ProxyCore core, int maxTargets)
    {
        Core = core;
        Targets = new TargetSet(maxTargets);
        PendingTimer = new TimerNode(this);
    }

    /// <summary>The proxy core whose request it is.</summary>
    public ProxyCore Core { get; }

    /// <summary>The server transaction of the request.</summary>
    public ServerTransaction Server { get; private set; } = null!;

    /// <summary>Where the request may go.</summary>
    public TargetSet Targets { get; }

    /// <summary>Branches without a final response.</summary>
    public List<Branch> Open { get; } = new(1);

    /// <summary>True for an INVITE.</summary>
    public bool IsInvite => Server.Method == SipMethod.Invite;

    /// <summary>We are responsible for the Request-URI: further targets may be added (RFC 3261 §16.5).</summary>
    public bool IsResponsible { get; private set; }

    /// <summary>Max-Breadth of the request: what all branches together may use at a time.</summary>
    public int MaxBreadth { get; private set; }

    /// <summary>What is left of it beside the open branches.</summary>
    public int UnusedBreadth
    {
        get
        {
            var unused = MaxBreadth;
            foreach (var branch in Open)
            {
                unused -= branch.MaxBreadth;
            }

            return unused;
        }
    }

    /// <summary>True when there is something to be tried now: nothing rings any more, or a Contact of a 3xx, which waits for nothing.</summary>
    public bool HasNextGroup => !IsClosed && Targets.Tried < Targets.Count
        && (Open.Count == 0 || (Targets.IsRedirectNext && UnusedBreadth > 0));

    /// <summary>A final response has gone upstream.</summary>
    public bool FinalSent { get; set; }

    /// <summary>The caller has cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>No new branches: a 6xx or a 2xx has come, or the caller has cancelled (RFC 3261 §16.7 step 5).</summary>
    public bool IsClosed { get; set; }

    /// <summary>Of what the role has asked for before it decides about the request; 0 when it has decided.</summary>
    public long Ticket { get; set; }

    /// <summary>Longest life of a pending non-INVITE request.</summary>
    public TimerNode PendingTimer { get; }

    /// <summary>Status code of the best final response so far; 0 when there is none.</summary>
    public int BestStatus { get; private set; }

    /// <summary>Why the best so far is one that we made ourselves, or a 503 that stays on its hop; else none.</summary>
    public FailureReason Failure { get; private set; }

    /// <summary>What its branches failed of here, <see cref="Failure"/> first unless that is none.</summary>
    public FailureList Failures => _failures ??= new FailureList();

    /// <summary>The best final response as received.</summary>
    public RawMessage? Best => _best;

    /// <summary>The request asks for a sips URI: what it leads to does too (RFC 5630 §5.3).</summary>
    public bool IsSips { get; private set; }

    /// <summary>The final status because of which the other branches are cancelled: 2xx or 6xx; 0 for none.</summary>
    public int CancelStatus { get; set; }

    /// <summary>The Reason lines of the caller's CANCEL; empty when it had none or the caller did not cancel.</summary>
    public ReadOnlySpan<byte> CancelReasons => _cancelReasons is { } kept ? kept.Span : default;

    /// <summary>Header lines of all challenges seen; empty when there was none.</summary>
    public ReadOnlySpan<byte> Challenges => _challenges is { } kept ? kept.Span : default;

    /// <summary>Whether it came within a dialog.</summary>
    public DialogPlace Place { get; private set; }

    /// <summary>Begins a context for a request.</summary>
    public void Begin(ServerTransaction server, int maxBreadth, bool isSips, DialogPlace place)
    {
        Server = server;
        server.User = this;
        IsResponsible = false;
        Ticket = 0;
        MaxBreadth = maxBreadth;
        IsSips = isSips;
        Place = place;
        FinalSent = IsCancelled = IsClosed = false;
        BestStatus = CancelStatus = 0;
        Failure = FailureReason.None;
        _failures?.Clear();
    }

    /// <summary>The targets are known; their octets count as kept until <see cref="Release"/>.</summary>
    public void SetPlaced(bool isResponsible, MemoryBudget budget)
    {
        IsResponsible = isResponsible;
        _countedOctets = Targets.Octets;
        budget.Add(_countedOctets);
    }

    /// <summary>Gives back what is kept.</summary>
    public void Release(MemoryBudget budget)
    {
        budget.Add(-_countedOctets);
        _countedOctets = 0;
        Server.User = null;
        _best?.Return();
        _challenges?.Return();
        _cancelReasons?.Return();
        _best = _challenges = _cancelReasons = null;
        Targets.Clear();
        Open.Clear();
    }

    /// <summary>
    /// A branch failed here, without an answer that can be passed on: 404, 408, 480, 502 or 503. What a callee has really
    /// answered tells the caller more than our silence, so it is never displaced by one of these; RFC 3261 §16.7 step 6 with
    /// §16.8 would have a 408 before a 5xx (CONFORMANCE.md).
    /// </summary>
    public void AddOwn(int statusCode, FailureReason reason, ReadOnlySpan<byte> host)
    {
        var isBest = BestStatus == 0 || (_best is null && BestResponse.RankOf(statusCode) < BestResponse.RankOf(BestStatus));
        if (reason != FailureReason.None)
        {
            Failures.Add(reason, host, isBest);
        }

        if (isBest)
        {
            BestStatus = statusCode;
            Failure = reason;
        }
    }

    /// <summary>RFC 3261 §16.7 step 4: takes a final response of a branch in.</summary>
    public void Add(SipMessage response, MessagePool pool)
    {
        if (response.StatusCode is 401 or 407)
        {
            KeepChallenges(response, pool);
        }

        if (_best is null || BestResponse.RankOf(response.StatusCode) < BestResponse.RankOf(BestStatus))
        {
            _best?.Return();
            _best = pool.Keep(response.Bytes);
            BestStatus = response.StatusCode;
            Failure = FailureReason.None;
            if (BestStatus == 503)
            {
                Failure = FailureReason.NextHopUnavailable;
                Failures.Add(Failure, default, isFirst: true);
            }
        }
    }

    /// <summary>
    /// RFC 3326 §2: the Reason fields of the caller's CANCEL go on in ours, which may have to wait for a provisional
    /// response (RFC 3261 §9.1).
    /// </summary>
    public void KeepCancelReasons(SipMessage cancel, MessagePool pool)
    {
        var length = 0;
        for (var i = cancel.Headers.FirstOf(HeaderName.Reason); i >= 0; i = cancel.Headers.NextOf(i))
        {
            length += cancel.Headers[i].Line.Length;
        }

        if (length == 0 || _cancelReasons is not null)
        {
            return;
        }

        var kept = pool.Rent(length);
        for (var i = cancel.Headers.FirstOf(HeaderName.Reason); i >= 0; i = cancel.Headers.NextOf(i))
        {
            cancel[cancel.Headers[i].Line].CopyTo(kept.Buffer.AsSpan(kept.Length));
            kept.Length += cancel.Headers[i].Line.Length;
        }

        _cancelReasons = kept;
    }

    private void KeepChallenges(SipMessage response, MessagePool pool)
    {
        var known = Challenges;
        var length = known.Length;
        foreach (ref readonly var header in response.Headers.Lines)
        {
            var more = IsChallenge(header) ? header.Line.Length : 0;
            length += length + more > MessagePool.MaxCapacity ? 0 : more;
        }

        if (length == known.Length)
        {
            return;
        }

        // One room for all of them, so that each is copied once.
        var next = pool.Rent(length);
        var writer = new SipWriter(next.Buffer.AsSpan(0, length));
        writer.Write(known);
        foreach (ref readonly var header in response.Headers.Lines)
        {
            // What does not fit is left out.
            if (IsChallenge(header) && header.Line.Length <= length - writer.Length)
            {
                writer.Write(response[header.Line]);
            }
        }

        next.Length = writer.Length;
        _challenges?.Return();
        _challenges = next;
    }

    private static bool IsChallenge(in HeaderLine header) => header.Name is HeaderName.WwwAuthenticate or HeaderName.ProxyAuthenticate;
}
