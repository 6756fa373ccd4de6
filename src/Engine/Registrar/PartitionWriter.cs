using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The one writer of a partition of the location service, and all that changes with a binding there: timer, memory,
/// counters. Each change begins with its one step that may fail, and that readers see: the others cannot.
/// </summary>
/// <param name="location">The bindings of all shards.</param>
/// <param name="partition">The partition of this shard.</param>
/// <param name="wheel">The shard's timers.</param>
/// <param name="metrics">The shard's counters.</param>
/// <param name="budget">What the shard keeps, bindings among it.</param>
internal sealed class PartitionWriter(LocationService location, int partition, TimingWheel wheel, EngineMetrics metrics, MemoryBudget budget)
{
    private readonly LocationTable _table = location.Table(partition);

    /// <summary>Makes the bindings those of a plan that is no refusal (RFC 3261 §10.3 step 7: all of them or none).</summary>
    /// <param name="plan">The plan, of this very moment.</param>
    /// <param name="reserved">Room that was taken for it before.</param>
    /// <param name="nowTick">The time.</param>
    public void Commit(RegisterPlan plan, int reserved, long nowTick)
    {
        if (plan.IsSeen)
        {
            _table.Publish(plan.RegistrationSet, plan.Hash, plan.Next);
            RemoveExpired(plan.Current, nowTick);
        }

        foreach (ref readonly var entry in plan.Entries)
        {
            if (entry.Existing is { } former && former != entry.Result)
            {
                Forget(former);
            }

            if (entry.Result is not { } binding || entry.Update < 0)
            {
                continue;
            }

            budget.Add(binding == entry.Existing ? 0 : binding.MemoryOctets);
            binding.Refresh(plan.Order, entry.ExpiresTick);
            wheel.Schedule(binding.Timer, TimerKind.Registration, entry.ExpiresTick);
        }

        location.Release(reserved - plan.Added);
        metrics.BindingsAlive += plan.Added;
    }

    /// <summary>
    /// A <see cref="TimerKind.Registration"/> timer fired: removes every binding of its registration set that has
    /// expired by now, so that one look at the log tells of all of them.
    /// </summary>
    public ExpiredBindings OnExpired(TimerNode timer, long nowTick)
    {
        var registrationSet = ((Binding)timer.Owner).RegistrationSet;
        var hash = location.HashOf(registrationSet);
        var current = _table.Find(registrationSet, hash);
        var live = current.LiveOnly(nowTick);
        var expired = current.Count - live.Count;
        if (expired > 0)
        {
            _table.Publish(registrationSet, hash, live);
            RemoveExpired(current, nowTick);
            location.Release(expired);
            metrics.BindingsAlive -= expired;
        }

        return new ExpiredBindings(registrationSet, expired);
    }

    /// <summary>
    /// Takes in a binding of a former process. False when there is no room for it, or the set has such a Contact already. Its
    /// top Via is not known any more: the same CSeq counts as the same request.
    /// </summary>
    public bool TryRestore(ReadOnlySpan<byte> registrationSet, BindingRecord record, in Flow source, long expiresTick, int maxBindings)
    {
        var hash = location.HashOf(registrationSet);
        var current = _table.Find(registrationSet, hash);
        var texts = new BindingTexts(record.ContactUri, record.ContactParameters, record.Path, record.CallId);
        if (location.PartitionOf(hash) != partition || registrationSet.Length + texts.Octets > ushort.MaxValue
            || current.Count >= maxBindings || Has(current, record.ContactUri) || !budget.HasRoomForNew || !location.TryReserve(1))
        {
            return false;
        }

        var binding = new Binding(registrationSet, texts, record.QValue, source);
        binding.Refresh(new RegisterOrder(record.CallId, record.CSeq, Binding.UnknownVia), expiresTick);
        _table.Publish(registrationSet, hash, current.With(binding));
        budget.Add(binding.MemoryOctets);
        wheel.Schedule(binding.Timer, TimerKind.Registration, expiresTick);
        metrics.BindingsAlive++;
        return true;
    }

    private static bool Has(BindingSet bindings, ReadOnlySpan<byte> contactUri)
    {
        for (var i = 0; i < bindings.Count; i++)
        {
            if (bindings[i].ContactUri.SequenceEqual(contactUri))
            {
                return true;
            }
        }

        return false;
    }

    private void RemoveExpired(BindingSet former, long nowTick)
    {
        for (var i = 0; i < former.Count; i++)
        {
            if (!former[i].IsLive(nowTick))
            {
                Forget(former[i]);
                metrics.BindingsExpired++;
            }
        }
    }

    private void Forget(Binding binding)
    {
        wheel.Cancel(binding.Timer);
        budget.Add(-binding.MemoryOctets);
    }
}

/// <summary>Bindings of one registration set that expired together.</summary>
internal readonly ref struct ExpiredBindings(ReadOnlySpan<byte> registrationSet, int count)
{
    /// <summary>The key of the set: an address-of-record, as an operator reads it.</summary>
    public readonly ReadOnlySpan<byte> RegistrationSet = registrationSet;

    /// <summary>How many expired; 0 when a timer found nothing to do.</summary>
    public readonly int Count = count;
}
