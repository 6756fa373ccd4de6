using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>One binding as it will be if the whole REGISTER succeeds.</summary>
internal struct TentativeBinding
{
    /// <summary>The binding as it is now; null when the REGISTER adds it.</summary>
    public Binding? Existing;

    /// <summary>Index of the Contact that changes or adds it, -1 when it stays as it is.</summary>
    public int Update;

    /// <summary>True when the REGISTER removes it.</summary>
    public bool IsRemoved;

    /// <summary>Preference in thousandths.</summary>
    public int QValue;

    /// <summary>The binding as it will be; null when the REGISTER removes it.</summary>
    public Binding? Result;

    /// <summary>When that one expires.</summary>
    public long ExpiresTick;
}

/// <summary>
/// The tentative updates of RFC 3261 §10.3 step 7: what the bindings of a registration set will be, worked out
/// before any of them is touched. Made once per shard and filled again for each request.
/// </summary>
internal sealed class TentativeBindings(int maxBindingsPerAor)
{
    private readonly TentativeBinding[] _entries = new TentativeBinding[2 * maxBindingsPerAor];
    private readonly TentativeBinding[] _ordered = new TentativeBinding[2 * maxBindingsPerAor];
    private readonly int[] _order = new int[2 * maxBindingsPerAor];
    private readonly UriIndex _index = new();
    private readonly Binding[] _remaining = new Binding[maxBindingsPerAor];
    private int _count;

    /// <summary>The bindings, removed ones included, highest q first.</summary>
    public Span<TentativeBinding> Entries => _entries.AsSpan(0, _count);

    /// <summary>How many bindings there will be.</summary>
    public int Remaining { get; private set; }

    /// <summary>True when a binding comes, goes, or gets another time.</summary>
    public bool ChangesBindings { get; private set; }

    /// <summary>Forgets the last plan.</summary>
    public void Clear()
    {
        _count = Remaining = 0;
        ChangesBindings = false;
    }

    /// <summary>Plans what a REGISTER asks for, or says why it fails.</summary>
    public RegisterFault Plan(BindingSet current, long nowTick, RegisterContacts contacts, in RegisterOrder order)
    {
        Take(current, nowTick);
        var fault = contacts.IsWildcard ? RemoveAll(order) : Update(contacts, order);
        return fault == RegisterFault.OutOfOrder ? fault : Conclude();
    }

    /// <summary>Plans to leave everything as it is: the REGISTER has been served before.</summary>
    public RegisterFault PlanNothing(BindingSet current, long nowTick)
    {
        Take(current, nowTick);
        return Conclude();
    }

    private RegisterFault Conclude()
    {
        OrderByQ();
        foreach (ref readonly var entry in Entries)
        {
            Remaining += entry.IsRemoved ? 0 : 1;
            ChangesBindings |= entry.IsRemoved ? entry.Existing is not null : entry.Update >= 0;
        }

        return RegisterFault.None;
    }

    /// <summary>Makes the bindings that the plan adds, unseen as yet; true when a reader will see a difference.</summary>
    public bool MakeBindings(ReadOnlySpan<byte> registrationSet, RegisterContacts contacts, in RegisterOrder order, in Flow source, long nowTick)
    {
        var isSeen = false;
        foreach (ref var entry in Entries)
        {
            entry.Result = entry.IsRemoved ? null : entry.Existing;
            entry.ExpiresTick = entry.Existing?.ExpiresTick ?? 0;
            if (entry.IsRemoved || entry.Update < 0)
            {
                isSeen |= entry.IsRemoved && entry.Existing is not null;
                continue;
            }

            ref readonly var update = ref contacts.Updates[entry.Update];
            var texts = contacts.TextsOf(update);
            entry.ExpiresTick = nowTick + (update.ExpiresSeconds * 1000);
            if (entry.Existing is null || !entry.Existing.SaysTheSame(texts, source))
            {
                isSeen = true;
                entry.Result = new Binding(registrationSet, texts, update.QValue, source);
                entry.Result.Refresh(order, entry.ExpiresTick);
            }
        }

        return isSeen;
    }

