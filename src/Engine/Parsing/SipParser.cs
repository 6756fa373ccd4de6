using System.Text;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Bytes to offsets: the start line, where each header field is, and the few values that every message needs
/// (RFC 3261 §7, §16.3 item 1). It allocates nothing, throws nothing and makes no policy: what is wrong is noted
/// in <see cref="SipMessage.Error"/> and the rest is still parsed, so that a request can be answered.
/// <code>
/// generic-message = start-line *message-header CRLF [ message-body ]
/// message-header  = name *( SP / HTAB ) ":" value *( CRLF 1*( SP / HTAB ) value ) CRLF
/// </code>
/// </summary>
internal static class SipParser
{
    /// <summary>
    /// Fills <paramref name="message"/> from the first <paramref name="length"/> octets (at most 65,535). True when
    /// nothing is wrong. The message keeps a reference to <paramref name="buffer"/> until it is filled again.
    /// </summary>
    public static bool TryParse(byte[] buffer, int length, SipMessage message)
    {
        if (Frame(buffer, length, message))
        {
            CommonHeaders(message);
        }

        return message.Error == ParseError.None;
    }

    /// <summary>
    /// The first half of <see cref="TryParse"/>: where everything is, and the top Via. <see cref="CommonHeaders"/> is the
    /// second; between them a caller may begin to look for the transaction. False when there is no message in it.
    /// </summary>
    public static bool Frame(byte[] buffer, int length, SipMessage message)
    {
        message.Reset(buffer, length);
        Steps.Walk(length);
        var bytes = new ReadOnlySpan<byte>(buffer, 0, length);

        // RFC 3261 §7.5: ignore CRLFs that come before the start line.
        var at = 0;
        while (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n')
        {
            at += 2;
        }

        message.Start = at;
        if (at >= length)
        {
            message.Fail(ParseError.Empty);
            return false;
        }

        var lineLength = bytes[at..].IndexOf("\r\n"u8);
        if (lineLength < 0)
        {
            message.Fail(ParseError.NoStartLine);
            return false;
        }

        StartLine(message, bytes, at, at + lineLength);
        if (message.Error == ParseError.NoStartLine)
        {
            return false;
        }

        message.HeadersStart = at + lineLength + 2;
        HeaderLines(message, bytes, message.HeadersStart);
        TopVia(message);
        return true;
    }

    /// <summary>The second half of <see cref="TryParse"/>: the values that every message needs.</summary>
    public static void CommonHeaders(SipMessage message)
    {
        message.FromTag = Address(message, HeaderName.From, ParseError.MissingFrom, ParseError.BadFrom);
        message.ToTag = Address(message, HeaderName.To, ParseError.MissingTo, ParseError.BadTo);
        if (TrySingle(message, HeaderName.CallId, ParseError.MissingCallId, out var callId))
        {
            message.CallId = callId;
            if (callId.IsEmpty || message[callId].ContainsAny((byte)' ', (byte)'\t', (byte)'\r'))
            {
                message.Fail(ParseError.BadCallId);
            }
        }

        CSeqHeader(message);
        if (TrySingle(message, HeaderName.MaxForwards, ParseError.None, out var value))
        {
            // RFC 3261 §20.22: an integer in the range 0-255.
            var valid = Scan.TryNumber(message[value], out var number) && number <= 255;
            message.MaxForwards = valid ? (int)number : -1;
            if (!valid)
            {
                message.Fail(ParseError.BadMaxForwards);
            }
        }

        TrySingle(message, HeaderName.ContentLength, ParseError.None, out _);
    }

    private static void StartLine(SipMessage message, ReadOnlySpan<byte> bytes, int start, int end)
    {
        var line = bytes[start..end];
        if (line.Length > 4 && Ascii.EqualsIgnoreCase(line[..4], "SIP/"u8))
        {
            StatusLine(message, line, start);
            return;
        }

        message.IsRequest = true;
        var methodEnd = line.IndexOf((byte)' ');
        var method = methodEnd <= 0 ? SipMethod.Unknown : SipMethods.Recognise(line[..methodEnd]);
        if (method == SipMethod.Unknown && (methodEnd <= 0 || !Scan.IsToken(line[..methodEnd])))
        {
            message.Fail(ParseError.NoStartLine);
            return;
        }

        message.MethodToken = Slice.FromBounds(start, start + methodEnd);
        message.Method = method;
        var isVersion2 = line.EndsWith(" SIP/2.0"u8);
        var versionStart = isVersion2 ? line.Length - 7 : line.TrimEnd((byte)' ').LastIndexOf((byte)' ') + 1;
        var version = line[versionStart..];
        if (versionStart <= methodEnd + 1 || (!isVersion2 && (version.Length < 4 || !Ascii.EqualsIgnoreCase(version[..4], "SIP/"u8))))
        {
            // Nothing here says that it is SIP at all: not worth an answer.
            message.Fail(ParseError.NoStartLine);
            return;
        }

        // RFC 3261 §7.1: single SPs, no other white space; the version string is case-insensitive.
        message.RequestUri = Slice.FromBounds(start + methodEnd + 1, start + versionStart - 1);
        var uri = message[message.RequestUri];
        if (!isVersion2 && !Ascii.EqualsIgnoreCase(version, "SIP/2.0"u8))
        {
            message.Fail(version[^1] == ' ' ? ParseError.BadStartLine : ParseError.BadVersion);
        }
        else if (uri.IsEmpty || uri.ContainsAny((byte)' ', (byte)'\t') || uri[0] == '<')
        {
            message.Fail(ParseError.BadRequestUri);
        }
    }

    private static void StatusLine(SipMessage message, ReadOnlySpan<byte> line, int start)
    {
        var space = line.IndexOf((byte)' ');
        if (line.ContainsAny((byte)'\r', (byte)'\n'))
        {
            // As in a header field: for some the line ends here, and another field begins.
            message.Fail(ParseError.BadStartLine);
            return;
        }

        if (space < 0 || !Ascii.EqualsIgnoreCase(line[..space], "SIP/2.0"u8))
        {
            message.Fail(ParseError.BadVersion);
            return;
        }

        // SP Status-Code SP Reason-Phrase; the phrase may be empty, and some senders leave out its space too. RFC 3665
        // §3.9 itself writes two spaces before the code: to drop such a response would only hang the call.
        while (space + 1 < line.Length && line[space + 1] == ' ')
        {
            space++;
        }

        var code = line.Slice(space + 1, Math.Min(3, line.Length - space - 1));
        if (code.Length < 3 || !Scan.TryNumber(code, out var status) || status is < 100 or > 699
            || (line.Length > space + 4 && line[space + 4] != ' '))
        {
            message.Fail(ParseError.BadStatusCode);
            return;
        }

        message.StatusCode = (int)status;
        message.StatusAndReason = Slice.FromBounds(start + space + 1, start + line.Length);
    }

    private static void HeaderLines(SipMessage message, ReadOnlySpan<byte> bytes, int at)
    {
        var lineEnds = new LineEnds(bytes, at);
        while (at < bytes.Length)
        {
            if (bytes[at] == '\r' && at + 1 < bytes.Length && bytes[at + 1] == '\n')
            {
                EndOfHeaders(message, at + 2, bytes.Length);
                return;
            }

            var lineStart = at;
            var valueEnd = EndOfField(message, bytes, ref lineEnds, ref at);
            if (valueEnd < 0)
            {
                break;
            }

            HeaderField(message, bytes, lineStart, valueEnd, at);
        }

        message.Fail(ParseError.NoEndOfHeaders);
        message.Body = Slice.FromBounds(bytes.Length, bytes.Length);
    }

    /// <summary>Finds where the field that begins at <paramref name="at"/> ends, folds included; moves on to the next one.</summary>
    private static int EndOfField(SipMessage message, ReadOnlySpan<byte> bytes, scoped ref LineEnds lineEnds, ref int at)
    {
        while (true)
        {
            var end = lineEnds.Next();
            if (end < 0)
            {
                return -1;
            }

            if (bytes[end] != '\r' || end + 1 >= bytes.Length || bytes[end + 1] != '\n')
            {
                // A bare CR or LF ends a line for some parsers and not for others: passing it on would let a
                // sender show two headers to the next hop where we saw one.
                message.Fail(ParseError.BadHeaderLine);
                continue;
            }

            lineEnds.Next();
            at = end + 2;
            if (at >= bytes.Length || bytes[at] is not ((byte)' ' or (byte)'\t'))
            {
                return end;
            }
        }
    }

    private static void HeaderField(SipMessage message, ReadOnlySpan<byte> bytes, int start, int valueEnd, int next)
    {
        var line = bytes[start..valueEnd];
        var colon = Scan.Colon(line);
        if (colon < 0)
        {
            message.Fail(ParseError.BadHeaderLine);
            return;
        }

        var name = HeaderNames.Recognise(line[..colon]);
        if (name == HeaderName.Other)
        {
            // White space may stand before the colon (RFC 3261 §7.3.1); a name that is known is a token.
            var token = line[..colon].TrimEnd(" \t"u8);
            if (!Scan.IsToken(token))
            {
                message.Fail(ParseError.BadHeaderLine);
                return;
            }

            name = token.Length == colon ? HeaderName.Other : HeaderNames.Recognise(token);
        }

        var first = Scan.SkipLws(line, colon + 1);
        var last = line.Length;
        while (last > first && Scan.IsLws(line[last - 1]))
        {
            last--;
        }

        if (!message.Headers.TryAdd(name, Slice.FromBounds(start, next), Slice.FromBounds(start + first, start + last)))
        {
            message.Fail(ParseError.TooManyHeaders);
        }
    }

    private static void EndOfHeaders(SipMessage message, int bodyStart, int length)
    {
        var available = length - bodyStart;
        var index = message.Headers.FirstOf(HeaderName.ContentLength);
        if (index < 0)
        {
            // RFC 3261 §18.3: over UDP a message without Content-Length extends to the end of the datagram.
            message.Body = Slice.FromBounds(bodyStart, length);
            return;
        }

        if (!Scan.TryNumber(message[message.Headers[index].Value], out var contentLength))
        {
            message.Fail(ParseError.BadContentLength);
        }
        else if (contentLength > available)
        {
            message.Fail(ParseError.ContentLengthMismatch);
        }
        else
        {
            // RFC 3261 §18.3: octets beyond Content-Length are discarded.
            available = (int)contentLength;
        }

        message.Body = Slice.FromBounds(bodyStart, bodyStart + available);
        message.End = bodyStart + available;
    }

    private static void TopVia(SipMessage message)
    {
        var via = message.Values(HeaderName.Via);
        if (!via.Next())
        {
            message.Fail(ParseError.MissingVia);
        }
        else if (via.CurrentLine != message.Headers.FirstOf(HeaderName.Via))
        {
            // An empty field above the first value: what is the top one then cannot be known, so there is no answer.
            message.Fail(ParseError.BadVia);
        }
        else
        {
            var parsed = Via.TryParse(message.Bytes, via.CurrentSlice.Start, via.CurrentSlice.End, out message.TopViaField);

            // A top Via with a usable sent-by still tells where a 400 goes.
            message.HasVia = parsed || !message.TopVia.Host.IsEmpty;
            if (!parsed)
            {
                message.Fail(ParseError.BadVia);
            }
        }
    }

    private static void CSeqHeader(SipMessage message)
    {
        if (!TrySingle(message, HeaderName.CSeq, ParseError.MissingCSeq, out var value))
        {
            return;
        }

        if (!CSeq.TryParse(message.Bytes, value, out var cseq))
        {
            message.Fail(ParseError.BadCSeq);
            return;
        }

        message.CSeq = cseq;

        // RFC 3261 §8.1.1.5: the method MUST match that of the request.
        if (message.IsRequest && !message[cseq.MethodToken].SequenceEqual(message[message.MethodToken]))
        {
            message.Fail(ParseError.CSeqMethodMismatch);
        }
    }

    private static Slice Address(SipMessage message, HeaderName name, ParseError missing, ParseError bad)
    {
        if (!TrySingle(message, name, missing, out var value))
        {
            return default;
        }

        var bytes = message.Bytes;
        // Only the shape is checked: the URI of From and To plays no part in forwarding (RFC 3261 §16.3 item 1).
        if (!NameAddr.TryParse(value.Of(bytes), out var address))
        {
            message.Fail(bad);
            return default;
        }

        var tag = address.Tag;
        return !tag.IsEmpty && bytes.Overlaps(tag, out var start) ? new Slice((ushort)start, (ushort)tag.Length) : default;
    }

    /// <summary>
    /// A header that may stand only once (RFC 3261 §7.3.1). Repeated with the same value it is one value, since nothing is
    /// lost; two values are an error, not a choice.
    /// </summary>
    private static bool TrySingle(SipMessage message, HeaderName name, ParseError missing, out Slice value)
    {
        var index = message.Headers.FirstOf(name);
        if (index < 0)
        {
            value = default;
            if (missing != ParseError.None)
            {
                message.Fail(missing);
            }

            return false;
        }

        value = message.Headers[index].Value;
        for (var next = message.Headers.NextOf(index); next >= 0; next = message.Headers.NextOf(next))
        {
            if (!message[message.Headers[next].Value].SequenceEqual(message[value]))
            {
                message.Fail(ParseError.DuplicateHeader);
                break;
            }
        }

        return true;
    }
}
