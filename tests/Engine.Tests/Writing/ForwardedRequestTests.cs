using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>The forwarded request, octet by octet: RFC 3261 §16.6 steps 1 to 4 and 8.</summary>
public sealed class ForwardedRequestTests
{
    private const string Tail = "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public void Our_Via_stands_right_above_the_first_one_and_the_rest_stays_in_its_order()
    {
        var request = Lines(
            "INVITE sip:b@y;p=1 SIP/2.0", "Subject: first", "MAX-forwards:  70", "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa", "X-One: 1",
            "Via: SIP/2.0/TCP below.test;branch=z9hG4bKb", "From: <sip:a@x>;tag=1", "To: <sip:b@y>", "Call-ID: c", "CSeq: 1 INVITE", "X-Two:",
            "Content-Length: 3") + "v=0";
        var expected = Lines(
            "INVITE sip:b@z SIP/2.0", "Subject: first", "MAX-forwards:  69", OwnVia, "Record-Route: <sip:proxy.test;lr>",
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa", "X-One: 1", "Via: SIP/2.0/TCP below.test;branch=z9hG4bKb", "From: <sip:a@x>;tag=1",
            "To: <sip:b@y>", "Call-ID: c", "CSeq: 1 INVITE", "X-Two:", "Content-Length: 3") + "v=0";
        Assert.Equal(expected, Forward(request, new Edits { RequestUri = "sip:b@z", RecordRoute = "<sip:proxy.test;lr>" }));
    }

    [Fact]
    public void Compact_names_odd_case_folds_and_white_space_stay()
    {
        var headers =
            "f : A <sip:a@x>\r\n ;tag=1\r\nT:sip:b@y\r\ni:  c  \r\nCSEQ\t:\t1\r\n\tMESSAGE \r\nl\t: 0 \r\n"
            + "Subject: \"quoted, \\\" comma\"\r\n  and a fold\r\nc:\r\ns: \r\nk: a, , b\r\nX-Odd: \u00e9\u0001;;,,;\r\n";
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nv:SIP / 2.0 / UDP\r\n 192.0.2.1 ; branch = z9hG4bKa\r\nMax-Forwards: 70\r\n{headers}\r\n";
        Assert.Equal(
            $"MESSAGE sip:b@y SIP/2.0\r\n{OwnVia}\r\nv:SIP / 2.0 / UDP\r\n 192.0.2.1 ; branch = z9hG4bKa\r\nMax-Forwards: 69\r\n{headers}\r\n",
            Forward(request));
    }

    [Theory]
    [InlineData("sip/2.0")]
    [InlineData("SIP/2.0")]
    [InlineData("Sip/2.0")]
    public void The_version_leaves_in_upper_case(string version)
    {
        var request = $"MESSAGE sip:b@y {version}\r\nVia: {version}/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{Tail}";
        Assert.StartsWith($"MESSAGE sip:b@y SIP/2.0\r\n{OwnVia}\r\nVia: {version}/UDP 192.0.2.1;branch=z9hG4bKa\r\n", Forward(request));
    }

    [Theory]
    [InlineData("Max-Forwards: 70\r\n", 69, "Max-Forwards: 69\r\n")]
    [InlineData("Max-Forwards: 1\r\n", 0, "Max-Forwards: 0\r\n")]
    [InlineData("mAX-fORWARDS\t :  255  \r\n", 254, "mAX-fORWARDS\t :  254  \r\n")]
    [InlineData("Max-Forwards:\r\n 0068\r\n \r\n", 67, "Max-Forwards:\r\n 67\r\n \r\n")]
    public void Max_Forwards_is_changed_where_it_stands(string came, int number, string left)
    {
        var forwarded = Forward($"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n{came}{Tail}", new Edits { MaxForwards = number });
        Assert.Equal($"MESSAGE sip:b@y SIP/2.0\r\n{OwnVia}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n{left}{Tail}", forwarded);
    }

