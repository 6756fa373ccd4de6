using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// One contact of one registration set (RFC 3261 §10.3): where requests for it go, and until when. All that a
/// reader sees is fixed when the binding is made, except <see cref="ExpiresTick"/>, which a refresh moves in place;
/// what only the owning shard needs (Call-ID, CSeq) it alone reads and writes.
/// </summary>
internal sealed class Binding
{
    /// <summary>Stands for the top Via of a REGISTER that a former process served.</summary>
    internal const ulong UnknownVia = 0;

    // What it costs beside its texts: object, timer, and its part of the location table. perf --memory measures it.
    private const int OctetsEach = 216;

    // One array for all texts, in this order: registration set, Contact URI, Contact parameters, Path, Call-ID.
    private readonly byte[] _texts;
    private readonly ushort _uriStart;
    private readonly ushort _parametersStart;
    private readonly ushort _pathStart;
    private readonly ushort _callIdStart;
    private readonly short _qValue;
    private readonly Flow _source;
    private ushort _callIdLength;
    private uint _cseq;
    private ulong _viaHash;
    private long _expiresTick;

    /// <param name="registrationSet">Key of the set.</param>
    /// <param name="texts">Contact URI, its parameters, Path and Call-ID; copied.</param>
    /// <param name="qValue">Preference in thousandths.</param>
    /// <param name="source">The way the REGISTER came.</param>
    public Binding(ReadOnlySpan<byte> registrationSet, in BindingTexts texts, int qValue, in Flow source)
    {
        _uriStart = (ushort)registrationSet.Length;
        _parametersStart = (ushort)(_uriStart + texts.ContactUri.Length);
        _pathStart = (ushort)(_parametersStart + texts.ContactParameters.Length);
        _callIdStart = (ushort)(_pathStart + texts.Path.Length);
        _callIdLength = (ushort)texts.CallId.Length;
        _texts = GC.AllocateUninitializedArray<byte>(_callIdStart + _callIdLength);
        registrationSet.CopyTo(_texts);
        texts.ContactUri.CopyTo(_texts.AsSpan(_uriStart));
        texts.ContactParameters.CopyTo(_texts.AsSpan(_parametersStart));
        texts.Path.CopyTo(_texts.AsSpan(_pathStart));
        texts.CallId.CopyTo(_texts.AsSpan(_callIdStart));
        _qValue = (short)qValue;
        _source = source;
        Timer = new TimerNode(this);
    }

    /// <summary>Key of the registration set that it belongs to.</summary>
    public ReadOnlySpan<byte> RegistrationSet => _texts.AsSpan(0, _uriStart);

    /// <summary>The Contact URI as the client wrote it, without angle brackets; any scheme.</summary>
    public ReadOnlySpan<byte> ContactUri => _texts.AsSpan(_uriStart, _parametersStart - _uriStart);

    /// <summary>The Contact's header parameters as the client wrote them, each with its semicolon, <c>expires</c> left out.</summary>
    public ReadOnlySpan<byte> ContactParameters => _texts.AsSpan(_parametersStart, _pathStart - _parametersStart);

    /// <summary>The Path values of its REGISTER in order, joined by commas (RFC 3327 §5.3); empty when there were none.</summary>
    public ReadOnlySpan<byte> Path => _texts.AsSpan(_pathStart, _callIdStart - _pathStart);

    /// <summary>Octets that it keeps of its REGISTER.</summary>
    public int Octets => _texts.Length - _uriStart;

    /// <summary>Preference in thousandths, 0 to 1000.</summary>
    public int QValue => _qValue;

    /// <summary>The way its REGISTER came.</summary>
    public Flow Source => _source;

    /// <summary>The tick from which it is no more.</summary>
    public long ExpiresTick => Volatile.Read(ref _expiresTick);

    /// <summary>Octets that it takes in memory.</summary>
    internal int MemoryOctets => OctetsEach + _texts.Length;

    /// <summary>Its expiry on the wheel of the shard that owns it.</summary>
    internal TimerNode Timer { get; }

    /// <summary>True while it has not expired.</summary>
    public bool IsLive(long nowTick) => nowTick < ExpiresTick;

