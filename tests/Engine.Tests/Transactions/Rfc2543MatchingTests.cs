using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// Matching requests without the magic cookie: RFC 3261 §17.2.3, second half. Request-URI, To tag, From tag, Call-ID,
/// CSeq number and the top Via must all be the same.
/// </summary>
public sealed class Rfc2543MatchingTests
{
    /// <summary>Via parameters that are no branch of RFC 3261.</summary>
    public static TheoryData<string> Branches => [.. (string[])["", ";branch=1", ";branch=z9hG4bK", ";branch=z9hG4b-one", ";branch", ";branch="]];

    /// <summary>A part of the request, what stands in its place in the second copy, and whether it is still the same.</summary>
    public static TheoryData<string, string, bool> Changes => new()
    {
        { "sip:b@home.test SIP", "sip:c@home.test SIP", false },
        { "To: <sip:b@home.test>;tag=to", "To: <sip:b@home.test>;tag=other", false },
        { "To: <sip:b@home.test>;tag=to", "To: <sip:b@home.test>", false },
        { "tag=from", "tag=other", false },
        { "Call-ID: matching", "Call-ID: other", false },
        { "CSeq: 7", "CSeq: 8", false },
        { "UDP caller.test", "UDP other.test", false },
        { "UDP caller.test", "UDP caller.test:5071", false },
        // Only the top Via counts, and only the tags of From and To.
        { "UDP below.test", "UDP other.test", true },
        { "From: <sip:a@home.test>", "From: \"A\" <sip:other@home.test>", true },
        { "Max-Forwards: 70", "Max-Forwards: 69", true },
    };

    [Theory]
    [MemberData(nameof(Branches))]
    public void A_request_without_the_cookie_is_known_again(string branch)
    {
        foreach (var method in (string[])["INVITE", "MESSAGE", "FOO"])
        {
            var layer = new LayerBench();
            var server = layer.Create(Request(method, branch));
            Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, server), layer.Match(Request(method, branch)));
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_part_that_the_RFC_names_counts_and_no_other(string part, string other, bool isSame)
    {
        foreach (var method in (string[])["INVITE", "MESSAGE", "FOO"])
        {
            var layer = new LayerBench();
            var server = layer.Create(Request(method));
            var changed = Request(method).Replace(part, other, StringComparison.Ordinal);
            Assert.NotEqual(Request(method), changed);
            Assert.Equal(isSame ? new RequestMatch(TransactionVerdict.Absorbed, server) : new RequestMatch(TransactionVerdict.NoMatch, null), layer.Match(changed));
        }
    }

    [Fact]
    public void A_cookie_makes_it_another_request()
    {
        var layer = new LayerBench();
        layer.Create(Request("INVITE", ";branch=z9hG4bK"));
        Assert.Equal(TransactionVerdict.NoMatch, layer.Match(Request("INVITE", ";branch=z9hG4bK1")).Verdict);
    }

    [Theory]
    [InlineData("FOO", "BAR")]
    [InlineData("MESSAGE", "INFO")]
    public void Another_method_is_another_transaction(string one, string other)
    {
        var layer = new LayerBench();
        layer.Create(Request(one));
        var match = layer.Match(Request(other));
        Assert.Equal(TransactionVerdict.NoMatch, match.Verdict);
    }

    [Fact]
    public void An_ACK_has_the_To_tag_of_the_response()
    {
        var layer = new LayerBench();
        var invite = layer.Create(Request("INVITE").Replace(";tag=to", "", StringComparison.Ordinal));
        layer.Bench.Respond(invite, 486);
        Assert.Equal(TransactionVerdict.NoMatch, layer.Match(Request("ACK").Replace("CSeq: 7", "CSeq: 8", StringComparison.Ordinal)).Verdict);
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, invite), layer.Match(Request("ACK")));
        Assert.Equal(TransactionState.Confirmed, invite.State);
    }

    [Fact]
    public void An_ACK_with_another_To_tag_than_the_response_is_not_its_ACK()
    {
        var layer = new LayerBench();
        var invite = layer.Create(Request("INVITE").Replace(";tag=to", "", StringComparison.Ordinal));
        layer.Bench.Respond(invite, 486);
        var match = layer.Match(Request("ACK").Replace("tag=to", "tag=other", StringComparison.Ordinal));
        Assert.Equal((TransactionVerdict.NoMatch, TransactionState.Completed), (match.Verdict, invite.State));
    }

    [Fact]
    public void An_ACK_for_a_2xx_is_passed_up()
    {
        var layer = new LayerBench();
        var invite = layer.Create(Request("INVITE").Replace(";tag=to", "", StringComparison.Ordinal));
        layer.Bench.Respond(invite, 200);
        Assert.Equal(new RequestMatch(TransactionVerdict.PassUp, invite), layer.Match(Request("ACK")));
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, invite), layer.Match(Request("INVITE").Replace(";tag=to", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_CANCEL_finds_its_request()
    {
        var layer = new LayerBench();
        var invite = layer.Create(Request("INVITE"));
        Assert.Equal(new RequestMatch(TransactionVerdict.PassUp, invite), layer.Match(Request("CANCEL")));
        Assert.Equal(TransactionVerdict.NoMatch, layer.Match(Request("CANCEL").Replace("tag=from", "tag=other", StringComparison.Ordinal)).Verdict);
    }

    private static string Request(string method, string branch = "") =>
        $"""
        {method} sip:b@home.test SIP/2.0
        Via: SIP/2.0/UDP caller.test{branch}
        Via: SIP/2.0/UDP below.test
        Max-Forwards: 70
        From: <sip:a@home.test>;tag=from
        To: <sip:b@home.test>;tag=to
        Call-ID: matching
        CSeq: 7 {method}
        Content-Length: 0


        """.ReplaceLineEndings("\r\n");
}
