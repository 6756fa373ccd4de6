using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>How a REGISTER was answered.</summary>
/// <param name="StatusCode">Status code of the response that was written.</param>
/// <param name="Bindings">Bindings that a 200 lists.</param>
internal readonly record struct RegistrarVerdict(int StatusCode, int Bindings);

/// <summary>Bindings of one address-of-record that expired together.</summary>
internal readonly ref struct ExpiredBindings(ReadOnlySpan<byte> addressOfRecord, int count)
{
    /// <summary>The address-of-record as an operator reads it.</summary>
    public readonly ReadOnlySpan<byte> AddressOfRecord = addressOfRecord;

    /// <summary>How many expired; 0 when a timer found nothing to do.</summary>
    public readonly int Count = count;
}

/// <summary>
/// The registrar of one shard (RFC 3261 §10.3): it takes the REGISTERs of the addresses-of-record of its partition
/// in the order they come. A REGISTER makes no transaction: the response follows from the request and the bindings,
/// so a retransmission, known by its bindings or by <see cref="ServedRegisters"/>, gets a 200 again and changes nothing.
/// </summary>
internal sealed class RegistrarCore
{
    private readonly SipEngineOptions _options;
    private readonly LocationService _location;
    private readonly LocationTable _table;
    private readonly int _partition;
    private readonly TimingWheel _wheel;
    private readonly EngineMetrics _metrics;
    private readonly MemoryBudget _budget;
    private readonly WallClock _wall;
    private readonly RegisterContacts _contacts;
    private readonly TentativeBindings _tentative;
    private readonly ServedRegisters _served;

    /// <param name="options">Validated options.</param>
    /// <param name="location">The bindings of all shards.</param>
    /// <param name="partition">Index of the partition that this shard writes: its own index.</param>
    /// <param name="wheel">The shard's timers.</param>
    /// <param name="metrics">The shard's counters.</param>
    /// <param name="budget">What the shard keeps, bindings among it.</param>
    /// <param name="wall">For Date.</param>
    public RegistrarCore(
        SipEngineOptions options, LocationService location, int partition, TimingWheel wheel, EngineMetrics metrics, MemoryBudget budget, WallClock wall)
    {
        _options = options;
        _location = location;
        _table = location.Table(partition);
        _partition = partition;
        _wheel = wheel;
        _metrics = metrics;
        _budget = budget;
        _wall = wall;
        _contacts = new RegisterContacts(options);
        _tentative = new TentativeBindings(options.MaxBindingsPerAor);
        _served = new ServedRegisters(lifeTicks: (long)(64_000 * options.T1));
    }

    /// <summary>
    /// Serves a REGISTER for a domain of ours and writes its response. Steps 1 and 3 to 5 of RFC 3261 §10.3 (is the
    /// domain ours, who may) are behind the caller. When the response does not fit, <c>response.Overflowed</c> is
    /// set, the verdict is 500 and nothing has changed.
    /// </summary>
    /// <param name="request">The request, without parse errors.</param>
    /// <param name="source">The way it came.</param>
    /// <param name="addressOfRecord">Key of the To URI, empty when there is none (it is no SIP URI): 400.</param>
    /// <param name="toTag">Tag for the response.</param>
    /// <param name="nowTick">The time.</param>
    /// <param name="response">Takes the response.</param>
    public RegistrarVerdict Apply(
        SipMessage request,
        in Flow source,
        scoped ReadOnlySpan<byte> addressOfRecord,
        scoped ReadOnlySpan<byte> toTag,
        long nowTick,
        ref SipWriter response)
    {
        // RFC 3261 §10.3 step 2:
        if (!OptionTags.AreSupported(request, HeaderName.Require))
        {
            RegisterResponse.WriteBadExtension(ref response, request, toTag, source.Remote);
            return new RegistrarVerdict(response.Overflowed ? 500 : 420, 0);
        }

        var hash = _location.HashOf(addressOfRecord);
        var order = OrderOf(request);
        var fault = Prepare(request, addressOfRecord, hash, order, nowTick);
        if (fault != RegisterFault.None)
        {
            return Refuse(request, fault, source.Remote, toTag, ref response);
        }

        // RFC 3261 §10.3 step 7: all updates succeed or none; so the response is written before anything is changed.
        WriteOk(request, source.Remote, toTag, nowTick, ref response);
        if (response.Overflowed)
        {
            _location.Release(Math.Max(0, _tentative.Added));
            return new RegistrarVerdict(500, 0);
        }

        Commit(order, addressOfRecord, hash, source, nowTick);
        if (_contacts.Count > 0 || _contacts.IsWildcard)
        {
            _served.TryAdd(HashOf(order, hash), nowTick);
        }

        _metrics.Registrations++;
        return new RegistrarVerdict(200, _tentative.Remaining);
    }

