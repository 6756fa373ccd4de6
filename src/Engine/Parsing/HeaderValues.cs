namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Walks the values of one header name in order, over repeated fields and comma lists alike
/// (RFC 3261 §7.3.1: the two are the same). Empty list elements are passed over.
/// </summary>
internal ref struct HeaderValues(SipMessage message, HeaderName name)
{
    private int _line = message.Headers.FirstOf(name);
    private int _at = -1;
    private bool _isOneLine;

    /// <summary>Walks the values of one header field only.</summary>
    public static HeaderValues OfLine(SipMessage message, int line) =>
        new(message, HeaderName.Other) { _line = line, _isOneLine = true };

    /// <summary>The value the walk stands on, without white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Where it stands in the message.</summary>
    public Slice CurrentSlice { get; private set; }

    /// <summary>The header field it stands in.</summary>
    public int CurrentLine { get; private set; }

    /// <summary>Goes to the next value; false after the last.</summary>
    public bool Next()
    {
        while (_line >= 0)
        {
            var value = message.Headers[_line].Value;
            var text = message.Bytes[..value.End];
            var start = _at < 0 ? value.Start : _at;
            if (start >= value.End)
            {
                _line = _isOneLine ? -1 : message.Headers.NextOf(_line);
                _at = -1;
                continue;
            }

            var end = Scan.EndOfListElement(text, start);
            _at = end + 1;
            var first = Scan.SkipLws(text, start);
            var last = Math.Min(end, text.Length);
            while (last > first && Scan.IsLws(text[last - 1]))
            {
                last--;
            }

            if (last > first)
            {
                CurrentLine = _line;
                CurrentSlice = Slice.FromBounds(first, last);
                Current = text[first..last];
                return true;
            }
        }

        return false;
    }
}
