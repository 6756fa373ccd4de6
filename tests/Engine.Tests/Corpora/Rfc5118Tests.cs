using System.Net;
using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// The IPv6 messages of RFC 5118, with CRLF line ends as the sections mean them, and raw as their archive has them:
/// line ends of LF alone, which is no SIP.
/// </summary>
public sealed class Rfc5118Tests
{
    private const string Sender = "[2001:db8::9:99]:5060";
    private const string Proxy = "[2001:db8::f]:5060";

    private static readonly string[] s_networks =
        ["[2001:db8::10]:5060", "[2001:db8::10]:5070", "[2001:db8::10:5070]:5060", "[2001:db8::c000:201]:5060", "203.0.113.9:5060"];

    /// <summary>File, port of its top Via, what the parser says, what a proxy for foreign domains does, and where the request goes.</summary>
    public static TheoryData<string, int, string, string, string> All => new()
    {
        { "ipv6-good", 5060, "None", "forwarded", "[2001:db8::10]:5060" },
        { "ipv6-bad", 5060, "None", "400", "" },
        { "port-ambiguous", 5060, "None", "forwarded", "[2001:db8::10:5070]:5060" },
        { "port-unambiguous", 5060, "None", "forwarded", "[2001:db8::10]:5070" },
        { "via-received-param-with-delim", 5060, "None", "forwarded", "[2001:db8::10]:5060" },
        { "via-received-param-no-delim", 5060, "None", "forwarded", "[2001:db8::10]:5060" },
        { "ipv6-in-sdp", 5060, "None", "forwarded", "[2001:db8::10]:5060" },
        { "mult-ip-in-header", 6050, "None", "forwarded", "203.0.113.9:5060" },
        { "mult-ip-in-sdp", 5060, "None", "forwarded", "[2001:db8::10]:5060" },
        { "ipv4-mapped-ipv6", 19823, "None", "forwarded", "203.0.113.9:5060" },
        { "ipv6-bug-abnf-3-colons", 5060, "None", "forwarded", "[2001:db8::c000:201]:5060" },
        { "ipv6-correct-abnf-2-colons", 5060, "None", "forwarded", "[2001:db8::c000:201]:5060" },
    };

    public static TheoryData<string> Names => [.. All.Select(static row => row.Data.Item1)];

    [Fact]
    public void Every_message_has_a_verdict()
    {
        var files = ConformanceData.Files("torture/rfc5118/crlf").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(files.Order(StringComparer.Ordinal), Names.Select(static row => row.Data).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_proxy_of_foreign_domains(string file, int port, string error, string outcome, string destination)
    {
        var octets = ConformanceData.Read($"torture/rfc5118/crlf/{file}.dat");
        var message = new SipMessage();
        SipParser.TryParse(octets, octets.Length, message);
        Assert.Equal(error, message.Error.ToString());

        var (bed, sender) = Start(port);
        sender.Send(octets);
        bed.Pass(100);
        if (outcome == "forwarded")
        {
            var (_, to, left) = bed.Engine.Sent.Single(static s => !Encoding.ASCII.GetString(s.Octets).StartsWith("SIP/2.0", StringComparison.Ordinal));
            Assert.Equal(destination, to.ToString());
            ForwardedCopyOracle.Check(octets, left);
            CheckReceived(RawMessage.Read(left).Values("Via")[1]);
            Assert.Equal(RawMessage.Read(octets).StartLine, RawMessage.Read(left).StartLine);
        }
        else
        {
            Assert.Equal(outcome, WireMessage.Read(Assert.Single(sender.Log)).StartLine.Split(' ')[1]);
        }

        bed.Verify();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lines_that_end_in_LF_alone_are_no_SIP(string file)
    {
        // Not even a start line ends there, so nothing says that somebody waits for an answer.
        var octets = ConformanceData.Read($"torture/rfc5118/{file}.dat");
        var message = new SipMessage();
        Assert.False(SipParser.TryParse(octets, octets.Length, message));
        Assert.Equal(ParseError.NoStartLine, message.Error);

        var (bed, sender) = Start(5060);
        sender.Send(octets);
        bed.Pass(100);
        Assert.Empty(bed.Engine.Sent);
        bed.Verify();
    }

    private static void CheckReceived(string via)
    {
        // RFC 5118 §4.5: an address in received has no brackets; what the sender put there is gone.
        Assert.Equal("2001:db8::9:99", WireText.Param(via, "received"));
        Assert.Single(WireText.Split(via, ';'), static p => p.StartsWith("received", StringComparison.OrdinalIgnoreCase));
    }

    private static (SimTestBed Bed, SimEndpoint Sender) Start(int port)
    {
        var options = new SipEngineOptions
        {
            Mode = NetworkMode.Lan,
            Listen = [new(IPEndPoint.Parse(Proxy)), new(IPEndPoint.Parse("203.0.113.1:5060"))],
            Relay = true,
            Shards = 1,
        };
        var bed = new SimTestBed(options);
        bed.SetHost(FakeHostResolver.AnyName, "203.0.113.9");
        Array.ForEach(s_networks, address => bed.Start(address));
        return (bed, (SimEndpoint)bed.Start(Sender.Replace(":5060", $":{port}", StringComparison.Ordinal)));
    }
}