    /// <summary>
    /// A <see cref="TimerKind.Registration"/> timer fired: removes every binding of its address-of-record that has
    /// expired by now, so that one look at the log tells of all of them.
    /// </summary>
    public ExpiredBindings OnExpired(TimerNode timer, long nowTick)
    {
        var aor = ((Binding)timer.Owner).AddressOfRecord;
        var hash = _location.HashOf(aor);
        return new ExpiredBindings(aor, RemoveExpired(aor, hash, _table.Find(aor, hash), nowTick));
    }

    /// <summary>Decides what the bindings will be, in <see cref="_tentative"/>; changes nothing but to drop expired ones.</summary>
    private RegisterFault Prepare(SipMessage request, ReadOnlySpan<byte> addressOfRecord, ulong hash, in RegisterOrder order, long nowTick)
    {
        if (addressOfRecord.IsEmpty)
        {
            return RegisterFault.NotAnAddressOfRecord;
        }

        if (_location.PartitionOf(hash) != _partition)
        {
            // Another shard writes that partition: to touch it here would be a race.
            return RegisterFault.OtherPartition;
        }

        if (_contacts.Read(request) is var fault and not RegisterFault.None)
        {
            return fault;
        }

        var current = _table.Find(addressOfRecord, hash);
        if (RemoveExpired(addressOfRecord, hash, current, nowTick) > 0)
        {
            current = _table.Find(addressOfRecord, hash);
        }

        fault = _served.Contains(HashOf(order, hash), nowTick) ? _tentative.PlanNothing(current) : _tentative.Plan(current, _contacts, order);
        return fault != RegisterFault.None ? fault
            : _tentative.Added > 0 && _tentative.Remaining > _options.MaxBindingsPerAor ? RegisterFault.TooManyContacts
            : _tentative.OctetsGrow(_contacts, out var octets) && octets > _options.MaxContactOctetsPerAor ? RegisterFault.TooManyOctets
            : _tentative.Added > 0 && !HasMemory() ? RegisterFault.NoRoom
            : _location.TryReserve(Math.Max(0, _tentative.Added)) ? RegisterFault.None : RegisterFault.NoRoom;
    }

    private bool HasMemory()
    {
        _metrics.RefusedForMemory += _budget.HasRoomForNew ? 0 : 1;
        return _budget.HasRoomForNew;
    }

    private RegisterOrder OrderOf(SipMessage request)
    {
        ref readonly var via = ref request.TopVia;
        var viaHash = _location.BeginHash();
        viaHash.Add(request[via.Branch]);
        viaHash.Add(request[via.Host]);
        viaHash.Add((ulong)via.Port);
        return new RegisterOrder(request[request.CallId], request.CSeq.Number, viaHash.Value);
    }

    private ulong HashOf(in RegisterOrder order, ulong addressOfRecordHash)
    {
        var hash = _location.BeginHash();
        hash.Add(order.CallId);
        hash.Add(addressOfRecordHash);
        hash.Add(order.ViaHash);
        hash.Add(order.CSeq);
        return hash.Value;
    }

