using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// Plans the REGISTERs of one shard (RFC 3261 §10.3 steps 6 and 7): reads the request and the bindings, and changes
/// neither those nor anything else.
/// </summary>
internal sealed class RegisterPlanner
{
    private readonly SipEngineOptions _options;
    private readonly LocationService _location;
    private readonly int _partition;
    private readonly MemoryBudget _budget;
    private readonly ServedRegisters _served;
    private readonly RegisterContacts _contacts;
    private readonly TentativeBindings _tentative;
    private readonly RegisterPlan _plan;

    /// <param name="options">Validated options.</param>
    /// <param name="location">The bindings of all shards.</param>
    /// <param name="partition">The partition of this shard.</param>
    /// <param name="budget">What the shard keeps.</param>
    /// <param name="served">What has been served not long ago.</param>
    public RegisterPlanner(SipEngineOptions options, LocationService location, int partition, MemoryBudget budget, ServedRegisters served)
    {
        _options = options;
        _location = location;
        _partition = partition;
        _budget = budget;
        _served = served;
        _contacts = new RegisterContacts(options);
        _tentative = new TentativeBindings(options.MaxBindingsPerAor);
        _plan = new RegisterPlan(_tentative, _contacts);
    }

    /// <summary>Plans a REGISTER that has come.</summary>
    public RegisterPlan Plan(SipMessage request, in Flow source, scoped ReadOnlySpan<byte> registrationSet, long nowTick)
    {
        _plan.Begin(request, source, registrationSet, _location, nowTick);
        _plan.Fault = Decide(request, nowTick) is var fault and not RegisterFault.None ? fault : FaultOfLimits();
        Conclude();
        return _plan;
    }

    /// <summary>
    /// Plans one again whose commit was pending: as it was planned at <paramref name="plannedTick"/>, without what has
    /// expired since. What a store has taken is within the limits.
    /// </summary>
    public RegisterPlan PlanAgain(SipMessage request, in Flow source, scoped ReadOnlySpan<byte> registrationSet, long plannedTick, long nowTick)
    {
        _plan.Begin(request, source, registrationSet, _location, plannedTick);
        _plan.Fault = Decide(request, nowTick);
        Conclude();
        return _plan;
    }

    private RegisterFault Decide(SipMessage request, long nowTick)
    {
        if (_plan.RegistrationSet.IsEmpty)
        {
            return RegisterFault.NotAnAddressOfRecord;
        }

        if (_location.PartitionOf(_plan.Hash) != _partition)
        {
            // Another shard writes that partition: to touch it here would be a race.
            return RegisterFault.OtherPartition;
        }

        if (_contacts.Read(request) is var fault and not RegisterFault.None)
        {
            return fault;
        }

        _plan.Current = _location.Table(_partition).Find(_plan.RegistrationSet, _plan.Hash);
        return _served.Contains(_plan.RequestHash, nowTick)
            ? _tentative.PlanNothing(_plan.Current, nowTick)
            : _tentative.Plan(_plan.Current, nowTick, _contacts, _plan.Order);
    }

    private RegisterFault FaultOfLimits() =>
        _plan.Added > 0 && _plan.Remaining > _options.MaxBindingsPerAor ? RegisterFault.TooManyContacts
        : _tentative.OctetsGrow(_contacts, out var octets) && octets > _options.MaxContactOctetsPerAor ? RegisterFault.TooManyOctets
        : _plan.Added > 0 && !_budget.HasRoomForNew ? RegisterFault.NoMemory
        : RegisterFault.None;

    /// <summary>All that the commit needs is made here, so that nothing can fail half-way there.</summary>
    private void Conclude()
    {
        if (_plan.Fault != RegisterFault.None)
        {
            return;
        }

        var isSeen = _tentative.MakeBindings(_plan.RegistrationSet, _contacts, _plan.Order, _plan.Source, _plan.Tick);
        _plan.IsSeen = isSeen || _plan.Added != 0;
        _plan.Next = _plan.IsSeen ? _tentative.ToBindingSet() : default;
    }
}
