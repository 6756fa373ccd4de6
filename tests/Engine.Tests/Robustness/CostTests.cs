using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// The work for a datagram is bounded by its octets. Each header field in each shape that makes somebody walk, at a size
/// and at twice that size: steps may double, not grow with the square, and there are only so many for an octet (one
/// takes a nanosecond or two). Counted, not timed.
/// </summary>
public sealed class CostTests
{
    private const int Small = 14_000;
    private const double MostGrowth = 2.2;
    private const double MostStepsAnOctet = 250;

    private static readonly string[] s_names =
    [
        "Via", "v", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Contact", "Route", "Record-Route", "Expires", "Require", "Proxy-Require",
        "Supported", "Path", "Timestamp", "Max-Breadth", "WWW-Authenticate", "Proxy-Authenticate", "Authorization", "Proxy-Authorization", "Retry-After", "Event",
        "X-Other",
    ];

    /// <summary>What one value of a header field looks like, and the shapes that many of them are given.</summary>
    private static readonly (string Name, Func<string, int, string> Fields)[] s_shapes =
    [
        ("values on one line", static (name, size) => $"{name}: {Repeat(i => Value(name, i) + ", ", size)}{Value(name, -1)}\r\n"),
        ("lines", static (name, size) => Repeat(i => $"{name}: {Value(name, i)}\r\n", size)),
        ("lines with other lines between", static (name, size) => Repeat(i => $"{name}: {Value(name, i)}\r\nX: {i}\r\n", size)),
        ("lines of several values", static (name, size) => Repeat(i => $"{name}: {Value(name, i)}, {Value(name, -i)}, {Value(name, i + 99)}\r\n", size)),
        ("parameters", static (name, size) => $"{name}: {Value(name, 1)}{Repeat(static i => $";p{i}={i}", size)}\r\n"),
        ("parameters of one name", static (name, size) => $"{name}: {Value(name, 1)}{Repeat(static _ => ";p=1", size)}\r\n"),
        ("parameters of the URI", static (name, size) => $"{name}: <sip:u@h.test{Repeat(static i => $";p{i}={i}", size)}>\r\n"),
        ("headers of the URI", static (name, size) => $"{name}: <sip:u@h.test?a=1{Repeat(static i => $"&p{i}={i}", size)}>\r\n"),
        ("escapes", static (name, size) => $"{name}: <sip:{Repeat(static _ => "%41", size)}@h.test>\r\n"),
        ("a long quoted string", static (name, size) => $"{name}: \"{Repeat(static _ => "\\a,", size)}\" {Value(name, 1)}\r\n"),
        ("many quoted strings", static (name, size) => $"{name}: {Repeat(i => $"\"x{i}\" {Value(name, i)}, ", size)}{Value(name, 1)}\r\n"),
        ("a quote that is not closed", static (name, size) => Repeat(i => $"{name}: {Value(name, i)}, \"\r\n", size)),
        ("brackets that are not closed", static (name, size) => $"{name}: {Repeat(static _ => "<,", size)}\r\n"),
        ("folds", static (name, size) => $"{name}: {Value(name, 1)}{Repeat(static _ => "\r\n ", size)};x\r\n"),
        ("white space", static (name, size) => $"{name}: {Value(name, 1)}{Repeat(static _ => " \t", size)};x\r\n"),
        ("commas", static (name, size) => $"{name}: {Repeat(static _ => ", ", size)}{Value(name, 1)}\r\n"),
        ("empty lines", static (name, size) => Repeat(_ => $"{name}:\r\n", size) + $"{name}: {Value(name, 1)}\r\n"),
        ("a long value", static (name, size) => $"{name}: {Repeat(static _ => "abcdefgh", size)}\r\n"),
    ];

    public static TheoryData<string> Headers => [.. s_names];

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_request_costs_by_its_octets(string name)
    {
        var bench = Bench();
        foreach (var (method, uri) in ((string, string)[])
            [
                ("INVITE", "sip:b@home.test"), ("MESSAGE", "sip:b@203.0.113.9"), ("ACK", "sip:203.0.113.1;lr"), ("CANCEL", "sip:b@home.test"),
                ("OPTIONS", "sip:home.test"), ("REGISTER", "sip:home.test"),
            ])
        {
            foreach (var (shape, fields) in s_shapes)
            {
                // What a REGISTER leaves would count in the next one.
                Check(
                    $"{method} {uri}, {name}: {shape}",
                    size => fields(name, size),
                    text => (method == "REGISTER" && name == "Contact" ? Bench() : bench).Request(method, uri, text));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_response_costs_by_its_octets(string name)
    {
        var bench = Bench();
        foreach (var status in (int[])[180, 200, 302, 401])
        {
            foreach (var (shape, fields) in s_shapes)
            {
                Check($"{status}, {name}: {shape}", size => fields(name, size), text => bench.Response(status, text));
            }
        }
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void A_Request_URI_costs_by_its_octets(string method)
    {
        foreach (var part in (string[])[";p=1", ";maddr=203.0.113.1;x", "%41", ";transport=udp"])
        {
            Check(
                $"{method} with {part}",
                size => part[0] == '%' ? $"sip:{Repeat(_ => part, size)}@home.test" : $"sip:b@home.test{Repeat(_ => part, size)}",
                uri => Bench().Request(method, uri, ""));
        }
    }

    [Fact]
    public void Route_values_of_ours_with_marks_cost_by_their_octets_however_long_the_Call_ID() => Check(
        "marks",
        static size => Repeat(static _ => "Route: <sip:0123456789abcdef@203.0.113.1:5060;lr>\r\n", size),
        static routes => Bench().Count(StepBench.Octets("INVITE", "sip:b@203.0.113.9", routes, new string('c', routes.Length / 4))));

    /// <summary>Contacts that differ in a parameter that the RFC lets another one lack, each with its parameters in another order.</summary>
    [Fact]
    public void Contacts_that_are_nearly_equal_cost_by_their_octets()
    {
        Check("REGISTER", static size => Repeat(static i => $"Contact: {Alike(i)}\r\n", size), static text => Bench().Count(Register(text)));
        Check("302", static size => Repeat(static i => $"Contact: {Alike(i)}\r\n", size), static text => Bench().Response(302, text));
        Check("REGISTER, rising q", static size => Repeat(static i => $"Contact: <sip:u{i}@h>;q=0.{i % 1000:000}\r\n", size), static text => Bench().Count(Register(text)));
        Check("REGISTER, plain", static size => Repeat(static i => $"Contact: <sip:u{i}@h>\r\n", size), static text => Bench().Count(Register(text)));
        Check("REGISTER, escaped", static size => Repeat(static i => $"Contact: <sip:%4{i % 10}{i}@h?a=b&c=d>\r\n", size), static text => Bench().Count(Register(text)));
    }

    [Fact]
    public void What_a_REGISTER_wrote_costs_each_later_request_by_its_octets()
    {
        long[] steps = [0, 0];
        long[] refreshes = [0, 0];
        for (var twice = 0; twice < 2; twice++)
        {
            var bench = new StepBench();
            var contacts = 30 << twice;
            for (var i = 0; i < contacts; i++)
            {
                bench.Register(Alike(i));
                Assert.Equal(200, bench.LastStatus);
            }

            refreshes[twice] = bench.Register(Alike(1_000_000));
            steps[twice] = bench.Request("MESSAGE", "sip:b@home.test", "");
        }

        Assert.InRange(steps[1], 1, MostGrowth * steps[0]);
        Assert.InRange(refreshes[1], 1, MostGrowth * refreshes[0]);

        // The 200 lists 61 contacts of 400 octets.
        Assert.InRange(refreshes[1], 1, 61 * 400 * 10);
    }

    /// <summary>One branch for many methods, and requests without one that differ in the To tag alone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requests_that_share_what_tells_transactions_apart_cost_no_more_with_each(bool withBranch)
    {
        var bench = new StepBench();
        long early = 0, late = 0;
        for (var i = 0; i < 400; i++)
        {
            var steps = bench.Count(Encoding.Latin1.GetBytes(
                $"{(withBranch ? "M" + i : "MESSAGE")} sip:b@203.0.113.9 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2{(withBranch ? ";branch=z9hG4bK-one" : "")}\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:a@far.test>;tag=f\r\nTo: <sip:b@home.test>;tag={(withBranch ? "t" : "t" + i)}\r\nCall-ID: one\r\nCSeq: 1 {(withBranch ? "M" + i : "MESSAGE")}\r\n\r\n"));
            early = i == 40 ? steps : early;
            late = steps;
        }

        Assert.InRange(late, 1, (long)(1.1 * early));
        Assert.Equal(482, bench.LastStatus);
    }

    /// <summary>As many edits as may be, of names that are all equally long, meet as many fields as a message holds.</summary>
    [Theory]
    [InlineData("Via")]
    [InlineData("Record-Route")]
    [InlineData("Supported")]
    [InlineData("X-0000")]
    [InlineData("X-0031")]
    [InlineData("X-Other")]
    [InlineData("q")]
    public void Edits_cost_by_the_octets_of_the_message(string name)
    {
        var edits = new HeaderEdits();
        edits.Add(HeaderName.RecordRoute, HeaderOperation.Prepend, "<sip:us;lr>"u8);
        edits.Add(HeaderName.Supported, HeaderOperation.Append, "path"u8);
        for (var i = edits.NameCount; i < HeaderEdits.MostNames; i++)
        {
            edits.Add(Encoding.Latin1.GetBytes($"X-{i:0000}"), (HeaderOperation)(i % 3), "1"u8);
        }

        Assert.False(edits.Overflowed);
        foreach (var (shape, fields) in s_shapes)
        {
            Check($"edits, {name}: {shape}", size => fields(name, size), text => StepBench.Write(text, edits));
        }

        Check($"edits, {name}: short lines", size => Repeat(_ => $"{name}:\r\n", size), text => StepBench.Write(text, edits));
    }

    [Fact]
    public void The_marks_of_header_names_fit_a_word() => Assert.InRange(HeaderNames.Count, 1, 64);

    private static StepBench Bench()
    {
        var bench = new StepBench();
        bench.Register("<sip:b@203.0.113.9>");
        return bench;
    }

    private static void Check(string what, Func<int, string> text, Func<string, long> run)
    {
        var (small, large) = (text(Small), text(2 * Small));
        var (few, many) = (run(small), run(large));
        Assert.True(many > 0, "nothing is counted");
        var growth = (double)many / few / ((double)large.Length / small.Length) * 2;
        Assert.True(growth <= MostGrowth, $"{what}: {few} steps for {small.Length} octets, {many} for {large.Length}: they grow {growth:0.00} times when these double");
        Assert.True(many <= MostStepsAnOctet * large.Length, $"{what}: {many} steps for {large.Length} octets");
    }

    private static byte[] Register(string contacts) => Encoding.Latin1.GetBytes(
        "REGISTER sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-many\r\nMax-Forwards: 70\r\nFrom: <sip:m@home.test>;tag=r\r\n"
        + $"To: <sip:m@home.test>\r\nCall-ID: many\r\nCSeq: 1 REGISTER\r\n{contacts}\r\n");

    private static string Alike(int i)
    {
        var parameters = Enumerable.Range(0, 30).Select(p => $";parameter{(p + i) % 30}={(p + i) % 30}");
        return $"<sip:b@203.0.113.9{string.Concat(parameters)};which={i}>";
    }

    private static string Repeat(Func<int, string> unit, int size)
    {
        var text = new StringBuilder(size + 1000);
        for (var i = 0; text.Length < size; i++)
        {
            text.Append(unit(i));
        }

        return text.ToString();
    }

    private static string Value(string name, int i) => name switch
    {
        "Via" or "v" => $"SIP/2.0/UDP h{i}.test;branch=z9hG4bK{i}",
        "CSeq" => "1 INVITE",
        "Call-ID" => $"c{i}",
        "Max-Forwards" or "Content-Length" or "Expires" or "Timestamp" or "Max-Breadth" or "Retry-After" => "7",
        "Require" or "Proxy-Require" or "Supported" or "Event" => $"tag{i}",
        "WWW-Authenticate" or "Proxy-Authenticate" or "Authorization" or "Proxy-Authorization" => $"Digest realm=\"r{i}\"",
        _ => $"<sip:u{i}@h{i}.test;lr>",
    };
}
