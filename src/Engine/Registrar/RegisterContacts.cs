using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>One Contact value of a REGISTER; its texts stand in the <see cref="RegisterContacts"/> that read it.</summary>
internal struct ContactUpdate
{
    public int UriStart;
    public int UriLength;
    public int ParametersStart;
    public int ParametersLength;

    /// <summary>Preference in thousandths.</summary>
    public int QValue;

    /// <summary>Seconds that the binding is to live, 0 to remove it.</summary>
    public long ExpiresSeconds;
}

/// <summary>
/// What a REGISTER asks for: its Contacts, Path and Call-ID, checked and in the form in which bindings keep them. Made once
/// per shard and filled again for each request.
/// </summary>
internal sealed class RegisterContacts
{
    // A Call-ID that is kept beside the longest Contact and Path leaves offsets of 16 bits. It counts among the octets of
    // its user too, a limit that is nearly always the narrower one.
    private const int LongestCallId = 32_768;

    private readonly SipEngineOptions _options;
    private readonly ContactUpdate[] _updates;
    private readonly byte[] _texts;
    private int _pathLength;
    private int _callIdLength;
    private int _textsLength;
    private bool _bindsSips;
    private bool _isAllSips;

    public RegisterContacts(SipEngineOptions options)
    {
        _options = options;
        _updates = new ContactUpdate[options.MaxBindingsPerAor];

        // Never longer than the message that they are taken from: a comma takes the place of more than it.
        _texts = new byte[ushort.MaxValue + 1];
    }

    /// <summary>The Contacts in message order.</summary>
    public ReadOnlySpan<ContactUpdate> Updates => _updates.AsSpan(0, Count);

    /// <summary>How many Contacts there are, a <c>*</c> not counted.</summary>
    public int Count { get; private set; }

    /// <summary>True when the Contact is <c>*</c>: remove all.</summary>
    public bool IsWildcard { get; private set; }

    /// <summary>The Path values joined by commas.</summary>
    public ReadOnlySpan<byte> Path => _texts.AsSpan(0, _pathLength);

    /// <summary>The Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => _texts.AsSpan(_pathLength, _callIdLength);

    /// <summary>The Contact URI of an update.</summary>
    public ReadOnlySpan<byte> UriOf(in ContactUpdate update) => _texts.AsSpan(update.UriStart, update.UriLength);

    /// <summary>What an update says of its contact.</summary>
    public BindingTexts TextsOf(in ContactUpdate update) =>
        new(UriOf(update), _texts.AsSpan(update.ParametersStart, update.ParametersLength), Path, CallId);

    /// <summary>Reads the request; <see cref="RegisterFault.None"/> when all of it can be served.</summary>
    public RegisterFault Read(SipMessage request)
    {
        Count = 0;
        IsWildcard = false;
        _pathLength = _textsLength = 0;
        _bindsSips = false;
        _isAllSips = StartsWithSips(request[request.RequestUri]);
        return ReadPath(request) is var fault and not RegisterFault.None ? fault
            : ReadCallId(request) is var tooLong and not RegisterFault.None ? tooLong
            : ReadContacts(request) is var other and not RegisterFault.None ? other

            // RFC 5630 §5.2: a sips Contact MUST NOT be bound unless Request-URI, Contacts and Path are sips too: a secure
            // resource would be reached in the clear. From and To do not matter.
            : _bindsSips && !_isAllSips ? RegisterFault.SipsInTheClear : RegisterFault.None;
    }

    private static bool StartsWithSips(ReadOnlySpan<byte> uri) => uri.Length > 5 && System.Text.Ascii.EqualsIgnoreCase(uri[..5], "sips:"u8);

