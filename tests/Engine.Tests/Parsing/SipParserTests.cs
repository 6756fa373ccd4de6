using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>Framing: start lines, header fields, bodies (RFC 3261 §7, §18.3, §25.1).</summary>
public sealed class SipParserTests
{
    private const string Common = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@h>;tag=1\nTo: <sip:b@h>\nCall-ID: 1@h\nCSeq: 1 OPTIONS\n";

    [Fact]
    public void A_whole_request_is_all_there()
    {
        var message = Corpus.Parse(Corpus.Invite, out var valid);
        Assert.True(valid, message.Error.ToString());
        Assert.True(message.IsRequest);
        Assert.Equal(SipMethod.Invite, message.Method);
        Assert.Equal("sip:bob@biloxi.example.com;transport=udp"u8, message[message.RequestUri]);
        Assert.Equal("z9hG4bK74bf9"u8, message[message.TopVia.Branch]);
        Assert.True(message.TryGetNextVia(out var next));
        Assert.Equal((5070, "192.0.2.101"), (next.Port, Encoding.ASCII.GetString(message[next.Received])));
        Assert.Equal("9fxced76sl"u8, message[message.FromTag]);
        Assert.True(message.ToTag.IsEmpty);
        Assert.Equal("3848276298220188511@atlanta.example.com"u8, message[message.CallId]);
        Assert.Equal((2u, SipMethod.Invite, 70), (message.CSeq.Number, message.CSeq.Method, message.MaxForwards));
        Assert.Equal("v=0\r"u8, message[message.Body]);
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK", 200, "200 OK")]
    [InlineData("sip/2.0 699 x", 699, "699 x")]
    [InlineData("SIP/2.0 100 ", 100, "100 ")]
    [InlineData("SIP/2.0 180", 180, "180")]
    [InlineData("SIP/2.0  486 Busy Here", 486, "486 Busy Here")]
    [InlineData("SIP/2.0 480 \u00fc\u00f1 unusual, ()<>", 480, "480 \u00fc\u00f1 unusual, ()<>")]
    public void A_status_line_has_a_code_and_a_phrase(string line, int code, string codeAndPhrase)
    {
        var message = Corpus.Parse($"{line}\n{Common}\n", out var valid);
        Assert.True(valid, message.Error.ToString());
        Assert.False(message.IsRequest);
        Assert.Equal(code, message.StatusCode);
        Assert.Equal(codeAndPhrase, Encoding.Latin1.GetString(message[message.StatusAndReason]));
    }

    [Theory]
    [InlineData("SIP/2.0", nameof(ParseError.BadVersion))]
    [InlineData("SIP/2.0 ", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/2.0 20 OK", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/2.0 099 OK", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/2.0 700 OK", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/2.0 4294967301 better not break the receiver", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/2.0 2 0 OK", nameof(ParseError.BadStatusCode))]
    [InlineData("SIP/7.0 200 OK", nameof(ParseError.BadVersion))]
    [InlineData("OPTIONS sip:h SIP/7.0", nameof(ParseError.BadVersion))]
    [InlineData("OPTIONS  sip:h  SIP/2.0", nameof(ParseError.BadRequestUri))]
    [InlineData("OPTIONS sip:h; lr SIP/2.0", nameof(ParseError.BadRequestUri))]
    [InlineData("OPTIONS <sip:h> SIP/2.0", nameof(ParseError.BadRequestUri))]
    [InlineData("OPTIONS sip:h SIP/2.0 ", nameof(ParseError.BadStartLine))]
    [InlineData("OPTIONS sip:h HTTP/1.1", nameof(ParseError.NoStartLine))]
    [InlineData("OPTIONS SIP/2.0", nameof(ParseError.NoStartLine))]
    [InlineData("OPT(IONS sip:h SIP/2.0", nameof(ParseError.NoStartLine))]
    [InlineData(" OPTIONS sip:h SIP/2.0", nameof(ParseError.NoStartLine))]
    [InlineData("hello", nameof(ParseError.NoStartLine))]
    public void A_start_line_that_is_wrong_is_named(string line, string error) =>
        Assert.Equal(error, Corpus.Parse($"{line}\n{Common}\n", out _).Error.ToString());

    [Theory]
    [InlineData("Content-Length: 0\n\nbeyond", "", nameof(ParseError.None))]
    [InlineData("l: 2\n\nbody", "bo", nameof(ParseError.None))]
    [InlineData("\nto the end", "to the end", nameof(ParseError.None))]
    [InlineData("\n", "", nameof(ParseError.None))]
    [InlineData("Content-Length: 5\n\nbody", "body", nameof(ParseError.ContentLengthMismatch))]
    [InlineData("Content-Length: -4\n\nbody", "body", nameof(ParseError.BadContentLength))]
    [InlineData("Content-Length: 4x\n\nbody", "body", nameof(ParseError.BadContentLength))]
    [InlineData("Content-Length:\n\nbody", "body", nameof(ParseError.BadContentLength))]
    [InlineData("Content-Length: 99999999999\n\nbody", "body", nameof(ParseError.BadContentLength))]
    [InlineData("Content-Length: 4\nContent-Length: 4\n\nbody", "body", nameof(ParseError.None))]
    [InlineData("Content-Length: 4\nContent-Length: 3\n\nbody", "body", nameof(ParseError.DuplicateHeader))]
    [InlineData("", "", nameof(ParseError.NoEndOfHeaders))]
    public void Content_Length_ends_the_body(string rest, string body, string error)
    {
        var message = Corpus.Parse($"OPTIONS sip:h SIP/2.0\n{Common}{rest}", out _);
        Assert.Equal(error, message.Error.ToString());
        Assert.Equal(body, Encoding.Latin1.GetString(message[message.Body]));
        Assert.EndsWith(body, Encoding.Latin1.GetString(message.Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: <sip:a@h>;tag=2", nameof(ParseError.DuplicateHeader))]
    [InlineData("i: 2@h", nameof(ParseError.DuplicateHeader))]
    [InlineData("CSeq: 1 OPTIONS", nameof(ParseError.None))]
    [InlineData("CSeq: 2 OPTIONS", nameof(ParseError.DuplicateHeader))]
    [InlineData("Max-Forwards: 256", nameof(ParseError.BadMaxForwards))]
    [InlineData("Max-Forwards: many", nameof(ParseError.BadMaxForwards))]
    [InlineData("Max-Forwards: 1\nMax-Forwards: 1", nameof(ParseError.None))]
    [InlineData("Max-Forwards: 1\nMax-Forwards: 2", nameof(ParseError.DuplicateHeader))]
    [InlineData("no colon", nameof(ParseError.BadHeaderLine))]
    [InlineData(": no name", nameof(ParseError.BadHeaderLine))]
    [InlineData("na me: x", nameof(ParseError.BadHeaderLine))]
    [InlineData("X: \u00fc;\"'<>", nameof(ParseError.None))]
    [InlineData("X :\n\ty\n  z", nameof(ParseError.None))]
    [InlineData("X:", nameof(ParseError.None))]
    public void Header_fields_are_checked(string line, string error) =>
        Assert.Equal(error, Corpus.Parse($"OPTIONS sip:h SIP/2.0\n{Common}{line}\n\n", out _).Error.ToString());

    [Theory]
    [InlineData("X: a\rY: b\r\n")]
    [InlineData("X: a\nY: b\r\n")]
    [InlineData("X: a\n\r\n")]
    public void A_bare_CR_or_LF_ends_no_line_and_is_an_error(string line)
    {
        var bytes = Encoding.Latin1.GetBytes("OPTIONS sip:h SIP/2.0\n".ReplaceLineEndings("\r\n") + Common.ReplaceLineEndings("\r\n") + line + "\r\n");
        var message = new SipMessage();
        Assert.False(SipParser.TryParse(bytes, bytes.Length, message));
        Assert.Equal(ParseError.BadHeaderLine, message.Error);
    }

    [Theory]
    [InlineData("Via", nameof(ParseError.MissingVia))]
    [InlineData("From", nameof(ParseError.MissingFrom))]
    [InlineData("To", nameof(ParseError.MissingTo))]
    [InlineData("Call-ID", nameof(ParseError.MissingCallId))]
    [InlineData("CSeq", nameof(ParseError.MissingCSeq))]
    public void What_every_message_needs_is_missed(string name, string error)
    {
        var rest = string.Join('\n', Common.Split('\n').Where(l => !l.StartsWith(name, StringComparison.Ordinal)));
        var message = Corpus.Parse($"OPTIONS sip:h SIP/2.0\n{rest}\n", out var valid);
        Assert.False(valid);
        Assert.Equal(error, message.Error.ToString());
    }

    [Fact]
    public void Line_ends_before_the_start_line_are_passed_over()
    {
        var message = Corpus.Parse($"\n\n\nOPTIONS sip:h SIP/2.0\n{Common}\n", out var valid);
        Assert.True(valid);
        Assert.Equal(6, message.Start);
        Assert.Equal("sip:h"u8, message[message.RequestUri]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(100)]
    public void One_header_field_too_many_is_an_error(int limit)
    {
        Assert.Equal(ParseError.None, Fields(limit).Error);
        Assert.Equal(ParseError.TooManyHeaders, Fields(limit + 1).Error);

        SipMessage Fields(int count)
        {
            var text = "OPTIONS sip:h SIP/2.0\n" + Common + string.Concat(Enumerable.Repeat("X: y\n", count - 5)) + "\n";
            var bytes = Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));
            var message = new SipMessage(limit);
            SipParser.TryParse(bytes, bytes.Length, message);
            return message;
        }
    }

    [Fact]
    public void The_largest_datagram_parses()
    {
        var head = Encoding.Latin1.GetBytes($"OPTIONS sip:h SIP/2.0\n{Common}\n".ReplaceLineEndings("\r\n"));
        var bytes = new byte[ushort.MaxValue];
        head.CopyTo(bytes, 0);
        var message = new SipMessage();
        Assert.True(SipParser.TryParse(bytes, bytes.Length, message));
        Assert.Equal(bytes.Length - head.Length, message.Body.Length);
        Assert.Equal(bytes.Length, message.End);
    }

    [Fact]
    public void A_message_is_filled_again_without_a_trace_of_the_last_one()
    {
        var first = Encoding.Latin1.GetBytes(Corpus.Invite.ReplaceLineEndings("\r\n"));
        var second = Encoding.Latin1.GetBytes("SIP/2.0 200 OK\r\n\r\n");
        var message = new SipMessage();
        SipParser.TryParse(first, first.Length, message);
        Assert.False(SipParser.TryParse(second, second.Length, message));
        Assert.Equal(0, message.Headers.Count);
        Assert.False(message.HasVia);
        Assert.False(message.Has(HeaderName.Via));
        Assert.True(message.CallId.IsEmpty && message.FromTag.IsEmpty && message.Body.IsEmpty);
        Assert.Equal((0u, -1, SipMethod.Unknown), (message.CSeq.Number, message.MaxForwards, message.Method));
    }

    [Fact]
    public void Parsing_allocates_nothing()
    {
        var bytes = Encoding.Latin1.GetBytes(Corpus.Invite.ReplaceLineEndings("\r\n"));
        var message = new SipMessage();
        AllocationAssert.None(() =>
        {
            SipParser.TryParse(bytes, bytes.Length, message);
            Corpus.ReadEverything(message);
        });
    }
}
