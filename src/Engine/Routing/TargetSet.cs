using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>One place to try: a URI and what the binding behind it knows.</summary>
/// <param name="Uri">Where the URI stands in the set's octets.</param>
/// <param name="Path">Where the Path values stand; empty when there are none.</param>
/// <param name="QValue">Preference in thousandths.</param>
/// <param name="Source">The way its REGISTER came; none for a target that is no binding.</param>
/// <param name="Kind">What it is besides a place.</param>
internal readonly record struct Target(Slice Uri, Slice Path, int QValue, Flow Source, TargetKind Kind);

/// <summary>Where a target came from, as far as it matters to how it is tried.</summary>
internal enum TargetKind : byte
{
    /// <summary>A Request-URI or a binding.</summary>
    Plain,

    /// <summary>A sips binding for a sip request: its URI has become a sip URI, and it is reached over a secure transport only (RFC 5630 §5.3).</summary>
    SecureOnly,

    /// <summary>A Contact of a 3xx: it is tried as it comes, whatever still rings (RFC 3261 §16.7 step 4).</summary>
    Redirect,
}

/// <summary>
/// RFC 3261 §16.5: the target set, in the order of trial. A URI is in it once only, however it came in. The octets
/// are kept with it, since bindings may change while the call rings.
/// </summary>
internal sealed class TargetSet(int limit)
{
    // One Contact and its Path: most requests have no more.
    private const int UsualRoom = 128;
    private const int MostIdleRoom = 16_384;

    private readonly List<Target> _targets = new(1);
    private readonly List<Slice> _kept = new(1);
    private byte[] _octets = new byte[UsualRoom];
    private int _used;

    // Only for those that are added later, which few requests have.
    private UriIndex? _index;

    /// <summary>Targets in the set, tried and untried.</summary>
    public int Count => _targets.Count;

    /// <summary>How many from the start have been taken for trial.</summary>
    public int Tried { get; set; }

    /// <summary>Octets of all URIs and Paths in it.</summary>
    public int Octets => _used;

    /// <summary>True when the next to be tried is a Contact of a 3xx, which waits for nothing.</summary>
    public bool IsRedirectNext => Tried < Count && _targets[Tried].Kind == TargetKind.Redirect;

    public Target this[int index] => _targets[index];

    /// <summary>Octets of a URI or Path.</summary>
    public ReadOnlySpan<byte> this[Slice slice] => slice.Of(_octets);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _targets.Clear();
        if (_octets.Length > MostIdleRoom)
        {
            // One request with sixteen long Contacts is no reason to keep room for as much in every context.
            _octets = new byte[UsualRoom];
        }

        _kept.Clear();
        _index?.Clear();
        _used = 0;
        Tried = 0;
    }

    /// <summary>
    /// Adds a target that a response names, behind those of higher or equal q that are still untried. False when the URI
    /// is in the set already (RFC 3261 §16.5: it MUST NOT be added again) or the set is full.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> uri, int qValue) =>
        _targets.Count < limit && !Contains(uri) && TryAdd(uri, default, qValue, default, TargetKind.Redirect);

    /// <summary>
    /// Adds the Request-URI or a binding in the same place. The registrar has kept the bindings of a user apart already,
    /// and to compare them all again would cost each request the square of what a REGISTER wrote. False when the set is full.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> path, int qValue, in Flow source, TargetKind kind = TargetKind.Plain)
    {
        if (_targets.Count >= limit || _used + uri.Length + path.Length > ushort.MaxValue)
        {
            return false;
        }

        var at = _targets.Count;
        while (at > Tried && _targets[at - 1].QValue < qValue)
        {
            at--;
        }

        _kept.Add(Keep(uri));
        _targets.Insert(at, new Target(_kept[^1], Keep(path), qValue, source, kind));
        return true;
    }

    /// <summary>
    /// Takes the next group to try in parallel: the untried targets of the highest q (RFC 3261 §16.6), at most
    /// <paramref name="limit"/> of them. They are <c>[Tried - n, Tried)</c> afterwards; returns n.
    /// </summary>
    public int TakeNextGroup(int limit)
    {
        var first = Tried;
        while (Tried < _targets.Count && Tried - first < limit && _targets[Tried].QValue == _targets[first].QValue)
        {
            Tried++;
        }

        return Tried - first;
    }

    private bool Contains(ReadOnlySpan<byte> uri)
    {
        // Targets change places as they are added, but their octets stay in the order in which they came.
        _index ??= new UriIndex();
        for (var i = _index.Count; i < _targets.Count; i++)
        {
            _index.Add(_kept[i].Of(_octets));
            _index.AddParts(_kept[i].Of(_octets));
        }

        for (var i = _index.FindSame(uri); i >= 0; i = _index.FindNextSame(i))
        {
            if (_kept[i].Of(_octets).SequenceEqual(uri))
            {
                return true;
            }
        }

        if (!SipUri.TryParse(uri, out var parsed))
        {
            return false;
        }

        for (var i = _index.FindAlike(parsed); i >= 0; i = _index.FindNextAlike(i))
        {
            if (SipUri.TryParse(_kept[i].Of(_octets), out var known) && UriComparison.AreEqual(known, parsed))
            {
                return true;
            }
        }

        return false;
    }

    private Slice Keep(ReadOnlySpan<byte> octets)
    {
        if (_used + octets.Length > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _used + octets.Length));
        }

        octets.CopyTo(_octets.AsSpan(_used));
        var slice = new Slice((ushort)_used, (ushort)octets.Length);
        _used += octets.Length;
        return slice;
    }
}
