using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Perf;

/// <summary>The messages that are measured, as octets with CRLF line ends.</summary>
internal static class Messages
{
    /// <summary>RFC 3665 §3.2 F7: the INVITE that reaches Bob, two proxies on, with SDP.</summary>
    public static byte[] InviteWithSdp { get; } = Octets("""
        INVITE sip:bob@client.biloxi.example.com SIP/2.0
        Via: SIP/2.0/UDP ss2.biloxi.example.com:5060;branch=z9hG4bK721e4.1
        Via: SIP/2.0/UDP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1;received=192.0.2.111
        Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9;received=192.0.2.101
        Max-Forwards: 68
        Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
        From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl
        To: Bob <sip:bob@biloxi.example.com>
        Call-ID: 3848276298220188511@atlanta.example.com
        CSeq: 2 INVITE
        Contact: <sip:alice@client.atlanta.example.com>
        Content-Type: application/sdp
        Content-Length: 151

        v=0
        o=alice 2890844526 2890844526 IN IP4 client.atlanta.example.com
        s=-
        c=IN IP4 192.0.2.101
        t=0 0
        m=audio 49172 RTP/AVP 0
        a=rtpmap:0 PCMU/8000

        """);

    /// <summary>RFC 3665 §3.2 F12: Bob's 200.</summary>
    public static byte[] OkToInvite { get; } = Octets("""
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP ss2.biloxi.example.com:5060;branch=z9hG4bK721e4.1;received=192.0.2.222
        Via: SIP/2.0/UDP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1;received=192.0.2.111
        Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9;received=192.0.2.101
        Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
        From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl
        To: Bob <sip:bob@biloxi.example.com>;tag=314159
        Call-ID: 3848276298220188511@atlanta.example.com
        CSeq: 2 INVITE
        Contact: <sip:bob@client.biloxi.example.com>
        Content-Type: application/sdp
        Content-Length: 147

        v=0
        o=bob 2890844527 2890844527 IN IP4 client.biloxi.example.com
        s=-
        c=IN IP4 192.0.2.201
        t=0 0
        m=audio 3456 RTP/AVP 0
        a=rtpmap:0 PCMU/8000

        """);

    /// <summary>RFC 3665 §3.2 F18: Bob hangs up, through both proxies.</summary>
    public static byte[] Bye { get; } = Octets("""
        BYE sip:alice@client.atlanta.example.com SIP/2.0
        Via: SIP/2.0/UDP client.biloxi.example.com:5060;branch=z9hG4bKnashds7
        Max-Forwards: 70
        Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
        From: Bob <sip:bob@biloxi.example.com>;tag=314159
        To: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl
        Call-ID: 3848276298220188511@atlanta.example.com
        CSeq: 1 BYE
        Content-Length: 0


        """);

    /// <summary>RFC 3665 §2.1 F1, without the credentials.</summary>
    public static byte[] Register { get; } = Octets("""
        REGISTER sips:ss2.biloxi.example.com SIP/2.0
        Via: SIP/2.0/UDP client.biloxi.example.com:5061;branch=z9hG4bKnashds7
        Max-Forwards: 70
        From: Bob <sips:bob@biloxi.example.com>;tag=a73kszlfl
        To: Bob <sips:bob@biloxi.example.com>
        Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com
        CSeq: 1 REGISTER
        Contact: <sips:bob@client.biloxi.example.com>
        Content-Length: 0


        """);

    /// <summary>As little as a request may have, in compact form.</summary>
    public static byte[] Minimal { get; } = Octets("""
        OPTIONS sip:a@b SIP/2.0
        v: SIP/2.0/UDP c;branch=z9hG4bK1
        f: <sip:d@e>;tag=1
        t: <sip:a@b>
        i: 1
        CSeq: 1 OPTIONS
        Max-Forwards: 70


        """);

    /// <summary>100 header fields and a body of 2,000 octets.</summary>
    public static byte[] Long { get; } = Octets(
        Head("MESSAGE") + string.Concat(Enumerable.Range(0, 92).Select(static i => $"X-Extension-{i:d2}: a value of some length; with=parameters; and=more\n"))
        + "Content-Length: 2000\n\n" + new string('x', 2000));

    /// <summary>Every header field is folded over three lines.</summary>
    public static byte[] Folded { get; } = Octets(
        "MESSAGE sip:b@home.test SIP/2.0\n"
        + "Via: SIP/2.0/UDP\n 192.0.2.1:5060\n ;branch=z9hG4bKfolded\nMax-Forwards:\n \n 70\nFrom:\n Alice\n <sip:a@home.test>;tag=1\nTo:\n Bob\n <sip:b@home.test>\n"
        + "Call-ID:\n \n folded@192.0.2.1\nCSeq:\n 1\n MESSAGE\nSubject: a\n subject that\n goes on\nContent-Length:\n \n 0\n\n");

    /// <summary>Via, Record-Route, Route and Contact as comma lists of eight.</summary>
    public static byte[] CommaLists { get; } = Octets(
        $"INVITE sip:b@home.test SIP/2.0\nVia: {List(static i => $"SIP/2.0/UDP 192.0.2.{i}:5060;branch=z9hG4bKlist{i}")}\nMax-Forwards: 70\n"
        + $"Record-Route: {List(static i => $"<sip:p{i}.example.com;lr>")}\nRoute: {List(static i => $"<sip:r{i}.example.com;lr>")}\n"
        + "From: \"A, \\\"quoted\\\" name\" <sip:a@home.test>;tag=1\nTo: <sip:b@home.test>\nCall-ID: lists@192.0.2.1\nCSeq: 1 INVITE\n"
        + $"Contact: {List(static i => $"\"C, {i}\" <sip:c{i}@192.0.2.{i}:5060;transport=udp>;q=0.{i};expires=3600")}\nContent-Length: 0\n\n");

    /// <summary>A parsed view of a message that is right.</summary>
    public static SipMessage Parse(byte[] octets)
    {
        var message = new SipMessage();
        return SipParser.TryParse(octets, octets.Length, message) ? message : throw new InvalidOperationException($"{message.Error}");
    }

    /// <summary>A text with any line ends as octets.</summary>
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    private static string Head(string method) =>
        $"{method} sip:b@home.test SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKlong\nMax-Forwards: 70\nFrom: <sip:a@home.test>;tag=1\n"
        + $"To: <sip:b@home.test>\nCall-ID: long@192.0.2.1\nCSeq: 1 {method}\n";

    private static string List(Func<int, string> element) => string.Join(", ", Enumerable.Range(1, 8).Select(element));
}
