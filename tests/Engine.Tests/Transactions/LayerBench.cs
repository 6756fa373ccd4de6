using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>A transaction layer over a <see cref="MachineBench"/>: takes messages as a shard does, without a proxy above it.</summary>
internal sealed class LayerBench
{
    public LayerBench(int process = 1, int shard = 0)
    {
        var keys = Fixtures.Keys(secret: 1, process);
        Layer = new TransactionLayer(Bench.Environment, keys.TransactionTable(shard), keys.CreateBranchSource(shard), maxHeaders: 64);
    }

    public MachineBench Bench { get; } = new();

    public TransactionLayer Layer { get; }

    /// <summary>A request that is new: its server transaction.</summary>
    public ServerTransaction Create(string request)
    {
        Assert.Equal(TransactionVerdict.NoMatch, Match(request, out var key).Verdict);
        var octets = MachineBench.Octets(request);
        return Layer.CreateServer(key, MachineBench.Parse(request), octets, Bench.Flow, Bench.Flow);
    }

    /// <summary>What the layer makes of a request.</summary>
    public RequestMatch Match(string request) => Match(request, out _);

    /// <summary>The client transaction of a request sent by the branch.</summary>
    public ClientTransaction Send(BranchId branch, string method)
    {
        var recognised = SipMethods.Recognise(System.Text.Encoding.ASCII.GetBytes(method));
        return Layer.CreateClient(null, branch, recognised, MachineBench.Octets(MachineBench.Request(method, Text(branch))), Bench.Flow);
    }

    /// <summary>The client transaction of a response.</summary>
    public ClientTransaction? Find(int status, string cseqMethod, string branch) =>
        Layer.FindClient(MachineBench.Parse(MachineBench.Response(status, cseqMethod, branch)));

    /// <summary>A branch as it stands in a Via.</summary>
    public static string Text(BranchId branch)
    {
        Span<byte> text = stackalloc byte[BranchId.Length];
        return System.Text.Encoding.ASCII.GetString(text[..branch.Write(text)]);
    }

    private RequestMatch Match(string request, out RequestKey key)
    {
        var parsed = MachineBench.Parse(request);
        return Layer.Match(parsed, Layer.Prefetch(parsed), out key);
    }
}
