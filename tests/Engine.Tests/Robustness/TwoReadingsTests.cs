using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// What two parsers could read in two ways is not passed on: the next hop would see another message than the one that
/// was checked here.
/// </summary>
public sealed class TwoReadingsTests
{
    /// <summary>A part of a good request, and what stands in its place.</summary>
    public static TheoryData<string, string> Requests => new()
    {
        // A line end that is one for some and none for others.
        { "Subject: x", "Subject: x\nRoute: <sip:evil.test;lr>" },
        { "Subject: x", "Subject: x\rRoute: <sip:evil.test;lr>" },
        { "Subject: x", "Subject: x\n" },
        { "sip:b@far.test SIP", "sip:b@far.test\nRoute: SIP" },
        { "sip:b@far.test SIP", "sip:b@far.test\r SIP" },
        { "Call-ID: c", "Call-ID: c\nc" },
        // RFC 3261 §7.3.1: a parameter name MUST NOT appear more than once.
        { ";branch=z9hG4bK-1", ";branch=z9hG4bK-1;branch=z9hG4bK-2" },
        { ";branch=z9hG4bK-1", ";branch=z9hG4bK-1;received=6.6.6.6;received=7.7.7.7" },
        { ";branch=z9hG4bK-1", ";branch=z9hG4bK-1;rport;rport=666" },
        { ";branch=z9hG4bK-1", ";branch=z9hG4bK-1;maddr=203.0.113.2;maddr=203.0.113.7" },
        // One of each, or none.
        { "Content-Length: 0", "Content-Length: 0\r\nl: 5" },
        { "Max-Forwards: 70", "Max-Forwards: 70\r\nmax-forwards: 0" },
        { "CSeq: 1 MESSAGE", "CSeq: 1 MESSAGE\r\nCSEQ: 2 MESSAGE" },
        { "Call-ID: c", "Call-ID: c\r\ni: d" },
        { "From: <sip:a@far.test>;tag=a", "From: <sip:a@far.test>;tag=a\r\nf: <sip:b@far.test>;tag=b" },
        { "To: <sip:b@far.test>", "To: <sip:b@far.test>\r\nt: <sip:c@far.test>" },
        // White space where none may be.
        { "MESSAGE sip:b@far.test SIP", "MESSAGE sip:b@far.test ;lr SIP" },
        { "MESSAGE sip", "MESSAGE  sip" },
        { "Content-Length: 0", "Content-Length: 0 0" },
        { "Content-Length: 0", "Content-Length: +0" },
        { "Content-Length: 0", "Content-Length:" },
        { "Subject: x", "Sub ject: x" },
        { "Subject: x", ": x" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_refused(string part, string other)
    {
        const string Good =
            "MESSAGE sip:b@far.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-1\r\nMax-Forwards: 70\r\nFrom: <sip:a@far.test>;tag=a\r\n"
            + "To: <sip:b@far.test>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nSubject: x\r\nContent-Length: 0\r\n\r\n";
        Assert.Contains(part, Good);
        var shard = new ShardOracle();
        shard.Feed(Encoding.Latin1.GetBytes(Good.Replace(part, other, StringComparison.Ordinal)), other);
        Assert.Equal((0, 400), (shard.Forwarded, shard.Answer));
        shard.Feed(Encoding.Latin1.GetBytes(Good), "the good one");
        Assert.Equal((1, 0), (shard.Forwarded, shard.Answer));
        shard.Verify();
    }

    [Theory]
    [InlineData("200 OK\nVia: SIP/2.0/UDP evil.test")]
    [InlineData("200 OK\rContact: <sip:evil.test>")]
    [InlineData("200\nOK")]
    [InlineData("200 OK\n")]
    public void A_response_is_dropped(string statusAndReason)
    {
        var shard = new ShardOracle();
        shard.Bench.Receive(
            Encoding.Latin1.GetBytes(
                "INVITE sip:b@far.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-1\r\nMax-Forwards: 70\r\nFrom: <sip:a@far.test>;tag=a\r\n"
                + "To: <sip:b@far.test>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
            ShardOracle.Sender);
        var good = Encoding.Latin1.GetString(LiveResponse.To(shard.Bench.Sent(1), 200));
        shard.Feed(Encoding.Latin1.GetBytes(good.Replace("200 Reason", statusAndReason, StringComparison.Ordinal)), statusAndReason, ShardOracle.Server);
        Assert.Equal(0, shard.Answer);
        shard.Feed(Encoding.Latin1.GetBytes(good), "the good one", ShardOracle.Server);
        Assert.Equal(200, shard.Answer);
        shard.Verify();
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(32_650)]
    [InlineData(40_000)]
    public void Challenges_that_do_not_fit_one_datagram_together_still_leave_a_whole_response(int length)
    {
        // RFC 3261 §16.7 step 7 adds those of every branch to the best response.
        var shard = new ShardOracle();
        shard.Feed(
            Encoding.Latin1.GetBytes(
                "REGISTER sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK-r\r\nMax-Forwards: 70\r\nFrom: <sip:b@home.test>;tag=a\r\n"
                + "To: <sip:b@home.test>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: <sip:1@203.0.113.9>, <sip:2@203.0.113.9>\r\nContent-Length: 0\r\n\r\n"),
            "register",
            ShardOracle.Server);
        shard.Bench.Receive(
            Encoding.Latin1.GetBytes(
                "INVITE sip:b@home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-1\r\nMax-Forwards: 70\r\nFrom: <sip:a@far.test>;tag=a\r\n"
                + "To: <sip:b@home.test>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
            ShardOracle.Sender);
        Assert.Equal(3, shard.Bench.Count);
        byte[][] responses = [LiveResponse.To(shard.Bench.Sent(1), 401), LiveResponse.To(shard.Bench.Sent(2), 401)];
        var challenge = $"WWW-Authenticate: Digest realm=\"{new string('x', length)}\", nonce=\"1\"\r\n";
        foreach (var response in responses)
        {
            var text = Encoding.Latin1.GetString(response).Replace("\r\nFrom:", $"\r\n{challenge}From:", StringComparison.Ordinal);
            shard.Feed(Encoding.Latin1.GetBytes(text), "challenge", ShardOracle.Server);
        }

        Assert.Equal(401, shard.Answer);
        shard.Verify();
    }
}
