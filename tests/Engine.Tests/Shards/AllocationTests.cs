using System.Net;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Shards;

/// <summary>
/// In steady state a shard allocates nothing: whatever one datagram needs was made when the first of its kind came. A
/// garbage collection would hold up every call at once.
/// </summary>
public sealed class AllocationTests
{
    private const int FlowsInOneRound = 40;

    /// <summary>Until every timer of a flow has run: longer than 64*T1 and T4, and the clean-up comes round too.</summary>
    private const long RoundMilliseconds = 75_000;

    public static TheoryData<string> Names =>
        [.. new AllocationFlows(new ShardBench(), ShardBench.Address(2), ShardBench.Address(3)).All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Steady_state_allocates_nothing(string flow)
    {
        var bench = new ShardBench();
        AssertNothingAllocated(bench, new AllocationFlows(bench, ShardBench.Address(2), ShardBench.Address(3)).All[flow]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Steady_state_allocates_nothing_over_IPv6(string flow)
    {
        var options = Fixtures.Options();
        options.Listen = [new(IPEndPoint.Parse("[2001:db8::1]:5060"))];
        var bench = new ShardBench(options);
        var caller = PeerAddress.From(IPEndPoint.Parse("[2001:db8::2]:5060"));
        var callee = PeerAddress.From(IPEndPoint.Parse("[2001:db8::3]:5060"));
        AssertNothingAllocated(bench, new AllocationFlows(bench, caller, callee).All[flow]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_flows_one_after_another_allocate_nothing(bool isWatched)
    {
        // Objects go from one kind of flow to another and must fit there as they are. An operator who looks on costs
        // copying and no more; nobody reads the ring here, so it is full most of the time.
        var bench = new ShardBench();
        bench.Shard.Decisions.IsWatched = isWatched;
        var flows = new AllocationFlows(bench, ShardBench.Address(2), ShardBench.Address(3)).All.Values.ToArray();
        var next = 0;
        AssertNothingAllocated(bench, () => flows[next++ % flows.Length]());
    }

    private static void AssertNothingAllocated(ShardBench bench, Action flow)
    {
        for (var round = 0; round < 3; round++)
        {
            Round(bench, flow);
        }

        // The counter of a thread jumps by what was left of its allocation buffer when a collection, which another test
        // may cause, takes that away. What a flow allocates it allocates every time, so one clean round tells.
        var seen = new List<string>();
        do
        {
            Assert.True(seen.Count < 5, string.Join(", ", seen));
            bench.ForgetAllocations();
            var received = bench.Metrics.Received;
            Round(bench, flow);
            seen.Add($"{bench.Allocated} octets for {bench.Metrics.Received - received} datagrams");
        }
        while (bench.Allocated != 0);
        bench.Verify();
    }

    private static void Round(ShardBench bench, Action flow)
    {
        for (var i = 0; i < FlowsInOneRound; i++)
        {
            flow();
            bench.Pass(5);
        }

        bench.Pass(RoundMilliseconds);
        bench.Forget();
    }
}
