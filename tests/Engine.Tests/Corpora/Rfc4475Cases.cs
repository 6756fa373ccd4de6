using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>One message of RFC 4475 and what it comes to.</summary>
/// <param name="File">Its name.</param>
/// <param name="Port">Port of its top Via: the sender is bound to it.</param>
/// <param name="Error">What the parser says.</param>
/// <param name="Pure">What a proxy for foreign domains does.</param>
/// <param name="Home">What the proxy and registrar of example.com does.</param>
public sealed record Rfc4475Case(string File, int Port, string Error, string Pure, string Home)
{
    public override string ToString() => File;
}

/// <summary>
/// The verdict for each message of RFC 4475, sent over UDP whatever transport its Via names. Where the RFC leaves a
/// choice between rejecting and repairing, this proxy rejects: what it repaired could be read in two ways downstream.
/// </summary>
internal static class Rfc4475Cases
{
    public static IReadOnlyList<Rfc4475Case> All { get; } =
    [
        // §3.1.1: valid messages.
        new("wsinv", 5060, "None", "forwarded", "forwarded"),
        new("intmeth", 5060, "None", "forwarded", "404"),
        new("esc01", 5060, "None", "forwarded", "forwarded"),
        new("escnull", 5060, "None", "forwarded", "200"),
        new("esc02", 5060, "None", "forwarded", "forwarded"),
        new("lwsdisp", 5060, "None", "forwarded", "forwarded"),
        new("longreq", 5060, "None", "forwarded", "forwarded"),
        new("dblreq", 5060, "None", "forwarded", "200"),
        new("semiuri", 5060, "None", "forwarded", "404"),
        new("transports", 5060, "None", "forwarded", "forwarded"),
        new("mpart01", 5070, "None", "forwarded", "forwarded"),
        new("unreason", 5060, "None", "ViaNotOurs", "ViaNotOurs"),
        new("noreason", 5060, "None", "ViaNotOurs", "ViaNotOurs"),

        // §3.1.2: invalid messages.
        new("badinv01", 5060, nameof(ParseError.BadVia), "400", "400"),
        new("clerr", 5060, nameof(ParseError.ContentLengthMismatch), "400", "400"),
        new("ncl", 5060, nameof(ParseError.BadContentLength), "400", "400"),
        new("scalar02", 5060, nameof(ParseError.BadCSeq), "400", "400"),
        new("scalarlg", 5060, nameof(ParseError.BadCSeq), "MalformedResponse", "MalformedResponse"),
        new("quotbal", 5050, nameof(ParseError.BadTo), "400", "400"),
        new("ltgtruri", 5060, nameof(ParseError.BadRequestUri), "400", "400"),
        new("lwsruri", 5060, nameof(ParseError.BadRequestUri), "400", "400"),
        new("lwsstart", 5060, nameof(ParseError.BadRequestUri), "400", "400"),
        new("trws", 5060, nameof(ParseError.BadStartLine), "400", "400"),
        new("escruri", 5060, "None", "400", "400"),

        // Date is not a proxy's business (RFC 3261 §16.3 item 1).
        new("baddate", 5060, "None", "forwarded", "forwarded"),
        new("regbadct", 5060, "None", "forwarded", "400"),

        // White space in the brackets of To, which routing does not look at.
        new("badaspec", 5060, "None", "forwarded", "forwarded"),
        new("wire/baddn", 5060, nameof(ParseError.BadFrom), "400", "400"),

        // The archive's own copy lacks the empty line too.
        new("baddn", 5060, nameof(ParseError.NoEndOfHeaders), "400", "400"),
        new("badvers", 5060, nameof(ParseError.BadVersion), "505", "505"),
        new("mismatch01", 5060, nameof(ParseError.CSeqMethodMismatch), "400", "400"),
        new("mismatch02", 5060, nameof(ParseError.CSeqMethodMismatch), "501", "501"),
        new("bigcode", 5060, nameof(ParseError.BadStatusCode), "MalformedResponse", "MalformedResponse"),

        // §3.2: the branch is the cookie alone: RFC 2543 matching.
        new("badbranch", 5060, "None", "forwarded", "forwarded"),

        // §3.3: messages for the application layer.
        new("insuf", 5060, nameof(ParseError.MissingFrom), "400", "400"),
        new("unkscm", 5060, "None", "416", "416"),
        new("novelsc", 5060, "None", "416", "416"),
        new("unksm2", 5060, "None", "forwarded", "400"),
        new("bext01", 5060, "None", "420", "420"),
        new("invut", 5060, "None", "forwarded", "forwarded"),
        new("regaut01", 5060, "None", "forwarded", "200"),
        new("multi01", 5060, nameof(ParseError.DuplicateHeader), "400", "400"),
        new("mcl01", 5060, nameof(ParseError.DuplicateHeader), "400", "400"),
        new("bcast", 5060, "None", "ViaNotOurs", "ViaNotOurs"),
        new("zeromf", 5060, "None", "483", "483"),
        new("cparam01", 5060, "None", "forwarded", "200"),
        new("cparam02", 5060, "None", "forwarded", "200"),
        new("regescrt", 5060, "None", "forwarded", "200"),
        new("sdp01", 5060, "None", "forwarded", "forwarded"),

        // §3.4: an RFC 2543 element.
        new("inv2543", 5060, "None", "forwarded", "404"),

        // In the archive but not in the RFC: no version, no Via, nobody to answer to.
        new("test", 5060, nameof(ParseError.NoStartLine), "NotSip", "NotSip"),
    ];

    /// <summary>The octets of a message.</summary>
    public static byte[] Read(string file) => ConformanceData.Read($"torture/rfc4475/{file}.dat");
}