    private RegisterFault ReadPath(SipMessage request)
    {
        // RFC 3327 §5.3: Path without "Supported: path" may be refused with 420 or served. Served: the proxies that
        // added it will not reach the contact in any other way, and clients that never heard of Path are common.
        var values = request.Values(HeaderName.Path);
        while (values.Next())
        {
            if (!NameAddr.TryParse(values.Current, out var address) || !address.HasBrackets
                || !SipUri.TryParse(address.Uri, out var uri) || !uri.IsSip)
            {
                return RegisterFault.BadPath;
            }

            _isAllSips &= uri.Scheme == UriScheme.Sips;
            if (_pathLength + 1 + values.Current.Length > _options.MaxContactLength)
            {
                return RegisterFault.TooLong;
            }

            if (_pathLength > 0)
            {
                Append(","u8);
            }

            Append(values.Current);
            _pathLength = _textsLength;
        }

        return RegisterFault.None;
    }

    private RegisterFault ReadCallId(SipMessage request)
    {
        var callId = request[request.CallId];
        _callIdLength = callId.Length;
        Append(callId);
        return _callIdLength > LongestCallId ? RegisterFault.TooLong : RegisterFault.None;
    }

    private RegisterFault ReadContacts(SipMessage request)
    {
        var expires = HeaderExpires(request, out var isZero);
        var values = request.Values(HeaderName.Contact);
        while (values.Next())
        {
            if (IsWildcard)
            {
                return RegisterFault.BadWildcard;
            }

            if (values.Current is [(byte)'*'])
            {
                // RFC 3261 §10.3 step 6: alone, and with an Expires header field of zero.
                IsWildcard = true;
                if (Count > 0 || !isZero)
                {
                    return RegisterFault.BadWildcard;
                }

                continue;
            }

            if (ReadContact(values.Current, expires) is var fault and not RegisterFault.None)
            {
                return fault;
            }
        }

        return RegisterFault.None;
    }

    private RegisterFault ReadContact(ReadOnlySpan<byte> value, long headerExpires)
    {
        if (!ContactValue.TryParse(value, out var contact))
        {
            return RegisterFault.BadContact;
        }

        // RFC 3261 §10.3 step 7: the parameter, else the header field, else the default.
        var requested = contact.HasExpires ? contact.ExpiresSeconds : headerExpires;
        var seconds = requested < 0 ? Math.Max(_options.DefaultExpires, _options.MinExpires) : requested;
        if (seconds is > 0 and < 3600 && seconds < _options.MinExpires)
        {
            return RegisterFault.IntervalTooBrief;
        }

        if (Count == _updates.Length)
        {
            return RegisterFault.TooManyContacts;
        }

        if (seconds > 0)
        {
            _bindsSips |= contact.Uri.Scheme == UriScheme.Sips;
            _isAllSips &= contact.Uri.Scheme == UriScheme.Sips;
        }

        ref var update = ref _updates[Count];
        update.QValue = contact.QValue;
        update.ExpiresSeconds = Math.Min(seconds, _options.MaxExpires);
        update.UriStart = _textsLength;
        update.UriLength = contact.Address.Uri.Length;
        Append(contact.Address.Uri);
        update.ParametersStart = _textsLength;
        AppendParameters(contact.Address.Parameters);
        update.ParametersLength = _textsLength - update.ParametersStart;
        if (update.UriLength + update.ParametersLength > _options.MaxContactLength)
        {
            return RegisterFault.TooLong;
        }

        Count++;
        return RegisterFault.None;
    }

    /// <summary>Seconds of the Expires header field, -1 for none or one that is no number (it counts as the default).</summary>
    private static long HeaderExpires(SipMessage request, out bool isZero)
    {
        var valid = Scan.TrySeconds(request.FirstValue(HeaderName.Expires), out var seconds);
        isZero = valid && seconds == 0;
        return valid ? seconds : -1;
    }

    private void AppendParameters(ReadOnlySpan<byte> parameters)
    {
        var walk = new Parameters(parameters);
        while (walk.Next())
        {
            if (walk.Is("expires"u8))
            {
                continue;
            }

            Append(";"u8);
            Append(walk.Name);
            if (walk.HasValue)
            {
                Append("="u8);
                Append(walk.Value);
            }
        }
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_texts.AsSpan(_textsLength));
        _textsLength += text.Length;
    }
}
