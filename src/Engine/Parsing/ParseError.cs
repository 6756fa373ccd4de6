namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// What is wrong with a message, in the order it was found. Bad input is a value, never an exception.
/// <see cref="ParseErrors.StatusOf"/> says how a request with it is answered.
/// </summary>
internal enum ParseError : byte
{
    None,
    Empty,
    NoStartLine,
    BadStartLine,
    BadRequestUri,
    BadVersion,
    BadStatusCode,
    NoEndOfHeaders,
    BadHeaderLine,
    TooManyHeaders,
    MissingVia,
    BadVia,
    MissingTo,
    BadTo,
    MissingFrom,
    BadFrom,
    MissingCallId,
    BadCallId,
    MissingCSeq,
    BadCSeq,
    CSeqMethodMismatch,
    BadMaxForwards,
    BadContentLength,
    ContentLengthMismatch,
    DuplicateHeader,
    BadRoute,
    BadContact,
    BadExpires,
}

/// <summary>How a request with a <see cref="ParseError"/> is answered.</summary>
internal static class ParseErrors
{
    /// <summary>The status code for the error: 400, but 505 for the version, 501 for an unknown method that its CSeq contradicts.</summary>
    public static int StatusOf(ParseError error, SipMethod method) => error switch
    {
        ParseError.BadVersion => 505,
        // RFC 4475 §3.1.2.18: 501 is preferred when the method is not known either.
        ParseError.CSeqMethodMismatch when method == SipMethod.Unknown => 501,
        _ => 400,
    };

    /// <summary>The reason phrase: it tells the sender which part to look at.</summary>
    public static ReadOnlySpan<byte> ReasonOf(ParseError error) => error switch
    {
        ParseError.BadVersion => "Version Not Supported"u8,
        ParseError.BadRequestUri => "Bad Request-URI"u8,
        ParseError.NoEndOfHeaders => "No End of Headers"u8,
        ParseError.BadHeaderLine => "Bad Header Line"u8,
        ParseError.TooManyHeaders => "Too Many Headers"u8,
        ParseError.BadVia => "Bad Via"u8,
        ParseError.MissingTo => "Missing To"u8,
        ParseError.BadTo => "Bad To"u8,
        ParseError.MissingFrom => "Missing From"u8,
        ParseError.BadFrom => "Bad From"u8,
        ParseError.MissingCallId => "Missing Call-ID"u8,
        ParseError.BadCallId => "Bad Call-ID"u8,
        ParseError.MissingCSeq => "Missing CSeq"u8,
        ParseError.BadCSeq => "Bad CSeq"u8,
        ParseError.CSeqMethodMismatch => "CSeq Method Mismatch"u8,
        ParseError.BadMaxForwards => "Bad Max-Forwards"u8,
        ParseError.BadContentLength => "Bad Content-Length"u8,
        ParseError.ContentLengthMismatch => "Content-Length Mismatch"u8,
        ParseError.DuplicateHeader => "Duplicate Header"u8,
        ParseError.BadRoute => "Bad Route"u8,
        ParseError.BadContact => "Bad Contact"u8,
        ParseError.BadExpires => "Bad Expires"u8,
        _ => "Bad Request"u8,
    };
}
