namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The bindings of one registration set, highest q first. What a reader holds never changes; the registrar
/// publishes another one. One reference wide: a registration set with one binding costs no object of its own.
/// </summary>
internal readonly struct BindingSet
{
    // A Binding, or a Binding[] of two or more.
    private readonly object? _bindings;

    /// <param name="ordered">The bindings, highest q first; copied.</param>
    public BindingSet(ReadOnlySpan<Binding> ordered) =>
        _bindings = ordered.Length switch { 0 => null, 1 => ordered[0], _ => ordered.ToArray() };

    private BindingSet(object? bindings) => _bindings = bindings;

    /// <summary>Bindings in it, expired ones that the wheel has not come to yet included.</summary>
    public int Count => _bindings switch { null => 0, Binding => 1, _ => ((Binding[])_bindings).Length };

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _bindings is null;

    /// <summary>The binding at <paramref name="index"/>, expired or not.</summary>
    public Binding this[int index] => _bindings is Binding one && index == 0 ? one : ((Binding[])_bindings!)[index];

    /// <summary>The bindings that have not expired at <paramref name="nowTick"/>, highest q first.</summary>
    public LiveBindings Live(long nowTick) => new(this, nowTick);

    /// <summary>A set of the live ones only.</summary>
    internal BindingSet LiveOnly(long nowTick)
    {
        var live = new List<Binding>();
        foreach (var binding in Live(nowTick))
        {
            live.Add(binding);
        }

        return new BindingSet(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(live));
    }

    /// <summary>A set with one more, behind those of higher or equal q.</summary>
    internal BindingSet With(Binding added)
    {
        var bindings = new Binding[Count + 1];
        var place = 0;
        for (var i = 0; i < Count; i++)
        {
            place += this[i].QValue >= added.QValue ? 1 : 0;
            bindings[i + (place > i ? 0 : 1)] = this[i];
        }

        bindings[place] = added;
        return new BindingSet(bindings);
    }

    internal static BindingSet FromReference(object? bindings) => new(bindings);

    internal object? ToReference() => _bindings;
}

/// <summary>Walks the live bindings of a set: <c>foreach (var binding in set.Live(nowTick))</c>.</summary>
internal struct LiveBindings(BindingSet set, long nowTick)
{
    private int _index = -1;

    /// <summary>The binding the walk stands on.</summary>
    public readonly Binding Current => set[_index];

    /// <summary>The walk itself.</summary>
    public readonly LiveBindings GetEnumerator() => this;

    /// <summary>Goes to the next live binding; false after the last.</summary>
    public bool MoveNext()
    {
        while (++_index < set.Count)
        {
            if (set[_index].IsLive(nowTick))
            {
                return true;
            }
        }

        return false;
    }
}
