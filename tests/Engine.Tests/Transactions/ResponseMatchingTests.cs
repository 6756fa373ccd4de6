using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Matching responses to client transactions: RFC 3261 §17.1.3. The branch of the top Via and the method of CSeq.</summary>
public sealed class ResponseMatchingTests
{
    private static readonly BranchId s_branch = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);

    private readonly LayerBench _layer = new();

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("FOO")]
    public void A_response_has_the_branch_and_the_method_of_its_request(string method)
    {
        var client = _layer.Send(s_branch, method);
        foreach (var status in (int[])[100, 180, 200, 302, 404, 503, 603])
        {
            Assert.Same(client, _layer.Find(status, method, "z9hG4bK0123456789abcdeffedcba9876543210"));
        }
    }

    [Fact]
    public void The_200_to_a_CANCEL_is_not_the_200_to_its_INVITE()
    {
        var branch = LayerBench.Text(s_branch);
        var invite = _layer.Send(s_branch, "INVITE");
        var cancel = _layer.Send(s_branch, "CANCEL");
        Assert.Same(invite, _layer.Find(200, "INVITE", branch));
        Assert.Same(cancel, _layer.Find(200, "CANCEL", branch));
        _layer.Layer.End(invite);
        Assert.Null(_layer.Find(200, "INVITE", branch));
        Assert.Same(cancel, _layer.Find(200, "CANCEL", branch));
    }

    [Theory]
    [InlineData("z9hG4bK0123456789abcdeffedcba9876543210", true)]
    // A branch is a token, so its case says nothing (RFC 3261 §7.3.1).
    [InlineData("Z9HG4BK0123456789ABCDEFFEDCBA9876543210", true)]
    [InlineData("z9hG4bK0123456789abcdeffedcba9876543211", false)]
    [InlineData("z9hG4bK0123456789abcdeefedcba9876543210", false)]
    [InlineData("z9hG4bK0123456789abcdeffedcba987654321", false)]
    [InlineData("z9hG4bK0123456789abcdeffedcba98765432100", false)]
    [InlineData("z9hG4bK0123456789abcdef", false)]
    [InlineData("z9hG4bK", false)]
    [InlineData("x9hG4bK0123456789abcdeffedcba9876543210", false)]
    [InlineData("z9hG4bK0123456789abcdeg0000000000000000", false)]
    [InlineData("z9hG4bK-0123456789abcdef", false)]
    [InlineData("z9hG4bK+123456789abcdeffedcba9876543210", false)]
    public void A_branch_is_ours_to_the_last_digit(string branch, bool isOurs)
    {
        var client = _layer.Send(s_branch, "INVITE");
        Assert.Equal(isOurs ? client : null, _layer.Find(200, "INVITE", branch));
    }

    [Theory]
    [InlineData("INVITE", "ACK")]
    [InlineData("INVITE", "BYE")]
    [InlineData("INVITE", "CANCEL")]
    [InlineData("INVITE", "invite")]
    [InlineData("MESSAGE", "INVITE")]
    public void Another_method_is_another_transaction(string method, string cseqMethod)
    {
        _layer.Send(s_branch, method);
        Assert.Null(_layer.Find(200, cseqMethod, LayerBench.Text(s_branch)));
    }

    [Fact]
    public void Two_methods_unknown_by_name_are_two_methods()
    {
        _layer.Send(s_branch, "FOO");
        Assert.Null(_layer.Find(200, "BAR", LayerBench.Text(s_branch)));
    }

    [Fact]
    public void A_response_without_a_branch_has_no_transaction()
    {
        _layer.Send(s_branch, "INVITE");
        var response = MachineBench.Response(200, "INVITE").Replace(";branch=z9hG4bK0000000000000007000000000000000b", "", StringComparison.Ordinal);
        Assert.Null(_layer.Layer.FindClient(MachineBench.Parse(response)));
    }

    [Fact]
    public void Many_transactions_are_told_apart()
    {
        // More than the table begins with, so that it grows on the way.
        var clients = Enumerable.Range(0, 5000)
            .Select(i => _layer.Send(_layer.Layer.NextBranch((ulong)(i % 3)), i % 2 == 0 ? "INVITE" : "BYE"))
            .ToArray();
        Assert.Equal(clients.Length, _layer.Layer.Count);
        Assert.All(clients, client => Assert.Same(client, _layer.Layer.FindClient(client.Branch, client.Method)));
        Assert.All(clients, client => Assert.Null(_layer.Layer.FindClient(client.Branch with { Loop = client.Branch.Loop + 1 }, client.Method)));
        Assert.All(clients, client => Assert.Null(_layer.Layer.FindClient(client.Branch, SipMethod.Cancel)));
        Array.ForEach(clients, _layer.Layer.End);
        Assert.Equal(0, _layer.Layer.Count);
        Assert.Equal("-", _layer.Bench.TakeTimers());
        Assert.Equal(0, _layer.Bench.Pool.Outstanding);
    }
}
