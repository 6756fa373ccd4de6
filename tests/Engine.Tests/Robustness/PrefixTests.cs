using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Corpora;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// Every prefix of a message. A datagram that was cut on its way is no message: it is refused or dropped at whatever
/// octet it ends, it is never passed on, and it leaves nothing behind.
/// </summary>
public sealed class PrefixTests
{
    /// <summary>One message of each kind: flow and number in RFC 3665.</summary>
    public static TheoryData<string, int> Messages => new()
    {
        { "2.1", 3 }, { "2.1", 4 }, { "3.8", 1 }, { "3.8", 2 }, { "3.8", 3 }, { "3.8", 6 }, { "3.8", 9 }, { "3.8", 15 }, { "3.8", 16 }, { "3.2", 12 },
        { "3.2", 15 }, { "3.2", 18 }, { "3.2", 2 }, { "3.6", 11 },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void No_prefix_parses(string flow, int number)
    {
        var octets = Read(flow, number);
        var message = new SipMessage();
        for (var length = 0; length < octets.Length; length++)
        {
            // Only the octets of the prefix are there: reading beyond them would throw.
            Assert.False(ParserOracle.Check(octets[..length], length, message), $"{length} of {octets.Length} octets");
        }

        Assert.True(ParserOracle.Check(octets, octets.Length, message));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void No_prefix_is_passed_on_and_none_leaves_anything_behind(string flow, int number)
    {
        var octets = Read(flow, number);
        var shard = new ShardOracle();
        var created = shard.Bench.Metrics.TransactionsCreated;
        for (var length = 0; length < octets.Length; length++)
        {
            shard.Feed(octets.AsSpan(0, length), $"{length} of {octets.Length} octets");
            Assert.Equal(0, shard.Forwarded);
            Assert.Contains(shard.Answer, (int[])[0, 400, 505]);
            Assert.Equal((created, 0), (shard.Bench.Metrics.TransactionsCreated, shard.Bench.Pool.Outstanding));
        }

        shard.Verify();
    }

    [Fact]
    public void A_cut_response_to_a_live_call_does_nothing_and_the_whole_one_still_counts()
    {
        var shard = new ShardOracle();
        shard.Bench.Receive(Rfc3665Invite(), ShardOracle.Sender);
        Assert.Equal(2, shard.Bench.Count);
        var ok = LiveResponse.To(shard.Bench.Sent(1), 200);
        for (var length = 0; length < ok.Length; length++)
        {
            shard.Feed(ok.AsSpan(0, length), $"{length} of {ok.Length} octets", ShardOracle.Server);
            Assert.Equal((0, 0), (shard.Forwarded, shard.Answer));
        }

        shard.Feed(ok, "the whole", ShardOracle.Server);
        Assert.Equal(200, shard.Answer);
        shard.Verify();
    }

    private static byte[] Read(string flow, int number) => Rfc3665Message.Read(flow).Single(m => m.Number == number).Octets;

    private static byte[] Rfc3665Invite() => Read("3.8", 1);
}