    private RegistrarVerdict Refuse(SipMessage request, RegisterFault fault, in PeerAddress source, scoped ReadOnlySpan<byte> toTag, ref SipWriter response)
    {
        RegisterResponse.WriteRefusal(ref response, request, fault, toTag, source, _options.MinExpires);
        return new RegistrarVerdict(response.Overflowed ? 500 : RegisterFaults.StatusOf(fault), 0);
    }

    /// <summary>RFC 3261 §10.3 step 8: the 200 lists every binding with what is left of its time.</summary>
    private void WriteOk(SipMessage request, in PeerAddress source, scoped ReadOnlySpan<byte> toTag, long nowTick, ref SipWriter response)
    {
        ResponseWriter.Begin(ref response, request, 200, "OK"u8, toTag, source);
        foreach (ref readonly var entry in _tentative.Entries)
        {
            if (entry.IsRemoved)
            {
                continue;
            }

            if (entry.Update >= 0)
            {
                ref readonly var update = ref _contacts.Updates[entry.Update];
                var texts = _contacts.TextsOf(update);
                RegisterResponse.WriteContact(ref response, texts.ContactUri, texts.ContactParameters, update.ExpiresSeconds);
            }
            else
            {
                // Rounded up: 0 would say that the binding is gone.
                var binding = entry.Existing!;
                RegisterResponse.WriteContact(
                    ref response, binding.ContactUri, binding.ContactParameters, (binding.ExpiresTick - nowTick + 999) / 1000);
            }
        }

        RegisterResponse.EndOk(ref response, _contacts.Path, _wall.UnixMillisecondsAtTickZero + nowTick);
    }

    private void Commit(in RegisterOrder order, ReadOnlySpan<byte> addressOfRecord, ulong hash, in Flow source, long nowTick)
    {
        var changed = false;
        foreach (ref var entry in _tentative.Entries)
        {
            if (entry.IsRemoved)
            {
                changed |= entry.Existing is not null;
                Cancel(entry.Existing);
                continue;
            }

            if (entry.Update < 0)
            {
                continue;
            }

            ref readonly var update = ref _contacts.Updates[entry.Update];
            var texts = _contacts.TextsOf(update);
            if (entry.Existing is null || !entry.Existing.SaysTheSame(texts, source))
            {
                Cancel(entry.Existing);
                entry.Existing = new Binding(addressOfRecord, texts, update.QValue, source);
                _budget.Add(entry.Existing.MemoryOctets);
                changed = true;
            }

            entry.Existing.Refresh(order, nowTick + (update.ExpiresSeconds * 1000));
            _wheel.Schedule(entry.Existing.Timer, TimerKind.Registration, entry.Existing.ExpiresTick);
        }

        if (changed)
        {
            _table.Publish(addressOfRecord, hash, _tentative.ToBindingSet());
            _location.Release(Math.Max(0, -_tentative.Added));
            _metrics.BindingsAlive += _tentative.Added;
        }
    }

    private void Cancel(Binding? binding)
    {
        if (binding is not null)
        {
            _wheel.Cancel(binding.Timer);
            _budget.Add(-binding.MemoryOctets);
        }
    }

    private int RemoveExpired(ReadOnlySpan<byte> addressOfRecord, ulong hash, BindingSet current, long nowTick)
    {
        var live = 0;
        foreach (var binding in current.Live(nowTick))
        {
            live++;
        }

        var expired = current.Count - live;
        if (expired == 0)
        {
            return 0;
        }

        for (var i = 0; i < current.Count; i++)
        {
            if (!current[i].IsLive(nowTick))
            {
                Cancel(current[i]);
            }
        }

        _table.Publish(addressOfRecord, hash, current.LiveOnly(nowTick));
        _location.Release(expired);
        _metrics.BindingsAlive -= expired;
        _metrics.BindingsExpired += expired;
        return expired;
    }
}
