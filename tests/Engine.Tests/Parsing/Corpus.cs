using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>Messages to parse: from text, and from the conformance corpus that lies beside the repository.</summary>
internal static class Corpus
{
    /// <summary>A whole INVITE with a value of every kind that the engine reads.</summary>
    public const string Invite =
        """
        INVITE sip:bob@biloxi.example.com;transport=udp SIP/2.0
        Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9;rport, SIP / 2.0 / TCP [2001:db8::9]:5070
         ;branch=z9hG4bKx;received=192.0.2.101
        Max-Forwards: 70
        Route: <sip:ss1.atlanta.example.com;lr>, "Proxy, 2" <sip:ss2.biloxi.example.com;lr>
        f: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl
        To: "Bob \"the\" builder" <sip:bob@biloxi.example.com>
        Call-ID: 3848276298220188511@atlanta.example.com
        CSeq: 2 INVITE
        Contact: <sip:alice@client.atlanta.example.com;transport=udp>;q=0.7;expires=60, sip:a@b;q=0
        Content-Type: application/sdp
        Content-Length: 4

        v=0

        """;

    /// <summary>The text as a message: line ends become CRLF.</summary>
    public static SipMessage Parse(string text, out bool valid)
    {
        var bytes = Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));
        var message = new SipMessage();
        valid = SipParser.TryParse(bytes, bytes.Length, message);
        return message;
    }

    /// <summary>Files of a folder below <c>shared/conformance</c>; the test is skipped where that is not checked out.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Files(string folder, string pattern)
    {
        for (var parent = new DirectoryInfo(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            var path = Path.Combine(parent.FullName, "shared", "conformance", folder);
            if (Directory.Exists(path))
            {
                return [.. Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                    .Select(f => (Path.GetRelativePath(path, f), File.ReadAllBytes(f)))];
            }
        }

        Assert.Skip($"shared/conformance/{folder} is in no folder above the tests");
        return [];
    }

    /// <summary>Reads every value of the message with the parser it is meant for; whatever is in them, none may throw.</summary>
    public static int ReadEverything(SipMessage message)
    {
        var read = 0;
        for (var name = HeaderName.Other; (int)name < HeaderNames.Count; name++)
        {
            var values = message.Values(name);
            while (values.Next())
            {
                var valid = name switch
                {
                    HeaderName.Via => Via.TryParse(message.Bytes, values.CurrentSlice.Start, values.CurrentSlice.End, out var via) && via.PortOrDefault(Transport.Udp) > 0,
                    HeaderName.Contact => ContactValue.TryParse(values.Current, out var contact) && contact.QValue <= 1000,
                    HeaderName.CSeq => CSeq.TryParse(message.Bytes, values.CurrentSlice, out _),
                    HeaderName.From or HeaderName.To or HeaderName.Route or HeaderName.RecordRoute or HeaderName.Path =>
                        NameAddr.TryParse(values.Current, out var address) && SipUri.TryParse(address.Uri, out var uri) && uri.PortOrDefault > 0,
                    _ => Parameters.TryFind(values.Current, "branch"u8, out _),
                };
                read += valid ? 1 : 0;
            }
        }

        message.TryGetNextVia(out _);
        return SipUri.TryParse(message[message.RequestUri], out var requestUri) && requestUri.HasParameter("transport"u8) ? read + 1 : read;
    }
}
