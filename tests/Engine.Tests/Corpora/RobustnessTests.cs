using System.IO.Compression;
using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Robustness;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// Messages that other parsers were tested with, fuzzed with or crashed by. There is no verdict for each: nothing is
/// thrown, one datagram gets at most one answer, what goes on can be read, the next request of somebody else is served,
/// and in the end nothing is left.
/// </summary>
public sealed class RobustnessTests
{
    [Theory]
    [InlineData("torture/sofia-sip", 53)]
    [InlineData("torture/libosip2", 100)]
    [InlineData("fuzz/belle-sip", 3)]
    [InlineData("fuzz/sipgo", 8)]
    [InlineData("fuzz/profuzzbench", 3)]
    [InlineData("fuzz/opensips", 1)]
    [InlineData("torture/rfc3665", 181)]
    public void A_folder_of_messages(string folder, int atLeast)
    {
        var shard = new ShardOracle();
        var files = ConformanceData.Files(folder);
        Assert.InRange(files.Length, atLeast, 1000);
        foreach (var file in files)
        {
            Feed(shard, File.ReadAllBytes(file), Path.GetFileName(file));
        }

        shard.Verify();
    }

    [Fact]
    public void The_seeds_of_fuzzers()
    {
        var shard = new ShardOracle();
        var seeds = 0;
        foreach (var file in ConformanceData.Files("fuzz/pjsip"))
        {
            using var archive = ZipFile.OpenRead(file);
            foreach (var entry in archive.Entries.Where(static e => e.Length > 0))
            {
                using var stream = entry.Open();
                using var memory = new MemoryStream();
                stream.CopyTo(memory);
                Feed(shard, memory.ToArray(), entry.FullName);
                seeds++;
            }
        }

        Assert.InRange(seeds, 50, 1000);
        shard.Verify();
    }

    [Fact]
    public void The_values_of_a_header_each_in_a_request_of_its_own()
    {
        // libosip2 has lists of good and bad values, one a line, for each header field.
        var shard = new ShardOracle();
        var values = 0;
        foreach (var (file, header) in ((string, string)[])
        [
            ("vias", "Via"), ("froms", "From"), ("tos", "To"), ("callids", "Call-ID"), ("contacts", "Contact"), ("routes", "Route"),
            ("recordroutes", "Record-Route"), ("contenttypes", "Content-Type"), ("auths", "Authorization"), ("wwwas", "WWW-Authenticate"), ("urls", ""),
        ])
        {
            foreach (var value in File.ReadAllLines(ConformanceData.PathOf($"torture/libosip2/{file}.txt"), Encoding.Latin1))
            {
                shard.Feed(With(header, value, values++), $"{header}: {value}");
            }

            shard.Probe();
        }

        Assert.InRange(values, 100, 10_000);
        shard.Verify();
    }

    [Fact]
    public void PROTOS_c07_sip()
    {
        var shard = new ShardOracle();
        var cases = ProtosCase.ReadAll();
        Assert.Equal(227, cases.Count);
        foreach (var protos in cases)
        {
            var name = $"case {protos.Number}";
            shard.Feed(protos.Invite, name);
            var (invite, forwarded) = (Encoding.Latin1.GetString(protos.Invite), shard.Forwarded);
            if (protos.Number is 0 or >= 2437)
            {
                // Only the body is strange, and that is no proxy's business.
                Assert.True(forwarded == 1 || protos.Invite.Length > 60_000, $"{name} is not passed on:\n{invite}");
            }

            shard.Feed(protos.Cancel, name);
            shard.Feed(protos.Ack, name);
            shard.Feed(cases[0].Invite, "the valid case after it");
            shard.Probe();
        }

        shard.Verify();
    }

    private static void Feed(ShardOracle shard, byte[] octets, string name)
    {
        octets = octets[..Math.Min(octets.Length, 65_507)];
        shard.Feed(octets, name);
        shard.Probe();

        // Many were saved with the line ends of their author's machine.
        var text = Encoding.Latin1.GetString(octets);
        if (!text.Contains("\r\n", StringComparison.Ordinal))
        {
            var wire = Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal));
            shard.Feed(wire.AsSpan(0, Math.Min(wire.Length, 65_507)), $"{name} with CRLF");
            shard.Probe();
        }

        Assert.False(ParserOracle.Check(octets, 0, new SipMessage()));
    }

    private static byte[] With(string header, string value, int number)
    {
        (string Name, string Value)[] fields =
        [
            ("Via", $"SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-value-{number}"), ("Max-Forwards", "70"), ("From", "<sip:a@far.test>;tag=a"),
            ("To", "<sip:b@far.test>"), ("Call-ID", $"value-{number}"), ("CSeq", "1 MESSAGE"), ("Content-Length", "0"),
        ];
        var text = new StringBuilder($"MESSAGE {(header.Length == 0 ? value : "sip:b@far.test")} SIP/2.0\r\n");
        var isThere = false;
        foreach (var (name, good) in fields)
        {
            isThere |= name == header;
            text.Append(name).Append(": ").Append(name == header ? value : good).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append(isThere || header.Length == 0 ? "" : $"{header}: {value}\r\n").Append("\r\n").ToString());
    }
}
