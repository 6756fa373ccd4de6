using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;
using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>Each edit of a header, in requests and in responses, of names that the engine reads and of others.</summary>
public sealed class HeaderEditsTests
{
    private const string Tail = "From: <sip:a@x>;tag=1|To: <sip:b@y>;tag=2|Call-ID: c|CSeq: 1 MESSAGE|Content-Length: 0|";

    /// <summary>
    /// A name, and another spelling of it. The engine reads the first two and not the last three, of which two have a
    /// compact form all the same (RFC 3261 §7.3.3, RFC 4028).
    /// </summary>
    private static readonly (string Name, string Spelling)[] s_names =
    [
        ("Supported", "k"), ("Record-Route", "record-ROUTE\t "), ("Subject", "S"), ("Session-Expires", "x \t"), ("P-Asserted-Identity", "p-asserted-identity "),
    ];

    /// <summary>
    /// Lines as they came, and as they leave when those of N are removed, and when a line is prepended, appended and put in
    /// their place. N is the name, n its other spelling, + our line; lines end with |.
    /// </summary>
    private static readonly (string Came, string Removed, string Prepended, string Appended, string Replaced)[] s_lines =
    [
        ("A: 1|N: a|B: 2|", "A: 1|B: 2|", "A: 1|+N: a|B: 2|", "A: 1|N: a|+B: 2|", "A: 1|+B: 2|"),
        ("N: a, b ,c|B: 2|", "B: 2|", "+N: a, b ,c|B: 2|", "N: a, b ,c|+B: 2|", "+B: 2|"),
        ("N: a|A: 1|N: b, c|B: 2|", "A: 1|B: 2|", "+N: a|A: 1|N: b, c|B: 2|", "N: a|A: 1|N: b, c|+B: 2|", "+A: 1|B: 2|"),
        ("N: a|N: a|N: a|", "", "+N: a|N: a|N: a|", "N: a|N: a|N: a|+", "+"),
        ("A: 1|n: a|B: 2|", "A: 1|B: 2|", "A: 1|+n: a|B: 2|", "A: 1|n: a|+B: 2|", "A: 1|+B: 2|"),
        ("n: a|A: 1|N :b|B: 2|n: c|", "A: 1|B: 2|", "+n: a|A: 1|N :b|B: 2|n: c|", "n: a|A: 1|N :b|B: 2|n: c|+", "+A: 1|B: 2|"),
        ("N:| a,| b|N:|B: 2|", "B: 2|", "+N:| a,| b|N:|B: 2|", "N:| a,| b|N:|+B: 2|", "+B: 2|"),
        ("NN: a|-N: b|N: c|", "NN: a|-N: b|", "NN: a|-N: b|+N: c|", "NN: a|-N: b|N: c|+", "NN: a|-N: b|+"),
    ];

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var (name, _) in s_names)
            {
                foreach (var i in Enumerable.Range(0, s_lines.Length))
                {
                    cases.Add(name, i);
                }
            }

            return cases;
        }
    }

    public static TheoryData<string> Names => [.. s_names.Select(static n => n.Name), .. s_names.Select(static n => n.Spelling.Trim())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Lines_of_a_name_are_edited_where_they_stand(string name, int index)
    {
        var (came, removed, prepended, appended, replaced) = s_lines[index];
        string Text(string lines) => lines.Replace("+", $"{name}: new|", StringComparison.Ordinal)
            .Replace("N", name, StringComparison.Ordinal).Replace("n:", s_names.First(n => n.Name == name).Spelling + ":", StringComparison.Ordinal);

        AssertEdited(Text(came), Text(removed), edits => edits.Remove(Latin1(name)));
        AssertEdited(Text(came), Text(prepended), Line(name, HeaderOperation.Prepend));
        AssertEdited(Text(came), Text(appended), Line(name, HeaderOperation.Append));
        AssertEdited(Text(came), Text(replaced), Line(name, HeaderOperation.Replace));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_that_is_not_there_comes_towards_the_top_or_to_the_end(string name)
    {
        const string Came = "A: 1|B: 2|";
        var line = $"{name}: new|";
        AssertEdited(Came, Came, edits => edits.Remove(Latin1(name)));
        AssertEdited(Came, Came, Line(name, HeaderOperation.Prepend), belowVia: line);
        AssertEdited(Came, Came, Line(name, HeaderOperation.Append), atEnd: line);
        AssertEdited(Came, Came, Line(name, HeaderOperation.Replace), belowVia: line);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_spelling_of_a_name_edits_the_name(string name)
    {
        foreach (var (other, spelling) in s_names.Where(n => n.Name == name || n.Spelling.Trim() == name))
        {
            AssertEdited($"A: 1|{other}: a|{spelling}: b|B: 2|", "A: 1|B: 2|", edits => edits.Remove(Latin1(name)));
        }
    }

    /// <summary>Each edit finds what the ones before it left.</summary>
    [Theory]
    [InlineData("P:1 P:2", "A: 1|{2}{1}N: a|B: 2|N: b|", "{2}{1}", "")]
    [InlineData("A:1 A:2", "A: 1|N: a|B: 2|N: b|{1}{2}", "", "{1}{2}")]
    [InlineData("P:1 A:2 P:3", "A: 1|{3}{1}N: a|B: 2|N: b|{2}", "{3}{1}{2}", "")]
    [InlineData("A:1 P:2", "A: 1|{2}N: a|B: 2|N: b|{1}", "{2}{1}", "")]
    [InlineData("R:1 A:2 A:3 P:4", "A: 1|{4}{1}{2}{3}B: 2|", "{4}{1}{2}{3}", "")]
    [InlineData("P:1 A:2 R:3", "A: 1|{3}B: 2|", "{3}", "")]
    [InlineData("R:1 R:2", "A: 1|{2}B: 2|", "{2}", "")]
    [InlineData("P:1 A:2 -", "A: 1|B: 2|", "", "")]
    [InlineData("R:1 - A:2", "A: 1|B: 2|", "", "{2}")]
    [InlineData("- R:1", "A: 1|{1}B: 2|", "{1}", "")]
    public void Edits_of_one_name_come_one_after_the_other(string edits, string left, string belowVia, string atEnd)
    {
        foreach (var (name, _) in s_names)
        {
            string Text(string lines) => string.Format(
                System.Globalization.CultureInfo.InvariantCulture, lines.Replace("N", name, StringComparison.Ordinal), "", $"{name}: 1|", $"{name}: 2|", $"{name}: 3|", $"{name}: 4|");

            // After a Remove none of the lines that came says a place.
            var isGone = edits == "R:1 - A:2";
            AssertEdited($"A: 1|{name}: a|B: 2|{name}: b|", Text(left), Edit, atEnd: isGone ? Text(atEnd) : "");
            AssertEdited("A: 1|B: 2|", "A: 1|B: 2|", Edit, Text(belowVia), Text(atEnd));

            void Edit(HeaderEdits list)
            {
                foreach (var edit in edits.Split(' '))
                {
                    if (edit == "-")
                    {
                        list.Remove(Latin1(name));
                    }
                    else
                    {
                        var operation = edit[0] switch { 'P' => HeaderOperation.Prepend, 'A' => HeaderOperation.Append, _ => HeaderOperation.Replace };
                        list.Add(Latin1(name), operation, Latin1(edit[2..]));
                    }
                }
            }
        }
    }

    [Fact]
    public void Edits_of_several_names_do_not_meet() => AssertEdited(
        "P-Preferred-Identity: p|Supported: a|A: 1|s: x|k: b|Subject: y|P-Asserted-Identity: q|",
        "Supported: z|Supported: a|A: 1|Subject: new|k: b|P-Asserted-Identity: q|P-Asserted-Identity: r|",
        static edits =>
        {
            edits.Add("P-Charging-Vector"u8, HeaderOperation.Prepend, "icid-value=1"u8);
            edits.Add("Supported"u8, HeaderOperation.Prepend, "z"u8);
            edits.Remove("P-Preferred-Identity"u8);
            edits.Add("Subject"u8, HeaderOperation.Replace, "new"u8);
            edits.Add("User-Agent"u8, HeaderOperation.Append, "u"u8);
            edits.Add("P-Asserted-Identity"u8, HeaderOperation.Append, "r"u8);
            edits.Add("Server"u8, HeaderOperation.Append, "s"u8);
            edits.Remove("P-Visited-Network-ID"u8);
        },
        belowVia: "P-Charging-Vector: icid-value=1|",
        atEnd: "User-Agent: u|Server: s|");

    [Fact]
    public void A_body_stays_below_what_comes_to_the_end_of_the_header()
    {
        const string Body = "\r\n\r\nSubject: in the body\r\n";
        var head = $"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa|Max-Forwards: 70|{Tail}".Replace("Content-Length: 0", $"Content-Length: {Body.Length}", StringComparison.Ordinal);
        var forwarded = Forward(Crlf($"MESSAGE sip:b@y SIP/2.0|{head}|") + Body, new Edits { More = Line("Subject", HeaderOperation.Append) });
        Assert.EndsWith(Crlf($"Content-Length: {Body.Length}|Subject: new||") + Body, forwarded);
    }

    [Fact]
    public void Our_Via_is_no_business_of_edits()
    {
        AssertEdited("A: 1|", "A: 1|", static edits => edits.Remove("Via"u8), hasVia: false);
        AssertEdited("A: 1|v: SIP/2.0/UDP b, SIP/2.0/UDP c|", "A: 1|", static edits => edits.Remove("v"u8), hasVia: false);
    }

    [Fact]
    public void Fields_that_a_request_changes_anyway_are_edited_too()
    {
        var request = Crlf($"MESSAGE sip:b@y SIP/2.0|Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa|Max-Forwards: 70|Route: <sip:p;lr>, <sip:q;lr>|A: 1|Route: <sip:r;lr>|{Tail}|");
        string Forwarded(Action<HeaderEdits> edit) => Forward(request, new Edits { RoutesRemoved = 1, More = edit });

        Assert.Contains(Crlf("|Route: <sip:new;lr>|Route: <sip:q;lr>|A: 1|Route: <sip:r;lr>|"), Forwarded(static edits => edits.Add("Route"u8, HeaderOperation.Prepend, "<sip:new;lr>"u8)));
        Assert.Contains(Crlf("|Max-Forwards: 69|Route: <sip:new;lr>|A: 1|From"), Forwarded(static edits => edits.Add("Route"u8, HeaderOperation.Replace, "<sip:new;lr>"u8)));
        Assert.Contains(Crlf("|Max-Forwards: 69|A: 1|From"), Forwarded(static edits => edits.Remove("Route"u8)));
    }

    [Fact]
    public void Complete_lines_go_in_as_they_are() => AssertEdited(
        "WWW-Authenticate: a|A: 1|",
        "www-authenticate : b|Proxy-Authenticate:| c|A: 1|",
        static edits => edits.AddLines(HeaderName.WwwAuthenticate, HeaderOperation.Replace, "www-authenticate : b\r\nProxy-Authenticate:\r\n c\r\n"u8));

    [Fact]
    public void A_line_that_is_not_ended_is_none() => AssertEdited(
        "A: 1|",
        "A: 1|",
        static edits =>
        {
            edits.Begin("B"u8, HeaderOperation.Append).Write("given up"u8);
            edits.Add("C"u8, HeaderOperation.Append, "2"u8);
        },
        atEnd: "C: 2|");

    private static Action<HeaderEdits> Line(string name, HeaderOperation operation) => edits =>
    {
        var writer = edits.Begin(Latin1(name), operation);
        writer.Write("ne"u8);
        writer.Write((byte)'w');
        edits.End(writer);
    };

    /// <summary>A request and a response with these lines, and as they leave.</summary>
    private static void AssertEdited(string came, string left, Action<HeaderEdits> edit, string belowVia = "", string atEnd = "", bool hasVia = true)
    {
        var (head, via) = ("MESSAGE sip:b@y SIP/2.0|", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa|");
        var forwarded = Forward(Crlf($"{head}{via}Max-Forwards: 70|{came}{Tail}|"), new Edits { More = edit });
        Assert.Equal(Crlf($"{head}{OwnVia}|{belowVia}{(hasVia ? via : "")}Max-Forwards: 69|{left}{Tail}{atEnd}|"), forwarded);

        // RFC 3261 §7.3.1: a field may stand above the Vias too.
        var ours = "Via: SIP/2.0/UDP proxy.test;branch=z9hG4bKours|";
        Assert.Equal(
            Crlf($"SIP/2.0 200 OK|{belowVia}{(hasVia ? via : "")}{left}{Tail}{atEnd}|"), Upstream(Crlf($"SIP/2.0 200 OK|{ours}{via}{came}{Tail}|"), edit));
        Assert.Equal(
            Crlf($"SIP/2.0 200 OK|{(hasVia ? "Via: SIP/2.0/UDP a|" : "")}{left}{Tail}{atEnd}|").Replace("\r\nVia", Crlf($"|{belowVia}Via"), StringComparison.Ordinal),
            hasVia ? Upstream(Crlf($"SIP/2.0 200 OK|{ours[..^1]}, SIP/2.0/UDP a|{came}{Tail}|"), edit) : Upstream(Crlf($"SIP/2.0 200 OK|{ours}{came}{Tail}|"), edit));
        if (hasVia)
        {
            Assert.Equal(
                Crlf($"SIP/2.0 200 OK|{left}{belowVia}{via}{Tail}{atEnd}|"), Upstream(Crlf($"SIP/2.0 200 OK|{came}{ours}{via}{Tail}|"), edit));
        }
    }

    private static string Crlf(string lines) => lines.Replace("|", "\r\n", StringComparison.Ordinal);

    private static byte[] Latin1(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
