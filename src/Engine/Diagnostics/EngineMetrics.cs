namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// The counters of one shard (and one set for the receive loops). Written by one thread, read by any: a reader may
/// see a sum that is a moment old, never a torn one. Every received datagram ends in exactly one of
/// answered, forwarded, absorbed or dropped.
/// </summary>
public sealed class EngineMetrics
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _sentByClass = new long[8];

    /// <summary>Datagrams taken from a socket.</summary>
    public long Received;

    /// <summary>Requests answered by ourselves, statelessly or by a transaction, when they came in.</summary>
    public long Answered;

    /// <summary>Messages passed on: a request to at least one next hop, a response upstream.</summary>
    public long Forwarded;

    /// <summary>Messages that a transaction took in: retransmissions, ACKs to its non-2xx, 100s, losing finals.</summary>
    public long Absorbed;

    /// <summary>Datagrams given to a socket, retransmissions included.</summary>
    public long Sent;

    /// <summary>Retransmissions by timers A, E and G.</summary>
    public long Retransmitted;

    /// <summary>Transactions created, server and client.</summary>
    public long TransactionsCreated;

    /// <summary>Transactions that exist now.</summary>
    public long TransactionsAlive;

    /// <summary>Of those, the ones that still wait for something; the others only absorb retransmissions.</summary>
    public long TransactionsOpen;

    /// <summary>Response contexts that exist now: requests being proxied.</summary>
    public long ContextsAlive;

    /// <summary>Dialogs that exist now.</summary>
    public long DialogsAlive;

    /// <summary>Dialogs confirmed by a 2xx.</summary>
    public long DialogsConfirmed;

    /// <summary>Timers on the wheel now.</summary>
    public long TimersAlive;

    /// <summary>Bindings in this partition now.</summary>
    public long BindingsAlive;

    /// <summary>Binding expiries.</summary>
    public long BindingsExpired;

    /// <summary>REGISTERs that changed or showed bindings with a 200.</summary>
    public long Registrations;

    /// <summary>REGISTERs that got 500 because the store of bindings did not take what they asked for.</summary>
    public long CommitsRefused;

    /// <summary>REGISTERs that got 500 because the store of bindings did not answer in time, or could not be waited for.</summary>
    public long CommitsMissing;

    /// <summary>REGISTERs that waited for the commit of another one of the same user.</summary>
    public long CommitsQueued;

    /// <summary>REGISTERs that got 503 because too many of the same user wait already, or for memory.</summary>
    public long CommitsCrowded;

    /// <summary>Undeliverable notices (ICMP) that ended a branch.</summary>
    public long Undelivered;

    /// <summary>Messages that one element of a shard sent to another; counted as sent and as received too.</summary>
    public long LocalHops;

    /// <summary>Questions to the outside (names, a store of bindings) that have no answer yet.</summary>
    public long AnswersPending;

    /// <summary>Questions that got no answer before their deadline.</summary>
    public long AnswersMissing;

    /// <summary>Answers that came when nothing waited for them any more.</summary>
    public long AnswersLate;

    /// <summary>Octets kept now for calls and bindings; the option Memory limits them.</summary>
    public long KeptOctets;

    /// <summary>Octets of buffers that wait for their next use.</summary>
    public long IdleOctets;

    /// <summary>Octets of idle buffers that were let go after a peak.</summary>
    public long ReleasedOctets;

    /// <summary>Requests that got 503 because what is kept has reached the option Memory; they count as answered too.</summary>
    public long RefusedForMemory;

    /// <summary>Counts one drop.</summary>
    public void Drop(DropReason reason) => _dropped[(int)reason]++;

    /// <summary>Counts many drops at once, as the kernel reports them.</summary>
    public void Drop(DropReason reason, long count) => _dropped[(int)reason] += count;

    /// <summary>How many were dropped for that reason.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>
    /// How many received datagrams were dropped. Left out is what was never received (kernel overflow, undeliverable
    /// notices) or counts a second time something that was already forwarded or answered (failed sends).
    /// </summary>
    public long DroppedTotal()
    {
        long total = 0;
        for (var i = 0; i < _dropped.Length; i++)
        {
            total += i is (int)DropReason.KernelOverflow or (int)DropReason.StrayUndelivered or (int)DropReason.SendFailed ? 0 : _dropped[i];
        }

        return total;
    }

    /// <summary>Counts a response of our own or passed upstream, by its class.</summary>
    public void CountResponse(int statusCode) => _sentByClass[statusCode / 100 & 7]++;

    /// <summary>Responses sent of the class 1 to 6.</summary>
    public long Responses(int statusClass) => Volatile.Read(ref _sentByClass[statusClass & 7]);

    /// <summary>Adds another set to this one; for sums over shards.</summary>
    public void Add(EngineMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Received += other.Received;
        Answered += other.Answered;
        Forwarded += other.Forwarded;
        Absorbed += other.Absorbed;
        Sent += other.Sent;
        Retransmitted += other.Retransmitted;
        TransactionsCreated += other.TransactionsCreated;
        TransactionsAlive += other.TransactionsAlive;
        TransactionsOpen += other.TransactionsOpen;
        ContextsAlive += other.ContextsAlive;
        DialogsAlive += other.DialogsAlive;
        DialogsConfirmed += other.DialogsConfirmed;
        TimersAlive += other.TimersAlive;
        BindingsAlive += other.BindingsAlive;
        BindingsExpired += other.BindingsExpired;
        Registrations += other.Registrations;
        CommitsRefused += other.CommitsRefused;
        CommitsMissing += other.CommitsMissing;
        CommitsQueued += other.CommitsQueued;
        CommitsCrowded += other.CommitsCrowded;
        Undelivered += other.Undelivered;
        LocalHops += other.LocalHops;
        AnswersPending += other.AnswersPending;
        AnswersMissing += other.AnswersMissing;
        AnswersLate += other.AnswersLate;
        KeptOctets += other.KeptOctets;
        IdleOctets += other.IdleOctets;
        ReleasedOctets += other.ReleasedOctets;
        RefusedForMemory += other.RefusedForMemory;
        for (var i = 0; i < _dropped.Length; i++)
        {
            _dropped[i] += other._dropped[i];
        }

        for (var i = 0; i < _sentByClass.Length; i++)
        {
            _sentByClass[i] += other._sentByClass[i];
        }
    }
}
