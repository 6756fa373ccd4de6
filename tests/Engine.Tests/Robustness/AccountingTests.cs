using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>Every datagram ends in one counter, and the counter says what really happened to it.</summary>
public sealed class AccountingTests
{
    /// <summary>Requests whose top Via leads to nobody that an answer could be sent to.</summary>
    public static TheoryData<string> Unanswerable =>
        [";maddr=239.1.2.3", ";maddr=255.255.255.255", ";maddr=0.0.0.0", ";maddr=some.name.test", ";maddr=[ff02::1]"];

    [Theory]
    [MemberData(nameof(Unanswerable))]
    public void A_request_that_cannot_be_answered_is_no_answered_one(string parameter)
    {
        foreach (var method in (string[])["INVITE", "MESSAGE", "REGISTER", "OPTIONS"])
        {
            foreach (var domain in (string[])["far.test", "home.test"])
            {
                var shard = Feed(method, domain, parameter);
                Assert.Equal((0, 1), (shard.Bench.Metrics.Answered, shard.Bench.Metrics.DroppedTotal()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unanswerable))]
    public void Nothing_is_sent_to_where_nobody_is(string parameter)
    {
        var shard = Feed("INVITE", "home.test", parameter);
        Assert.Equal((0, 0), (shard.Forwarded, shard.Answer));
        shard.Verify();
    }

    private static ShardOracle Feed(string method, string domain, string parameter)
    {
        var shard = new ShardOracle();
        shard.Feed(
            Encoding.ASCII.GetBytes(
                $"{method} sip:b@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-1{parameter}\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:a@far.test>;tag=a\r\nTo: <sip:b@{domain}>\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"),
            parameter);
        return shard;
    }
}
