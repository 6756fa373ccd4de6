using System.Text;
using ImsSipFast.Engine.Writing;
using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>What a proxy composes itself: a response (RFC 3261 §8.2.6), an ACK (§17.1.1.3) and a CANCEL (§9.1).</summary>
public sealed class OwnMessageTests
{
    [Fact]
    public void A_response_copies_Vias_From_To_Call_ID_and_CSeq_as_they_stand()
    {
        var request = Lines(
            "INVITE sip:b@y SIP/2.0", "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa, SIP/2.0/UDP b", "Max-Forwards: 70", "Subject: x", "f : A <sip:a@x>\r\n ;tag=1",
            "Via: SIP/2.0/TCP c;received=1.1.1.1", "t:<sip:b@y>", "i:  c", "CSEQ: 1\r\n INVITE", "Contact: <sip:a@192.0.2.1>", "Record-Route: <sip:r;lr>",
            "Timestamp: 54", "Content-Length: 3") + "v=0";
        var expected = Lines(
            "SIP/2.0 404 Reason", "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa, SIP/2.0/UDP b", "f : A <sip:a@x>\r\n ;tag=1", "Via: SIP/2.0/TCP c;received=1.1.1.1",
            "t:<sip:b@y>;tag=ours", "i:  c", "CSEQ: 1\r\n INVITE", "Content-Length: 0");
        Assert.Equal(expected, Respond(request, 404, "ours"));
    }

    [Theory]
    [InlineData("To: <sip:b@y>", "To: <sip:b@y>;tag=ours")]
    [InlineData("To: sip:b@y", "To: sip:b@y;tag=ours")]
    [InlineData("To: sip:b@y;x=1", "To: sip:b@y;x=1;tag=ours")]
    [InlineData("t :  \"B; tag=2\" <sip:b@y;tag=3>  ", "t :  \"B; tag=2\" <sip:b@y;tag=3>;tag=ours")]
    [InlineData("To: <sip:b@y>\r\n ;x=1\r\n ", "To: <sip:b@y>\r\n ;x=1;tag=ours")]
    [InlineData("To: <sip:b@y>;tag=2", "To: <sip:b@y>;tag=2")]
    [InlineData("To: <sip:b@y> ; TAG = 2 ;x", "To: <sip:b@y> ; TAG = 2 ;x")]
    public void A_tag_is_put_on_a_To_without_one(string came, string left)
    {
        var request = Lines("OPTIONS sip:b@y SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1", "From: <sip:a@x>;tag=1", came, "Call-ID: c", "CSeq: 1 OPTIONS");
        Assert.Contains($"\r\n{left}\r\nCall-ID", Respond(request, 486, "ours"));

        // RFC 3261 §8.2.6.2: but not in a 100.
        Assert.Contains($"\r\n{came}\r\nCall-ID", Respond(request, 100, ""));
    }

    [Fact]
    public void A_Timestamp_goes_back_in_a_100_only()
    {
        var request = Lines("INVITE sip:b@y SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1", "From: <sip:a@x>;tag=1", "To: <sip:b@y>", "Call-ID: c", "CSeq: 1 INVITE",
            "timestamp : 54.1 0.2");
        Assert.Contains("\r\ntimestamp : 54.1 0.2\r\n", Respond(request, 100, ""));
        Assert.DoesNotContain("timestamp", Respond(request, 404, "ours"));
    }

    [Fact]
    public void A_response_to_a_request_that_lacks_fields_has_what_there_is() =>
        Assert.Equal(
            Lines("SIP/2.0 400 Reason", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "CSeq: 1 INVITE", "Content-Length: 0"),
            Respond(Lines("INVITE sip:b@y SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "CSeq: 1 INVITE"), 400, "ours"));

    [Fact]
    public void An_ACK_and_a_CANCEL_have_the_top_Via_and_the_Routes_of_what_was_sent()
    {
        var sent = Parse(Lines(
            "INVITE sip:b@z;x=1 SIP/2.0", "Subject: x", "v : SIP/2.0/UDP proxy.test:5060\r\n ;branch=z9hG4bKours , SIP/2.0/UDP a", "Via: SIP/2.0/UDP b",
            "Max-Forwards: 12", "Max-Breadth: 60", "Route: <sip:p1;lr>,\r\n <sip:p2;lr>", "f: <sip:a@x>;tag=1", "Require: 100rel", "t: <sip:b@y>",
            "Proxy-Require: z", "i: c", "Contact: <sip:a@192.0.2.1>", "Route: <sip:p3;lr>", "CSeq: 0047\r\n INVITE", "Content-Type: x/y", "l: 3") + "v=0");
        var response = Parse(Lines("SIP/2.0 486 Busy", "Via: SIP/2.0/UDP q", "To: <sip:b@y>\r\n ;tag=2", "From: <sip:a@x>;tag=1", "Call-ID: c", "CSeq: 47 INVITE"));
        string Expected(string method, string to) => Lines(
            $"{method} sip:b@z;x=1 SIP/2.0", "Via: SIP/2.0/UDP proxy.test:5060\r\n ;branch=z9hG4bKours", "Max-Forwards: 70", "Route: <sip:p1;lr>,\r\n <sip:p2;lr>",
            "f: <sip:a@x>;tag=1", to, "i: c", "Route: <sip:p3;lr>", $"CSeq: 47 {method}", "Content-Length: 0");

        var writer = new SipWriter(new byte[4096]);
        HopRequestWriter.WriteAck(ref writer, sent, response);
        Assert.Equal(Expected("ACK", "To: <sip:b@y>\r\n ;tag=2"), Encoding.Latin1.GetString(writer.Written));

        writer = new SipWriter(new byte[4096]);
        HopRequestWriter.WriteCancel(ref writer, sent, default);
        Assert.Equal(Expected("CANCEL", "t: <sip:b@y>"), Encoding.Latin1.GetString(writer.Written));
    }

    [Theory]
    [InlineData(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(1_289_690_940_999, "Sat, 13 Nov 2010 23:29:00 GMT")]
    public void A_Date_is_in_GMT(long unixMilliseconds, string date)
    {
        var writer = new SipWriter(new byte[64]);
        SipDate.WriteHeader(ref writer, unixMilliseconds);
        Assert.Equal($"Date: {date}\r\n", Encoding.ASCII.GetString(writer.Written));
    }

    [Fact]
    public void A_writer_that_is_full_says_so_and_stays_inside()
    {
        var room = new byte[16];
        for (var length = 0; length <= 10; length++)
        {
            room.AsSpan().Fill(0xEE);
            var writer = new SipWriter(room.AsSpan(0, length));
            writer.Write("abc"u8);
            writer.Write((byte)'d');
            writer.Write(-12345L);
            Assert.Equal(length < 10, writer.Overflowed);
            Assert.InRange(writer.Length, 0, length);
            Assert.All(room[length..], static octet => Assert.Equal(0xEE, octet));
        }
    }
}
