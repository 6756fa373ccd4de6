using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Matching requests to server transactions: RFC 3261 §17.2.3 for branches with the magic cookie, and §9.2.</summary>
public sealed class RequestMatchingTests
{
    private readonly LayerBench _layer = new();

    /// <summary>What of a request is replaced in its second copy, and whether that is still the same request.</summary>
    public static TheoryData<string, string, bool> Changes => new()
    {
        { "", "", true },
        // The branch and sent-by decide …
        { "branch=z9hG4bK-one", "branch=z9hG4bK-two", false },
        { "branch=z9hG4bK-one", "branch=z9hG4bK-on", false },
        { "branch=z9hG4bK-one", "branch=z9hG4bK-one1", false },
        { "UDP caller.test:5070", "UDP other.test:5070", false },
        { "UDP caller.test:5070", "UDP caller.test:5071", false },
        { "UDP caller.test:5070", "UDP caller.test", false },
        // … both without regard to case (§7.3.1, §19.1.4) …
        { "branch=z9hG4bK-one", "branch=Z9HG4BK-ONE", true },
        { "branch=z9hG4bK-one", "BRANCH=z9hG4bK-one", true },
        { "UDP caller.test:5070", "UDP Caller.TEST:5070", true },
        // … and what an ACK and a CANCEL have in common with their request: equal branches of different calls, as clients
        // without enough chance in them send, are not one request, on one shard as little as on two …
        { "Call-ID: matching", "Call-ID: other", false },
        { "tag=from", "tag=other", false },
        { "CSeq: 7", "CSeq: 8", false },
        // … and nothing else.
        { "sip:b@home.test SIP", "sip:c@home.test SIP", true },
        { "SIP/2.0/UDP caller", "SIP/2.0/TCP caller", true },
        { "-one\r\n", "-one;received=192.0.2.9;rport=99\r\n", true },
        { "Via: ", "v : ", true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_request_is_known_again_by_branch_and_sent_by(string part, string other, bool isSame)
    {
        foreach (var method in (string[])["INVITE", "MESSAGE", "REGISTER", "FOO"])
        {
            var layer = new LayerBench();
            var request = Request(method);
            var server = layer.Create(request);
            var match = layer.Match(part.Length == 0 ? request : Replace(request, part, other));
            Assert.Equal(isSame ? new RequestMatch(TransactionVerdict.Absorbed, server) : new RequestMatch(TransactionVerdict.NoMatch, null), match);
        }
    }

    [Theory]
    [InlineData("INVITE", "MESSAGE")]
    [InlineData("MESSAGE", "INVITE")]
    [InlineData("BYE", "OPTIONS")]
    // Two methods that the engine does not know by name are still two methods.
    [InlineData("FOO", "BAR")]
    [InlineData("FOO", "foo")]
    [InlineData("invite", "INVITE")]
    public void Another_method_is_another_transaction(string one, string other)
    {
        var first = _layer.Create(Request(one));
        var second = _layer.Create(Request(other));
        Assert.NotSame(first, second);
        Assert.Same(first, _layer.Match(Request(one)).Server);
        Assert.Same(second, _layer.Match(Request(other)).Server);
    }

    [Fact]
    public void An_ACK_belongs_to_the_INVITE_of_its_branch()
    {
        var invite = _layer.Create(Request("INVITE"));
        _layer.Bench.Respond(invite, 486);
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Replace(Request("ACK"), "-one", "-two")).Verdict);
        Assert.Equal(TransactionState.Completed, invite.State);
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, invite), _layer.Match(Request("ACK")));
        Assert.Equal(TransactionState.Confirmed, invite.State);
    }

    [Fact]
    public void An_ACK_for_a_2xx_with_the_branch_of_its_INVITE_is_passed_up()
    {
        var invite = _layer.Create(Request("INVITE"));
        _layer.Bench.Respond(invite, 200);
        Assert.Equal(new RequestMatch(TransactionVerdict.PassUp, invite), _layer.Match(Request("ACK")));

        // The accepted INVITE has given its octets back, and a retransmission is known all the same.
        Assert.Null(invite.Request);
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, invite), _layer.Match(Request("INVITE")));
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Replace(Request("INVITE"), "-one", "-two")).Verdict);
    }

    [Fact]
    public void An_ACK_belongs_to_nothing_but_an_INVITE()
    {
        _layer.Create(Request("MESSAGE"));
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Request("ACK")).Verdict);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("FOO")]
    public void A_CANCEL_finds_the_request_it_cancels_whatever_its_method(string method)
    {
        var server = _layer.Create(Request(method));
        Assert.Equal(new RequestMatch(TransactionVerdict.PassUp, server), _layer.Match(Request("CANCEL")));
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Replace(Request("CANCEL"), "-one", "-two")).Verdict);
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Replace(Request("CANCEL"), "caller.test:5070", "caller.test:5071")).Verdict);
    }

    [Fact]
    public void A_CANCEL_sent_again_gets_the_answer_of_the_first_one()
    {
        var (invite, cancel) = InviteAndCancel();
        _layer.Bench.Sender.Log.Clear();
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, cancel), _layer.Match(Request("CANCEL")));
        Assert.Equal("200", _layer.Bench.Sender.Take());

        // The INVITE beside it is untouched and still found.
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, invite), _layer.Match(Request("INVITE")));
    }

    [Fact]
    public void A_CANCEL_sent_again_after_the_INVITE_has_ended_still_gets_it()
    {
        var (invite, cancel) = InviteAndCancel();
        _layer.Layer.End(invite);
        Assert.Equal(new RequestMatch(TransactionVerdict.Absorbed, cancel), _layer.Match(Request("CANCEL")));

        // It takes nothing else of that branch.
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Request("INVITE")).Verdict);
        Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Request("ACK")).Verdict);
    }

    [Fact]
    public void What_has_ended_is_not_found_and_holds_nothing()
    {
        foreach (var method in (string[])["INVITE", "MESSAGE"])
        {
            var server = _layer.Create(Request(method));
            _layer.Bench.Respond(server, 404);
            _layer.Layer.End(server);
            Assert.Equal(TransactionVerdict.NoMatch, _layer.Match(Request(method)).Verdict);
        }

        Assert.Equal(0, _layer.Layer.Count);
        Assert.Equal(0, _layer.Bench.Metrics.TransactionsAlive);
        Assert.Equal(2, _layer.Bench.Metrics.TransactionsCreated);
        Assert.Equal("-", _layer.Bench.TakeTimers());
        Assert.Equal(0, _layer.Bench.Pool.Outstanding);
    }

    [Fact]
    public void A_pooled_machine_begins_afresh()
    {
        // The second request gets the object of the first; nothing of the first may show through.
        var first = _layer.Create(Request("MESSAGE"));
        _layer.Bench.Respond(first, 486);
        _layer.Layer.End(first);
        var second = _layer.Create(Replace(Request("MESSAGE"), "-one", "-two"));
        Assert.Same(first, second);
        Assert.Equal((TransactionState.Trying, 0, false, null), (second.State, second.LastStatus, second.HasFinal, second.User));
        _layer.Bench.Sender.Log.Clear();
        _layer.Match(Replace(Request("MESSAGE"), "-one", "-two"));
        Assert.Equal("-", _layer.Bench.Sender.Take());
    }

    private static string Request(string method) =>
        $"""
        {method} sip:b@home.test SIP/2.0
        Via: SIP/2.0/UDP caller.test:5070;branch=z9hG4bK-one
        Via: SIP/2.0/UDP below.test;branch=z9hG4bK-below
        Max-Forwards: 70
        From: <sip:a@home.test>;tag=from
        To: <sip:b@home.test>
        Call-ID: matching
        CSeq: 7 {method}
        Content-Length: 0


        """.ReplaceLineEndings("\r\n");

    private static string Replace(string request, string part, string other)
    {
        Assert.Contains(part, request);
        return request.Replace(part, other, StringComparison.Ordinal);
    }

    private (ServerTransaction Invite, ServerTransaction Cancel) InviteAndCancel()
    {
        var invite = _layer.Create(Request("INVITE"));
        var parsed = MachineBench.Parse(Request("CANCEL"));
        Assert.Equal(new RequestMatch(TransactionVerdict.PassUp, invite), _layer.Layer.Match(parsed, _layer.Layer.Prefetch(parsed), out var key));
        var cancel = _layer.Layer.CreateServer(
            key, parsed, MachineBench.Octets(Request("CANCEL")), _layer.Bench.Flow, _layer.Bench.Flow);
        _layer.Bench.Respond(cancel, 200);
        return (invite, cancel);
    }
}
