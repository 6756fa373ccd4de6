using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// What holds of every parse, whatever the octets: nothing thrown, every slice inside the message, every header field
/// where it was found; and everything that reads values on demand stays inside as well.
/// </summary>
internal static class ParserOracle
{
    private static readonly HeaderName[] s_names = Enum.GetValues<HeaderName>();

    /// <summary>Parses the octets and walks all that can be walked. True when nothing is wrong with them.</summary>
    public static bool Check(byte[] octets, int length, SipMessage message)
    {
        var parsed = SipParser.TryParse(octets, length, message);
        Assert.Equal(parsed, message.Error == ParseError.None);
        Assert.InRange(message.End, message.Start, length);
        foreach (var slice in (Slice[])[message.MethodToken, message.RequestUri, message.StatusAndReason, message.Body, message.CallId, message.FromTag, message.ToTag])
        {
            Assert.InRange(slice.End, slice.Start, length);
        }

        CheckHeaders(message);
        foreach (var name in s_names)
        {
            CheckValues(message, name);
        }

        if (message.HasVia)
        {
            CheckVia(message);
        }

        _ = SipUri.TryParse(message[message.RequestUri], out _);
        if (parsed)
        {
            Assert.True(message.HasVia && message.Has(HeaderName.From) && message.Has(HeaderName.To) && message.Has(HeaderName.CSeq) && !message.CallId.IsEmpty);
            Assert.Equal(message.End, message.Body.End);
        }

        return parsed;
    }

    private static void CheckHeaders(SipMessage message)
    {
        var at = message.HeadersStart;
        foreach (var header in message.Headers.Lines)
        {
            Assert.True(header.Line.Start >= at && header.Line.End > header.Line.Start, "header fields overlap");
            Assert.True(header.Value.Start >= header.Line.Start && header.Value.End <= header.Line.End, "a value outside its field");
            at = header.Line.End;
        }
    }

    private static void CheckValues(SipMessage message, HeaderName name)
    {
        var values = message.Values(name);
        while (values.Next())
        {
            Assert.True(values.Current.SequenceEqual(message[values.CurrentSlice]));
            if (NameAddr.TryParse(values.Current, out var address) && SipUri.TryParse(address.Uri, out var uri) && uri.IsSip)
            {
                Assert.False(uri.Host.IsEmpty);
                _ = UriComparison.AreEqual(uri, uri) ? address.Tag : default;
                _ = PeerAddress.TryParseHost(uri.Host, uri.PortOrDefault, out _);
            }

            _ = ContactValue.TryParse(values.Current, out _);
            _ = Via.TryParse(message.Bytes, values.CurrentSlice.Start, values.CurrentSlice.End, out _);
        }
    }

    private static void CheckVia(SipMessage message)
    {
        ref readonly var via = ref message.TopVia;
        foreach (var slice in (Slice[])[via.Transport, via.Host, via.Branch, via.Received, via.ReceivedParameter, via.RportParameter, via.Maddr])
        {
            Assert.True(slice.IsEmpty || (slice.Start >= via.Value.Start && slice.End <= via.Value.End), "a part of the Via outside of it");
        }

        _ = message.HasNextVia();
        _ = message.TryGetNextVia(out _);
    }
}