    [Fact]
    public void What_the_request_lacks_comes_below_our_Via()
    {
        var forwarded = Forward(
            $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n{Tail}",
            new Edits { MaxForwards = 70, MaxBreadth = 60, RecordRoute = "<sip:r;lr>", RoutesAdded = "<sip:p1;lr>, <sip:p2;lr>", RouteAppended = "sip:b@y" });
        Assert.Equal(
            $"MESSAGE sip:b@y SIP/2.0\r\n{OwnVia}\r\nRecord-Route: <sip:r;lr>\r\nRoute: <sip:p1;lr>, <sip:p2;lr>\r\nRoute: <sip:b@y>\r\n"
            + $"Max-Forwards: 70\r\nMax-Breadth: 60\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n{Tail}",
            forwarded);
    }

    [Theory]
    [InlineData("Max-Breadth: 60\r\n", 7, "Max-Breadth: 7\r\n")]
    [InlineData("max-breadth :  60 \r\n", 1, "max-breadth :  1 \r\n")]
    [InlineData("Max-Breadth: 60\r\n", -1, "Max-Breadth: 60\r\n")]
    public void Max_Breadth_is_changed_where_it_stands_or_left(string came, int number, string left)
    {
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{came}{Tail}";
        var expected = $"MESSAGE sip:b@y SIP/2.0\r\n{OwnVia}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 69\r\n{left}{Tail}";
        Assert.Equal(expected, Forward(request, new Edits { MaxBreadth = number }));
    }

    [Theory]
    [InlineData("Record-Route: <sip:p1;lr>\r\n")]
    [InlineData("Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nX: 1\r\nRecord-Route: <sip:p3;lr>\r\n")]
    [InlineData("record-ROUTE :\r\n <sip:p1;lr>\r\n ,<sip:p2;x=\"a,b\">\r\n")]
    public void Our_Record_Route_stands_above_those_that_came(string came)
    {
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{came}{Tail}";
        var forwarded = Forward(request, new Edits { RecordRoute = "<sip:out;lr>, <sip:in;lr>" });
        Assert.Contains($"\r\nMax-Forwards: 69\r\nRecord-Route: <sip:out;lr>, <sip:in;lr>\r\n{came}From", forwarded);

        // And without one of ours they stay as they are.
        Assert.Contains($"\r\nMax-Forwards: 69\r\n{came}From", Forward(request));
    }

    [Fact]
    public void A_body_of_any_octets_leaves_whole_and_nothing_after_it()
    {
        var body = string.Concat(Enumerable.Range(0, 256).Select(static i => (char)i)) + "\r\n\r\nVia: x\r\n\0\0";
        var head = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{Tail[..^4]}";
        var request = head.Replace("Content-Length: 0", $"Content-Length: {body.Length}", StringComparison.Ordinal) + "\r\n\r\n" + body;
        Assert.EndsWith("\r\n\r\n" + body, Forward(request));
        Assert.Equal(Forward(request), Forward(request + "trailing octets\r\n\r\nINVITE sip:x SIP/2.0\r\n"));
    }

    [Fact]
    public void Without_Content_Length_the_body_goes_on_to_the_end_of_the_datagram()
    {
        var tail = Tail.Replace("Content-Length: 0\r\n", "", StringComparison.Ordinal);
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{tail}body\0";
        var forwarded = Forward(request);
        Assert.EndsWith("CSeq: 1 MESSAGE\r\n\r\nbody\0", forwarded);
        Assert.DoesNotContain("Content-Length", forwarded);
    }

    [Fact]
    public void Line_ends_before_the_start_line_are_left_behind()
    {
        // RFC 3261 §7.5.
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n{Tail}";
        Assert.Equal(Forward(request), Forward("\r\n\r\n\r\n" + request));
    }

    [Fact]
    public void What_does_not_fit_is_said_and_never_written_beyond()
    {
        var request = $"MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nRoute: <sip:p;lr>, <sip:q;lr>\r\n{Tail}";
        var edits = new Edits { RoutesRemoved = 1, RecordRoute = "<sip:r;lr>", MaxBreadth = 60 };
        var length = Forward(request, edits).Length;
        for (var room = 0; room < length; room++)
        {
            Assert.True(TryForward(request, edits, room).Overflowed);
        }

        Assert.False(TryForward(request, edits, length).Overflowed);
    }
}
