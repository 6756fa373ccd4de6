using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>
/// received and rport in the top Via, of a forwarded request and of a response alike: RFC 3261 §18.2.1, RFC 3581 §4.
/// </summary>
public sealed class TopViaTests
{
    /// <summary>The Via field as it came, where it came from, and the field as it leaves.</summary>
    public static TheoryData<string, string, string> All => new()
    {
        // Nothing to say: not an octet changes, whatever the port.
        { "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "192.0.2.1:5060", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa" },
        { "v :SIP / 2.0/UDP\r\n 192.0.2.1 : 5070 ; branch=z9hG4bKa ", "192.0.2.1:49152", "v :SIP / 2.0/UDP\r\n 192.0.2.1 : 5070 ; branch=z9hG4bKa " },
        // A name, or another address than the source.
        { "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa", "192.0.2.1:5060", "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa;received=192.0.2.1" },
        { "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa", "192.0.2.1:1024", "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;received=192.0.2.1" },
        { "Via: SIP/2.0/UDP a.test", "192.0.2.1:5060", "Via: SIP/2.0/UDP a.test;received=192.0.2.1" },
        // rport asks for both, even when the address is right.
        { "Via: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKa", "192.0.2.1:1024", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;received=192.0.2.1;rport=1024" },
        { "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa;RPORT", "192.0.2.1:1024", "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa;received=192.0.2.1;rport=1024" },
        { "Via: SIP/2.0/UDP a.test ; rport ; branch=z9hG4bKa", "192.0.2.1:1", "Via: SIP/2.0/UDP a.test  ; branch=z9hG4bKa;received=192.0.2.1;rport=1" },
        // What the sender wrote there itself is gone.
        { "Via: SIP/2.0/UDP a.test;received=6.6.6.6;branch=z9hG4bKa", "192.0.2.1:5060", "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa;received=192.0.2.1" },
        { "Via: SIP/2.0/UDP 192.0.2.1;received=6.6.6.6;branch=z9hG4bKa", "192.0.2.1:5060", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa" },
        { "Via: SIP/2.0/UDP a.test;rport=666;x;received=6.6.6.6", "192.0.2.1:1024", "Via: SIP/2.0/UDP a.test;x;received=192.0.2.1;rport=1024" },
        { "Via: SIP/2.0/UDP a.test;received=6.6.6.6;rport=666", "192.0.2.1:1024", "Via: SIP/2.0/UDP a.test;received=192.0.2.1;rport=1024" },
        // Only the first value of a list is the top Via.
        { "Via: SIP/2.0/UDP a.test;x, SIP/2.0/UDP b.test;received=1.1.1.1", "192.0.2.1:5060", "Via: SIP/2.0/UDP a.test;x;received=192.0.2.1, SIP/2.0/UDP b.test;received=1.1.1.1" },
        { "Via: SIP/2.0/UDP a.test;rport,\r\n SIP/2.0/UDP b.test;rport", "192.0.2.1:7", "Via: SIP/2.0/UDP a.test;received=192.0.2.1;rport=7,\r\n SIP/2.0/UDP b.test;rport" },
        { "Via: SIP/2.0/UDP a.test;x=\"a,b;received=1\";y", "192.0.2.1:7", "Via: SIP/2.0/UDP a.test;x=\"a,b;received=1\";y;received=192.0.2.1" },
        { "Via: SIP/2.0/UDP a.test\r\n ;branch=z9hG4bKa\r\n  ", "192.0.2.1:7", "Via: SIP/2.0/UDP a.test\r\n ;branch=z9hG4bKa;received=192.0.2.1\r\n  " },
        // IPv6: in brackets as a host, without them in received (RFC 5118 §4.5); one address however it is written.
        { "Via: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa", "[2001:db8::2]:5060", "Via: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa;received=2001:db8::2" },
        { "Via: SIP/2.0/UDP [2001:DB8:0::1]:5070;branch=z9hG4bKa", "[2001:db8::1]:5060", "Via: SIP/2.0/UDP [2001:DB8:0::1]:5070;branch=z9hG4bKa" },
        { "Via: SIP/2.0/UDP [2001:db8::1];received=[2001:db8::9];rport", "[2001:db8::1]:9", "Via: SIP/2.0/UDP [2001:db8::1];received=2001:db8::1;rport=9" },
        // RFC 5118 §4.9: an IPv4 source is IPv4, whatever socket saw it.
        { "Via: SIP/2.0/UDP [::ffff:192.0.2.1];branch=z9hG4bKa", "192.0.2.1:5060", "Via: SIP/2.0/UDP [::ffff:192.0.2.1];branch=z9hG4bKa" },
        { "Via: SIP/2.0/UDP a.test", "[::ffff:192.0.2.1]:5060", "Via: SIP/2.0/UDP a.test;received=192.0.2.1" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void A_forwarded_request_says_where_it_came_from(string came, string source, string left)
    {
        var forwarded = Forward(Message(came), new Edits { Source = source });
        Assert.Equal(Message($"{OwnVia}\r\n{left}").Replace("Max-Forwards: 70", "Max-Forwards: 69", StringComparison.Ordinal), forwarded);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_response_of_ours_says_it_too(string came, string source, string left) =>
        Assert.StartsWith($"SIP/2.0 404 Reason\r\n{left}\r\nFrom: ", Respond(Message(came), 404, "t", source));

    private static string Message(string via) =>
        Lines("MESSAGE sip:b@y SIP/2.0", via, "Max-Forwards: 70", "From: <sip:a@x>;tag=1", "To: <sip:b@y>", "Call-ID: c", "CSeq: 1 MESSAGE", "Content-Length: 0");
}
