namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// A parsed view of one message: offsets into bytes that its caller owns. Made once per shard and filled again
/// for each message by <see cref="SipParser"/>; valid until the next fill or until the bytes are returned.
/// </summary>
internal sealed class SipMessage
{
    private byte[] _buffer = [];

    /// <param name="maxHeaders">Header fields beyond this many are a <see cref="ParseError.TooManyHeaders"/>; 8 to 4096.</param>
    public SipMessage(int maxHeaders = 256) => Headers = new HeaderIndex(maxHeaders);

    /// <summary>The octets of the message: start line, headers and exactly Content-Length octets of body.</summary>
    public ReadOnlySpan<byte> Bytes => new(_buffer, 0, End);

    /// <summary>Where the message begins: after keep-alive line ends (RFC 3261 §7.5).</summary>
    public int Start { get; internal set; }

    /// <summary>Where it ends.</summary>
    public int End { get; internal set; }

    /// <summary>The first thing that is wrong with it.</summary>
    public ParseError Error { get; internal set; }

    /// <summary>True for a request, false for a response.</summary>
    public bool IsRequest { get; internal set; }

    /// <summary>Method of a request.</summary>
    public SipMethod Method { get; internal set; }

    /// <summary>Method of a request as written.</summary>
    public Slice MethodToken { get; internal set; }

    /// <summary>Request-URI of a request as written.</summary>
    public Slice RequestUri { get; internal set; }

    /// <summary>Status code of a response, 100 to 699.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>Status code and reason phrase of a response as written.</summary>
    public Slice StatusAndReason { get; internal set; }

    /// <summary>Where the headers begin.</summary>
    public int HeadersStart { get; internal set; }

    /// <summary>The header fields.</summary>
    public HeaderIndex Headers { get; }

    /// <summary>The body: never looked into.</summary>
    public Slice Body { get; internal set; }

    /// <summary>Top Via; <see cref="HasVia"/> tells whether it is there and could be parsed.</summary>
    public ref readonly Via TopVia => ref TopViaField;

    internal Via TopViaField;

    /// <summary>True when the top Via is well-formed enough to answer by.</summary>
    public bool HasVia { get; internal set; }

    /// <summary>Call-ID; empty when it is missing.</summary>
    public Slice CallId { get; internal set; }

    /// <summary>CSeq.</summary>
    public CSeq CSeq { get; internal set; }

    /// <summary>Tag of From; empty when it has none.</summary>
    public Slice FromTag { get; internal set; }

    /// <summary>Tag of To; empty when it has none.</summary>
    public Slice ToTag { get; internal set; }

    /// <summary>Max-Forwards, or -1 when the request has none.</summary>
    public int MaxForwards { get; internal set; }

    /// <summary>The octets of a slice.</summary>
    public ReadOnlySpan<byte> this[Slice slice] => new(_buffer, slice.Start, slice.Length);

    /// <summary>
    /// Writes over octets of the message; what was read of it still stands where it stood. For who owns the octets, and
    /// only where a value takes the place of one of equal length.
    /// </summary>
    public void Overwrite(int start, ReadOnlySpan<byte> octets) => octets.CopyTo(_buffer.AsSpan(start, octets.Length));

    /// <summary>Value of the first field of that name; empty when there is none.</summary>
    public ReadOnlySpan<byte> FirstValue(HeaderName name)
    {
        var index = Headers.FirstOf(name);
        return index < 0 ? default : this[Headers[index].Value];
    }

    /// <summary>All values of a header name.</summary>
    public HeaderValues Values(HeaderName name) => new(this, name);

    /// <summary>The values of one header field, by its index.</summary>
    public HeaderValues ValuesOf(int line) => HeaderValues.OfLine(this, line);

    /// <summary>True when there is at least one field of that name.</summary>
    public bool Has(HeaderName name) => Headers.FirstOf(name) >= 0;

    /// <summary>The Via below the top one: where a response goes next. False when there is none or it is malformed.</summary>
    public bool TryGetNextVia(out Via via)
    {
        via = default;
        var values = Values(HeaderName.Via);
        return values.Next() && values.Next() && Via.TryParse(Bytes, values.CurrentSlice.Start, values.CurrentSlice.End, out via);
    }

    /// <summary>True when there is a Via below the top one.</summary>
    public bool HasNextVia()
    {
        if (Headers.IsRepeated(HeaderName.Via))
        {
            return true;
        }

        var line = Headers[Headers.FirstOf(HeaderName.Via)];
        return Bytes[TopVia.Value.End..line.Value.End].Contains((byte)',');
    }

    internal void Reset(byte[] buffer, int length)
    {
        _buffer = buffer;
        Start = 0;
        End = length;
        Error = ParseError.None;
        IsRequest = false;
        Method = SipMethod.Unknown;
        MethodToken = RequestUri = StatusAndReason = Body = CallId = FromTag = ToTag = default;
        StatusCode = 0;
        HeadersStart = 0;
        Headers.Clear();
        TopViaField = default;
        HasVia = false;
        CSeq = default;
        MaxForwards = -1;
    }

    /// <summary>Notes an error unless an earlier one stands.</summary>
    internal void Fail(ParseError error)
    {
        if (Error == ParseError.None)
        {
            Error = error;
        }
    }
}