    /// <summary>The planned bindings once they are made.</summary>
    public BindingSet ToBindingSet()
    {
        var count = 0;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Result is { } binding)
            {
                _remaining[count++] = binding;
            }
        }

        var set = new BindingSet(_remaining.AsSpan(0, count));
        Array.Clear(_remaining, 0, count);
        return set;
    }

    /// <summary>
    /// The octets of Contacts, Paths and Call-IDs that will be kept; true when they are more than now. A REGISTER that
    /// takes some away is never too much.
    /// </summary>
    public bool OctetsGrow(RegisterContacts contacts, out int octets)
    {
        octets = 0;
        var now = 0;
        foreach (ref readonly var entry in Entries)
        {
            var kept = entry.Existing?.Octets ?? 0;
            now += kept;
            octets += entry.IsRemoved ? 0 : entry.Update < 0 ? kept : contacts.TextsOf(contacts.Updates[entry.Update]).Octets;
        }

        return octets > now;
    }

    private void Take(BindingSet current, long nowTick)
    {
        Clear();
        foreach (var binding in current.Live(nowTick))
        {
            _entries[_count++] = new TentativeBinding { Existing = binding, Update = -1, QValue = binding.QValue };
        }

        _index.Clear();
    }

    private RegisterFault RemoveAll(in RegisterOrder order)
    {
        // RFC 3261 §10.3 step 6: a binding of the same Call-ID goes only for a higher CSeq, or the request fails.
        foreach (ref var entry in Entries)
        {
            if (entry.Existing!.PlaceOf(order) != RegisterPlace.Newer)
            {
                return RegisterFault.OutOfOrder;
            }

            entry.IsRemoved = true;
        }

        return RegisterFault.None;
    }

    private RegisterFault Update(RegisterContacts contacts, in RegisterOrder order)
    {
        var existing = _count;
        var outOfOrder = false;
        for (var i = 0; i < contacts.Count; i++)
        {
            ref readonly var update = ref contacts.Updates[i];
            var found = Find(contacts, update);
            if (found >= 0 && _entries[found].Existing is { } binding)
            {
                var place = binding.PlaceOf(order);
                if (place == RegisterPlace.Retransmission)
                {
                    // The request has been served: the same 200 again, and nothing is changed twice.
                    return Keep(existing);
                }

                outOfOrder |= place == RegisterPlace.OutOfOrder;
            }

            if (found < 0)
            {
                if (update.ExpiresSeconds == 0)
                {
                    continue;
                }

                found = _count++;
                _entries[found] = default;
            }

            _entries[found].Update = i;
            _entries[found].QValue = update.QValue;
            _entries[found].IsRemoved = update.ExpiresSeconds == 0;
        }

        return outOfOrder ? RegisterFault.OutOfOrder : Supersede(contacts, existing, order);
    }

    /// <summary>
    /// A phone that comes back with another Contact, after a restart or from another network, is still the same phone: what
    /// it had before goes (RFC 5626 §6, for a client that has one flow, named or not). Contacts of another transport stay.
    /// </summary>
    private RegisterFault Supersede(RegisterContacts contacts, int existing, in RegisterOrder order)
    {
        for (var i = existing; i < _count; i++)
        {
            var texts = contacts.TextsOf(contacts.Updates[_entries[i].Update]);
            if (_entries[i].IsRemoved || !ContactInstance.TryRead(texts.ContactUri, texts.ContactParameters, out var instance))
            {
                continue;
            }

            foreach (ref var entry in _entries.AsSpan(0, existing))
            {
                if (entry.Update >= 0 || entry.IsRemoved
                    || !ContactInstance.TryRead(entry.Existing!.ContactUri, entry.Existing.ContactParameters, out var known) || !known.Is(instance))
                {
                    continue;
                }

                if (entry.Existing.PlaceOf(order) == RegisterPlace.OutOfOrder)
                {
                    return RegisterFault.OutOfOrder;
                }

                entry.IsRemoved = true;
            }
        }

        return RegisterFault.None;
    }

    private RegisterFault Keep(int existing)
    {
        _count = existing;
        foreach (ref var entry in Entries)
        {
            entry.Update = -1;
            entry.IsRemoved = false;
            entry.QValue = entry.Existing!.QValue;
        }

        return RegisterFault.None;
    }

    /// <summary>
    /// The entry for a contact, or -1. A contact written the same goes before one that is merely equivalent, because
    /// equivalence is not transitive (RFC 3261 §19.1.4), and a sips Contact takes the place of its sip twin and the other
    /// way about (RFC 5630 §5.1.1.1); of equal Contacts in one request the last one counts.
    /// </summary>
    private int Find(RegisterContacts contacts, in ContactUpdate update)
    {
        var text = contacts.UriOf(update);
        while (_index.Count < _count)
        {
            _index.Add(TextOf(contacts, _index.Count));
        }

        for (var i = _index.FindSame(text); i >= 0; i = _index.FindNextSame(i))
        {
            if (TextOf(contacts, i).SequenceEqual(text))
            {
                return i;
            }
        }

        if (!SipUri.TryParse(text, out var uri))
        {
            return -1;
        }

        while (_index.PartsKnown < _count)
        {
            _index.AddParts(TextOf(contacts, _index.PartsKnown));
        }

        var equivalent = -1;
        for (var i = _index.FindAlike(uri); i >= 0; i = _index.FindNextAlike(i))
        {
            if (SipUri.TryParse(TextOf(contacts, i), out var known) && UriComparison.AreEqual(known, uri, sipsIsSip: true))
            {
                equivalent = i;
            }
        }

        return equivalent;
    }

    private ReadOnlySpan<byte> TextOf(RegisterContacts contacts, int entry) => _entries[entry].Existing is { } binding
        ? binding.ContactUri
        : contacts.UriOf(contacts.Updates[_entries[entry].Update]);

    private void OrderByQ()
    {
        var isOrdered = true;
        for (var i = 0; i < _count; i++)
        {
            isOrdered &= i == 0 || _entries[i - 1].QValue >= _entries[i].QValue;
            _order[i] = ((1000 - _entries[i].QValue) << 16) | i;
        }

        if (isOrdered)
        {
            return;
        }

        // The place in the low half keeps the order of equals.
        _order.AsSpan(0, _count).Sort();
        Entries.CopyTo(_ordered);
        for (var i = 0; i < _count; i++)
        {
            _entries[i] = _ordered[_order[i] & 0xFFFF];
        }

        _ordered.AsSpan(0, _count).Clear();
    }
}
