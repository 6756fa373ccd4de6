namespace ImsSipFast.Engine.Parsing;

/// <summary>A CSeq value (RFC 3261 §20.16): a number and the method.</summary>
/// <param name="Number">0 to 2^31 − 1.</param>
/// <param name="Method">The method, <see cref="SipMethod.Unknown"/> for one we do not know by name.</param>
/// <param name="MethodToken">The method as written.</param>
internal readonly record struct CSeq(uint Number, SipMethod Method, Slice MethodToken)
{
    /// <summary>Parses <c>1*DIGIT LWS Method</c>; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, Slice value, out CSeq cseq)
    {
        cseq = default;
        var text = value.Of(message);
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');

        // RFC 3261 §8.1.1.5: the number MUST be less than 2^31.
        if (digits <= 0 || !Scan.IsLws(text[digits]) || !Scan.TryNumber(text[..digits], out var number) || number > int.MaxValue)
        {
            return false;
        }

        var at = Scan.SkipLws(text, digits);
        var method = SipMethods.Recognise(text[at..]);
        if (method == SipMethod.Unknown && !Scan.IsToken(text[at..]))
        {
            return false;
        }

        cseq = new CSeq(number, method, Slice.FromBounds(value.Start + at, value.End));
        return true;
    }
}
