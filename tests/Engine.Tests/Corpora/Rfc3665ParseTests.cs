using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>Every message of RFC 3665 through the parser.</summary>
public sealed class Rfc3665ParseTests
{
    /// <summary>The message that is no SIP as it is printed: a fold without its white space.</summary>
    private static readonly Dictionary<string, ParseError> s_misprints = new() { ["3.10 F04"] = ParseError.BadHeaderLine };

    /// <summary>The flows and how many messages each has.</summary>
    public static TheoryData<string, int> Flows => new()
    {
        { "2.1", 4 }, { "2.2", 2 }, { "2.3", 2 }, { "2.4", 2 }, { "2.5", 4 }, { "3.1", 6 }, { "3.2", 23 }, { "3.3", 21 }, { "3.4", 17 },
        { "3.5", 17 }, { "3.6", 16 }, { "3.7", 13 }, { "3.8", 20 }, { "3.9", 11 }, { "3.10", 9 }, { "3.11", 14 },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public void Every_message_parses_but_the_misprinted_one(string flow, int count)
    {
        var messages = Rfc3665Message.Read(flow);
        Assert.Equal(count, messages.Count);
        var parsed = new SipMessage();
        foreach (var message in messages)
        {
            SipParser.TryParse(message.Octets, message.Octets.Length, parsed);
            var name = $"{flow} {message.Name[..3]}";
            Assert.Equal((name, s_misprints.GetValueOrDefault(name)), (name, parsed.Error));
            if (parsed.Error == ParseError.None)
            {
                CheckValues(message, parsed);
            }
        }
    }

    private static void CheckValues(Rfc3665Message message, SipMessage parsed)
    {
        // Against the tests' own reading of the same text.
        var witness = message.Parse();
        Assert.Equal(witness.IsRequest, parsed.IsRequest);
        Assert.Equal(witness["Call-ID"], Text(parsed, parsed.CallId));
        Assert.Equal(witness.CSeqMethod, Text(parsed, parsed.CSeq.MethodToken));
        Assert.Equal(witness.Branch, Text(parsed, parsed.TopVia.Branch));
        Assert.Equal(witness.ToTag ?? "", Text(parsed, parsed.ToTag));
        Assert.Equal(witness.Vias.Count, Count(parsed, HeaderName.Via));
        Assert.Equal(witness.All("Record-Route").Count, Count(parsed, HeaderName.RecordRoute));
        if (witness.Has("Content-Length"))
        {
            Assert.Equal(witness.Body, Text(parsed, parsed.Body));
        }
    }

    private static int Count(SipMessage message, HeaderName name)
    {
        var count = 0;
        var values = message.Values(name);
        while (values.Next())
        {
            count++;
        }

        return count;
    }

    private static string Text(SipMessage message, Slice slice) => System.Text.Encoding.Latin1.GetString(message[slice]);
}
