namespace ImsSipFast.LoadGen.Wire;

/// <summary>
/// A message that came, scanned just enough for a user agent: the start line, what identifies transaction and dialog,
/// what a response or the next request of the dialog is made of. Compact names, folding and any order are understood;
/// headers not named here are passed over.
/// </summary>
internal ref struct SipView
{
    public ReadOnlySpan<byte> Bytes;
    public bool IsRequest;
    public int Status;

    /// <summary>Of the request; in a response, of its CSeq.</summary>
    public Method Method;
    public uint CSeq;
    public Slice RequestUri;
    public Slice CallId;
    public Slice From;
    public Slice To;
    public Slice FromTag;
    public Slice ToTag;
    public Slice CSeqValue;
    public Slice Contact;
    public Slice Branch;
    public Slice Expires;
    public SliceList Vias;
    public SliceList RecordRoutes;
    public SliceList Challenges;
    public Slice Body;

    /// <summary>The octets of a part.</summary>
    public readonly ReadOnlySpan<byte> this[Slice slice] => slice.Of(Bytes);

    /// <summary>False when it is no message that a user agent could act on.</summary>
    public static bool TryScan(ReadOnlySpan<byte> bytes, out SipView view)
    {
        view = default;
        view.Bytes = bytes;
        var position = 0;
        if (!Lines.TryNext(bytes, ref position, out var start) || !view.ReadStartLine(start))
        {
            return false;
        }

        var contentLength = -1L;
        while (Lines.TryNext(bytes, ref position, out var line))
        {
            if (line.IsEmpty)
            {
                return view.Finish(position, contentLength);
            }

            if (!view.ReadHeader(line, ref contentLength))
            {
                return false;
            }
        }

        return false;
    }

    private bool Finish(int position, long contentLength)
    {
        var rest = Bytes.Length - position;

        // RFC 3261 §18.3: what lies beyond Content-Length is discarded; with less than that it is no message.
        if (contentLength > rest || Vias.Count == 0 || CallId.IsEmpty || From.IsEmpty || To.IsEmpty || CSeqValue.IsEmpty)
        {
            return false;
        }

        Body = new(position, contentLength < 0 ? rest : (int)contentLength);
        FromTag = Parameters.Find(Bytes, Parameters.OfAddress(Bytes, From), "tag"u8);
        ToTag = Parameters.Find(Bytes, Parameters.OfAddress(Bytes, To), "tag"u8);
        var top = CommaList.First(Bytes, Vias[0]);
        Branch = Parameters.Find(Bytes, top, "branch"u8);
        return !top.IsEmpty;
    }

    private bool ReadStartLine(Slice line)
    {
        var text = this[line];
        if (text.StartsWith("SIP/2.0 "u8))
        {
            Status = text.Length >= 11 && Digits.TryRead(text.Slice(8, 3), out var status) ? (int)status : 0;
            return Status is >= 100 and < 700;
        }

        var first = text.IndexOf((byte)' ');
        var last = text.LastIndexOf((byte)' ');
        IsRequest = first > 0 && last > first && text[(last + 1)..].SequenceEqual("SIP/2.0"u8);
        if (IsRequest)
        {
            Method = MethodName.Read(text[..first]);
            RequestUri = new(line.Start + first + 1, last - first - 1);
        }

        return IsRequest;
    }

    private bool ReadHeader(Slice line, ref long contentLength)
    {
        var text = this[line];
        var colon = text.IndexOf((byte)':');
        if (colon <= 0)
        {
            return true;
        }

        var name = text[..colon].TrimEnd(" \t"u8);
        var value = Lines.Trim(Bytes, new(line.Start + colon + 1, line.Length - colon - 1));
        switch (HeaderId.Read(name))
        {
            case HeaderId.Via:
                return Vias.Add(value);
            case HeaderId.RecordRoute:
                return RecordRoutes.Add(value);
            case HeaderId.Challenge:
                return Challenges.Add(value);
            case HeaderId.From:
                From = value;
                return true;
            case HeaderId.To:
                To = value;
                return true;
            case HeaderId.CallId:
                CallId = value;
                return true;
            case HeaderId.CSeq:
                return ReadCSeq(value);
            case HeaderId.Contact:
                Contact = Contact.IsEmpty ? value : Contact;
                return true;
            case HeaderId.Expires:
                Expires = value;
                return true;
            case HeaderId.ContentLength:
                var understood = Digits.TryRead(this[value], out var length);
                contentLength = length;
                return understood;
            default:
                return true;
        }
    }

    private bool ReadCSeq(Slice value)
    {
        CSeqValue = value;
        var text = this[value];
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end <= 0 || !Digits.TryRead(text[..end], out CSeq))
        {
            return false;
        }

        var method = MethodName.Read(text[end..].Trim(" \t\r\n"u8));
        if (IsRequest)
        {
            return method == Method;
        }

        Method = method;
        return true;
    }
}
