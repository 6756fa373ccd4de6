using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>Every message of RFC 4475 against its verdict: the parser, a proxy of foreign domains, a home proxy and registrar.</summary>
public sealed class Rfc4475Tests
{
    public static TheoryData<Rfc4475Case> All => [.. Rfc4475Cases.All];

    [Fact]
    public void Every_message_has_a_verdict()
    {
        var root = ConformanceData.PathOf("torture/rfc4475");
        var files = ConformanceData.Files("torture/rfc4475").Where(static f => f.EndsWith(".dat", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(root, f)[..^4]);
        Assert.Equal(files.Order(StringComparer.Ordinal), Rfc4475Cases.All.Select(static c => c.File).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_parser_says(Rfc4475Case expected)
    {
        var octets = Rfc4475Cases.Read(expected.File);
        var message = new SipMessage();
        Assert.Equal(expected.Error == "None", SipParser.TryParse(octets, octets.Length, message));
        Assert.Equal(expected.Error, message.Error.ToString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_proxy_of_foreign_domains(Rfc4475Case expected) => Check(TortureBed.Pure(), expected, expected.Pure);

    [Theory]
    [MemberData(nameof(All))]
    public void A_home_proxy_and_registrar(Rfc4475Case expected) => Check(TortureBed.Home(), expected, expected.Home);

    private static void Check(TortureBed bed, Rfc4475Case expected, string outcome)
    {
        var octets = Rfc4475Cases.Read(expected.File);
        bed.Bed.Start("127.0.0.1:5080");
        Assert.Equal(outcome, bed.Send(octets, expected.Port));
        if (outcome == "forwarded")
        {
            ForwardedCopyOracle.Check(octets, bed.Forwarded().Message.Octets);
        }
        else if (char.IsAsciiDigit(outcome[0]) && outcome != "200")
        {
            // RFC 3261 §8.2.6.2: an answer of ours has a tag, where there is a To to put it on.
            var to = bed.Answer(expected.Port).Find("To");
            Assert.True(to is null || to.Contains(";tag=", StringComparison.Ordinal), to);
        }

        bed.Verify();
    }
}
