using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>How a REGISTER was answered.</summary>
/// <param name="StatusCode">Status code of the response that was written, 0 when the commit is pending and nothing was.</param>
/// <param name="Bindings">Bindings that a 200 lists.</param>
/// <param name="Added">How many more there are now; negative when some have gone.</param>
/// <param name="CommitFailed">The store refused: that does not follow from the request, and another time it may not.</param>
/// <param name="Pending">What is to be handed back when the pending commit has ended.</param>
internal readonly record struct RegistrarVerdict(
    int StatusCode, int Bindings, int Added = 0, bool CommitFailed = false, PendingCommit Pending = default)
{
    /// <summary>The answer waits for the commit.</summary>
    public bool IsPending => StatusCode == 0;
}

/// <summary>What a pending commit cannot learn from its request again.</summary>
/// <param name="Tick">When it was planned.</param>
/// <param name="Reserved">Bindings that room was taken for.</param>
internal readonly record struct PendingCommit(long Tick, int Reserved);

/// <summary>
/// The registrar of one shard (RFC 3261 §10.3): it takes the REGISTERs of the registration sets of its partition
/// in the order they come, and each is planned, committed and answered:
/// <code>
/// plan     RegisterPlanner   reads request and bindings, changes nothing
/// commit   IBindingStore     done, refused, or pending: then a BindingCommit says, and Conclude goes on
///          PartitionWriter   what readers see
/// answer   RegisterResponse
/// </code>
/// A REGISTER that is answered at once makes no transaction: the response follows from the request and the bindings, so a
/// retransmission, known by its bindings or by <see cref="ServedRegisters"/>, gets a 200 again and changes nothing.
/// </summary>
internal sealed class RegistrarCore
{
    private readonly SipEngineOptions _options;
    private readonly LocationService _location;
    private readonly int _partition;
    private readonly EngineMetrics _metrics;
    private readonly WallClock _wall;
    private readonly IBindingStore _store;
    private readonly ServedRegisters _served;
    private readonly RegisterPlanner _planner;
    private readonly PartitionWriter _writer;

    /// <param name="options">Validated options.</param>
    /// <param name="location">The bindings of all shards.</param>
    /// <param name="partition">Index of the partition that this shard writes: its own index.</param>
    /// <param name="wheel">The shard's timers.</param>
    /// <param name="metrics">The shard's counters.</param>
    /// <param name="budget">What the shard keeps, bindings among it.</param>
    /// <param name="wall">For Date.</param>
    /// <param name="store">Where bindings are committed to.</param>
    public RegistrarCore(
        SipEngineOptions options, LocationService location, int partition, TimingWheel wheel, EngineMetrics metrics, MemoryBudget budget, WallClock wall, IBindingStore store)
    {
        _options = options;
        _location = location;
        _partition = partition;
        _metrics = metrics;
        _wall = wall;
        _store = store;
        _served = new ServedRegisters(lifeTicks: (long)(64_000 * options.T1));
        _planner = new RegisterPlanner(options, location, partition, budget, _served);
        _writer = new PartitionWriter(location, partition, wheel, metrics, budget);
    }

    /// <summary>
    /// Serves a REGISTER for a domain of ours and writes its response. Steps 1 and 3 to 5 of RFC 3261 §10.3 (is the
    /// domain ours, who may) are behind the caller. When the response does not fit, <c>response.Overflowed</c> is
    /// set, the verdict is 500 and nothing has changed.
    /// </summary>
    /// <param name="request">The request, without parse errors.</param>
    /// <param name="source">The way it came.</param>
    /// <param name="registrationSet">Key of the set of the To URI, empty when there is none (it is no SIP URI): 400.</param>
    /// <param name="toTag">Tag for the response.</param>
    /// <param name="nowTick">The time.</param>
    /// <param name="response">Takes the response.</param>
    /// <param name="ticket">Names a pending commit.</param>
    public RegistrarVerdict Apply(
        SipMessage request,
        in Flow source,
        scoped ReadOnlySpan<byte> registrationSet,
        scoped ReadOnlySpan<byte> toTag,
        long nowTick,
        ref SipWriter response,
        long ticket = 0)
    {
        // RFC 3261 §10.3 step 2:
        if (!OptionTags.AreSupported(request, HeaderName.Require))
        {
            RegisterResponse.WriteBadExtension(ref response, request, toTag, source.Remote);
            return new RegistrarVerdict(response.Overflowed ? 500 : 420, 0);
        }

        var plan = _planner.Plan(request, source, registrationSet, nowTick);
        if (plan.Fault != RegisterFault.None)
        {
            return Refuse(request, plan.Fault, source, toTag, ref response);
        }

        // RFC 3261 §10.3 step 7: all updates succeed or none; so the response is written before anything is changed.
        var empty = response;
        var verdict = Answer(plan, request, toTag, nowTick, ref response);
        if (verdict.StatusCode != 200)
        {
            return verdict;
        }

        var fault = Commit(plan, ticket, nowTick, out var isPending);
        if (fault == RegisterFault.None && !isPending)
        {
            Served(plan, nowTick);
            return verdict with { Added = plan.ChangesBindings ? plan.Added : 0 };
        }

        response = empty;
        return isPending
            ? new RegistrarVerdict(0, 0, Pending: new PendingCommit(plan.Tick, plan.Growth))
            : Refuse(request, fault, source, toTag, ref response);
    }