    /// <summary>
    /// Owner: the Call-ID of its REGISTER. It is kept as it came, since with CSeq it tells which of two REGISTERs is the
    /// newer one (RFC 3261 §10.3 step 7), also after a restart, when a hash under the key of this process says nothing.
    /// </summary>
    internal ReadOnlySpan<byte> CallId => _texts.AsSpan(_callIdStart, _callIdLength);

    /// <summary>Owner: the CSeq number of its REGISTER.</summary>
    internal uint CSeq => _cseq;

    /// <summary>
    /// Owner: takes over the time and order of a REGISTER whose Call-ID has room (<see cref="SaysTheSame"/>). The top Via
    /// is held as a 64-bit hash: all that is ever asked is whether it is the same again.
    /// </summary>
    internal void Refresh(in RegisterOrder order, long expiresTick)
    {
        order.CallId.CopyTo(_texts.AsSpan(_callIdStart));
        _callIdLength = (ushort)order.CallId.Length;
        _viaHash = order.ViaHash;
        _cseq = order.CSeq;
        Volatile.Write(ref _expiresTick, expiresTick);
    }

    /// <summary>Owner: how a REGISTER stands to the one that this binding had last (RFC 3261 §10.3 step 7).</summary>
    internal RegisterPlace PlaceOf(in RegisterOrder order)
    {
        if (order.CSeq > _cseq || !order.CallId.SequenceEqual(CallId))
        {
            return RegisterPlace.Newer;
        }

        return order.CSeq == _cseq && (order.ViaHash == _viaHash || _viaHash == UnknownVia) ? RegisterPlace.Retransmission : RegisterPlace.OutOfOrder;
    }

    /// <summary>
    /// Owner: true when a REGISTER with these would change nothing that a reader sees but the time, and its Call-ID finds
    /// room in the place of the last one: that of a phone is as long each time.
    /// </summary>
    internal bool SaysTheSame(in BindingTexts texts, in Flow source) =>
        _source == source
        && texts.CallId.Length <= _texts.Length - _callIdStart
        && ContactUri.SequenceEqual(texts.ContactUri)
        && ContactParameters.SequenceEqual(texts.ContactParameters)
        && Path.SequenceEqual(texts.Path);
}

/// <summary>What a REGISTER says of one contact.</summary>
internal readonly ref struct BindingTexts(
    ReadOnlySpan<byte> contactUri, ReadOnlySpan<byte> contactParameters, ReadOnlySpan<byte> path, ReadOnlySpan<byte> callId = default)
{
    /// <summary>Contact URI without angle brackets.</summary>
    public readonly ReadOnlySpan<byte> ContactUri = contactUri;

    /// <summary>Header parameters without <c>expires</c>.</summary>
    public readonly ReadOnlySpan<byte> ContactParameters = contactParameters;

    /// <summary>Path values joined by commas.</summary>
    public readonly ReadOnlySpan<byte> Path = path;

    /// <summary>Call-ID.</summary>
    public readonly ReadOnlySpan<byte> CallId = callId;

    /// <summary>Octets of all four.</summary>
    public int Octets => ContactUri.Length + ContactParameters.Length + Path.Length + CallId.Length;
}

/// <summary>How a REGISTER stands to the one that a binding had last.</summary>
internal enum RegisterPlace : byte
{
    /// <summary>Another Call-ID, or a higher CSeq.</summary>
    Newer,

    /// <summary>The very same request once more.</summary>
    Retransmission,

    /// <summary>The same Call-ID and no higher CSeq: the request fails.</summary>
    OutOfOrder,
}

/// <summary>What orders REGISTERs and tells a retransmission.</summary>
internal readonly ref struct RegisterOrder(ReadOnlySpan<byte> callId, uint cseq, ulong viaHash)
{
    /// <summary>Call-ID.</summary>
    public readonly ReadOnlySpan<byte> CallId = callId;

    /// <summary>CSeq number.</summary>
    public readonly uint CSeq = cseq;

    /// <summary>Hash of the top Via's branch and sent-by: what makes a transaction (RFC 3261 §17.2.3).</summary>
    public readonly ulong ViaHash = viaHash;
}
