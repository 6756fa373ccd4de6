using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// Messages bent at random, tens of thousands of them, the same ones in every run: nothing throws, nothing is answered
/// twice, what goes on can be read, nothing is left.
/// </summary>
public sealed class MutationTests
{
    private const int MutantsOfEach = 2500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_parser_takes_anything(int seed)
    {
        var mutator = new Mutator(seed);
        var message = new SipMessage();
        foreach (var original in Originals().Append(LiveResponse.To(Originals()[0], 180)))
        {
            for (var i = 0; i < MutantsOfEach; i++)
            {
                var mutant = mutator.Mutate(original);
                try
                {
                    ParserOracle.Check(mutant, mutant.Length, message);
                }
                catch (Exception fault)
                {
                    throw new InvalidOperationException($"seed {seed}: {fault.Message}\n{Encoding.Latin1.GetString(mutant)}", fault);
                }
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_shard_takes_any_request(int seed)
    {
        var mutator = new Mutator(seed);
        var shard = new ShardOracle();
        foreach (var original in Originals())
        {
            for (var i = 0; i < MutantsOfEach; i++)
            {
                shard.Feed(mutator.Mutate(original), $"seed {seed}, mutant {i}");
            }

            shard.Probe();
        }

        // Some of them were still good enough to go through.
        Assert.InRange(shard.Bench.Metrics.Forwarded, 1000, shard.Bench.Metrics.Received);
        shard.Verify();
    }

    [Theory]
    [InlineData(5, 180)]
    [InlineData(6, 200)]
    [InlineData(7, 401)]
    [InlineData(8, 603)]
    public void A_shard_takes_any_response_to_a_call_that_is_there(int seed, int status)
    {
        var mutator = new Mutator(seed);
        var shard = new ShardOracle();
        for (var i = 0; i < 500; i++)
        {
            shard.Bench.Forget();
            shard.Bench.Receive(Request("INVITE", $"response-{i}"), ShardOracle.Sender);
            Assert.Equal(2, shard.Bench.Count);
            var response = LiveResponse.To(shard.Bench.Sent(1), status);
            for (var mutants = 0; mutants < 4; mutants++)
            {
                shard.Feed(mutator.Mutate(response), $"seed {seed}, call {i}", ShardOracle.Server);
            }
        }

        shard.Verify();
    }

    [Theory]
    [InlineData(9)]
    public void An_undeliverable_notice_may_quote_anything(int seed)
    {
        var mutator = new Mutator(seed);
        var shard = new ShardOracle();
        for (var i = 0; i < 2000; i++)
        {
            shard.Bench.Forget();
            shard.Bench.Receive(Request(i % 2 == 0 ? "INVITE" : "MESSAGE", $"undelivered-{i}"), ShardOracle.Sender);
            var sent = shard.Bench.Sent(shard.Bench.Count - 1).ToArray();
            var quoted = mutator.Mutate(sent);
            shard.Bench.Undelivered(quoted.AsSpan(0, Math.Min(quoted.Length, 60 + (i % 500))), ShardOracle.Server);
            shard.Bench.Pass(5);
        }

        shard.Verify();
    }

    private static byte[][] Originals() =>
    [
        Request("INVITE", "a", "Record-Route: <sip:p1.test;lr>, <sip:p2.test;lr>\r\nContact: <sip:a@203.0.113.2>\r\nContent-Type: text/plain\r\n", "hello"),
        Request("MESSAGE", "b", "Route: <sip:203.0.113.1;lr>, <sip:next.test;lr>\r\nMax-Breadth: 7\r\n", "hello"),
        Request("REGISTER", "c", "Contact: \"B\" <sip:b@203.0.113.9>;q=0.5, <sip:c@203.0.113.9>;expires=60\r\nPath: <sip:p.test;lr>\r\nExpires: 600\r\n"),
        Request("BYE", "d", "Route: <sip:strict.test>\r\nProxy-Authorization: Digest username=\"a\", realm=\"b\"\r\n"),
        Request("ACK", "e", "Route: <sip:next.test;lr>\r\n"),
        Request("CANCEL", "f"),
    ];

    private static byte[] Request(string method, string id, string more = "", string body = "") => Encoding.Latin1.GetBytes(
        $"{method} sip:b@far.test;x=1 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2:5060;rport;branch=z9hG4bK-{id}, SIP/2.0/UDP below.test;branch=z9hG4bK-below\r\n"
        + $"v: SIP / 2.0 / TCP\r\n last.test ; received=192.0.2.1\r\nMax-Forwards: 70\r\nf: \"A \\\" B\" <sip:a@far.test>;tag=from-{id}\r\n"
        + $"To: sip:b@far.test\r\ni: {id}\r\nCSeq: 1 {method}\r\nSubject: folded\r\n and more\r\n{more}Content-Length: {body.Length}\r\n\r\n{body}");
}