    /// <summary>
    /// A commit that was pending has ended, or is not waited for any longer: the bindings become what the request asked
    /// for, or stay as they are, and the response is written. The arguments are those of the call that was told to wait.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="source">The way it came.</param>
    /// <param name="registrationSet">Key of the set.</param>
    /// <param name="toTag">Tag for the response.</param>
    /// <param name="pending">What the verdict said.</param>
    /// <param name="outcome">How it ended; still pending when its deadline has passed.</param>
    /// <param name="nowTick">The time.</param>
    /// <param name="response">Takes the response.</param>
    public RegistrarVerdict Conclude(
        SipMessage request,
        in Flow source,
        scoped ReadOnlySpan<byte> registrationSet,
        scoped ReadOnlySpan<byte> toTag,
        PendingCommit pending,
        CommitStatus outcome,
        long nowTick,
        ref SipWriter response)
    {
        var isCommitted = false;
        try
        {
            if (outcome == CommitStatus.Done && _planner.PlanAgain(request, source, registrationSet, pending.Tick, nowTick) is { Fault: RegisterFault.None } plan)
            {
                _writer.Commit(plan, pending.Reserved, nowTick);
                isCommitted = true;
                Served(plan, nowTick);
                return Answer(plan, request, toTag, nowTick, ref response) with { Added = plan.Added };
            }
        }
        finally
        {
            Abandon(isCommitted ? default : pending);
        }

        _metrics.CommitsMissing += outcome == CommitStatus.Pending ? 1 : 0;
        _metrics.CommitsRefused += outcome == CommitStatus.Pending ? 0 : 1;
        return Refuse(request, RegisterFault.CommitFailed, source, toTag, ref response);
    }

    /// <summary>A pending commit is given up: the room that was taken for it is free again.</summary>
    public void Abandon(PendingCommit pending) => _location.Release(pending.Reserved);

    /// <summary>A <see cref="TimerKind.Registration"/> timer fired.</summary>
    public ExpiredBindings OnExpired(TimerNode timer, long nowTick) => _writer.OnExpired(timer, nowTick);

    /// <summary>The bindings of this partition that have not expired, as records.</summary>
    public IEnumerable<BindingRecord> Export(BindingRecords records, long nowTick)
    {
        foreach (var set in _location.Table(_partition).All())
        {
            for (var i = 0; i < set.Count; i++)
            {
                if (set[i].IsLive(nowTick))
                {
                    yield return records.Of(set[i]);
                }
            }
        }
    }

    /// <summary>
    /// Takes in a binding of a former process, before any REGISTER. False when it has expired, there is no way to it any
    /// more, or no room for it.
    /// </summary>
    public bool TryRestore(BindingRecord record, BindingRecords records, long nowTick)
    {
        var expiresTick = records.ExpiresTickOf(record);
        return expiresTick > nowTick && records.TryReadSource(record, out var source)
            && _writer.TryRestore(_location.SetOf(record.RegistrationSet), record, source, expiresTick, _options.MaxBindingsPerAor);
    }

    private RegistrarVerdict Answer(RegisterPlan plan, SipMessage request, scoped ReadOnlySpan<byte> toTag, long nowTick, ref SipWriter response)
    {
        RegisterResponse.WriteOk(ref response, request, plan, toTag, nowTick, _wall.UnixMillisecondsAtTickZero);
        return response.Overflowed ? new RegistrarVerdict(500, 0) : new RegistrarVerdict(200, plan.Remaining);
    }

    private RegistrarVerdict Refuse(SipMessage request, RegisterFault fault, in Flow source, scoped ReadOnlySpan<byte> toTag, ref SipWriter response)
    {
        _metrics.RefusedForMemory += fault == RegisterFault.NoMemory ? 1 : 0;
        RegisterResponse.WriteRefusal(ref response, request, fault, toTag, source.Remote, _options.MinExpires);
        return new RegistrarVerdict(response.Overflowed ? 500 : RegisterFaults.StatusOf(fault), 0, CommitFailed: fault == RegisterFault.CommitFailed);
    }

    private RegisterFault Commit(RegisterPlan plan, long ticket, long nowTick, out bool isPending)
    {
        isPending = false;
        if (!plan.ChangesBindings)
        {
            return RegisterFault.None;
        }

        if (!_location.TryReserve(plan.Growth))
        {
            return RegisterFault.NoRoom;
        }

        var isReserved = true;
        try
        {
            var status = _store.Commit(plan, _partition, ticket);
            if (status == CommitStatus.Done)
            {
                _writer.Commit(plan, plan.Growth, nowTick);
            }

            isReserved = status == CommitStatus.Refused;
            _metrics.CommitsRefused += isReserved ? 1 : 0;
            isPending = status == CommitStatus.Pending;
            return isReserved ? RegisterFault.CommitFailed : RegisterFault.None;
        }
        finally
        {
            // Also when the store or an allocation threw: nothing has changed then, and nothing stays taken.
            _location.Release(isReserved ? plan.Growth : 0);
        }
    }

    private void Served(RegisterPlan plan, long nowTick)
    {
        if (plan.NamesContacts)
        {
            _served.TryAdd(plan.RequestHash, nowTick);
        }

        _metrics.Registrations++;
    }
}
