using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// What a REGISTER comes to, decided before anything is changed (RFC 3261 §10.3 steps 6 and 7): a refusal, or all
/// bindings of its registration set as they will be. It is made once a shard and filled again for each request: good
/// until the next one. A REGISTER that waits for its commit is planned again when the answer comes: its bindings stand
/// still meanwhile, but for those that expire, so nothing of the plan need be kept beside the request.
/// </summary>
internal sealed class RegisterPlan
{
    private readonly TentativeBindings _tentative;
    private readonly RegisterContacts _contacts;
    private readonly byte[] _registrationSet = new byte[AddressOfRecord.MaxLength];
    private int _length;
    private uint _cseq;
    private ulong _viaHash;

    public RegisterPlan(TentativeBindings tentative, RegisterContacts contacts)
    {
        _tentative = tentative;
        _contacts = contacts;
    }

    /// <summary>Key of the registration set.</summary>
    public ReadOnlySpan<byte> RegistrationSet => _registrationSet.AsSpan(0, _length);

    /// <summary>Hash of that key.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The way the request came.</summary>
    public Flow Source { get; private set; }

    /// <summary>When it was planned first: expiries count from here.</summary>
    public long Tick { get; private set; }

    /// <summary>Why it is refused.</summary>
    public RegisterFault Fault { get; set; }

    /// <summary>Call-ID, CSeq and top Via of the request.</summary>
    public RegisterOrder Order => new(_contacts.CallId, _cseq, _viaHash);

    /// <summary>Hash of all that tells the request from others.</summary>
    public ulong RequestHash { get; private set; }

    /// <summary>True when the request says anything of a Contact, and not only asks what there is.</summary>
    public bool NamesContacts => _contacts.Count > 0 || _contacts.IsWildcard;

    /// <summary>The Path values of the request, joined by commas.</summary>
    public ReadOnlySpan<byte> Path => _contacts.Path;

    /// <summary>The bindings as they are; some may have expired.</summary>
    public BindingSet Current { get; set; }

    /// <summary>True when readers will see more than another time of expiry: <see cref="Next"/> takes the place of <see cref="Current"/>.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The bindings as readers will see them, highest q first; none unless there is a difference.</summary>
    public BindingSet Next { get; set; }

    /// <summary>The bindings one by one, those that go included.</summary>
    public ReadOnlySpan<TentativeBinding> Entries => _tentative.Entries;

    /// <summary>How many bindings there will be.</summary>
    public int Remaining => _tentative.Remaining;

    /// <summary>How many more there will be than now; negative when some go.</summary>
    public int Added => Remaining - Current.Count;

    /// <summary>Bindings that room is needed for.</summary>
    public int Growth => Math.Max(0, Added);

    /// <summary>True when there is something to commit; a query and what was served before change nothing.</summary>
    public bool ChangesBindings => _tentative.ChangesBindings;

    /// <summary>Takes a request in.</summary>
    public void Begin(SipMessage request, in Flow source, ReadOnlySpan<byte> registrationSet, LocationService location, long tick)
    {
        registrationSet.CopyTo(_registrationSet);
        _length = registrationSet.Length;
        _cseq = request.CSeq.Number;
        (Hash, Source, Tick) = (location.HashOf(registrationSet), source, tick);
        (Fault, IsSeen, Current, Next) = (RegisterFault.None, false, default, default);
        _tentative.Clear();
        ref readonly var via = ref request.TopVia;
        var viaHash = location.BeginHash();
        viaHash.Add(request[via.Branch]);
        viaHash.Add(request[via.Host]);
        viaHash.Add((ulong)via.Port);
        _viaHash = viaHash.Value;
        var requestHash = location.BeginHash();
        requestHash.Add(request[request.CallId]);
        requestHash.Add(Hash);
        requestHash.Add(_viaHash);
        requestHash.Add(_cseq);
        RequestHash = requestHash.Value;
    }
}
