using System.Reflection;
using System.Runtime.CompilerServices;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>
/// The reason why shards scale: two of them share nothing that either writes to for a datagram. What two shards of a
/// running engine can both reach is listed here, with the reason why it does no harm; all else is a finding.
/// </summary>
[Collection(nameof(SteadyStateTests))]
public sealed class SharedStateTests
{
    private const int Shards = 4;
    private const int CacheLine = 64;

    /// <summary>Shared by design. The walk notes them and does not go in.</summary>
    private static readonly Dictionary<Type, string> s_shared = new()
    {
        [typeof(SipEngineOptions)] = "read only once the engine has started",
        [typeof(LocalIdentity)] = "read only, but for the bindings that come and go in a domain adopted in loopback mode",
        [typeof(ListenerTable)] = "read only, but for the first datagram to a new local address",
        [typeof(Neighbours)] = "read only",
        [typeof(LocationService)] = "read by all, each partition written by its own shard; the sum of bindings changes when one comes or goes, not when it is refreshed",
        [typeof(IHostResolver)] = "look-ups of names, not the path of a datagram",
        [typeof(ListenerSocket)] = "the kernel's sockets; the objects around them are not written to by who sends",
        [typeof(ListenerSocket[][])] = "which sockets there are: read only",
        [typeof(IMessageSink)] = "takes what could not be sent",
        [typeof(WakeSignal)] = "read; rung only for a clock that sleeps too long",
        [typeof(TickSource)] = "read only",
        [typeof(WallClock)] = "read; written when the system's clock has stepped",
        [typeof(Microsoft.Extensions.Logging.ILogger)] = "told of faults only",
    };

    [Fact]
    public async Task Two_shards_share_nothing_that_they_write_to()
    {
        await using var fixture = await Busy();
        var graphs = Runners(fixture.Engine).Select(runner => new ObjectGraph(runner, IsShared(fixture.Engine))).ToArray();

        // The walk must have seen what matters, or it proves nothing.
        Assert.All(graphs, static graph => Assert.True(graph.Ways.Keys.OfType<Transaction>().Any() && graph.Ways.Keys.OfType<RawMessage>().Any()));
        var findings = from first in Enumerable.Range(0, Shards)
                       from second in Enumerable.Range(first + 1, Shards - first - 1)
                       from pair in graphs[first].Ways

                           // A view goes on pointing at the datagram that it showed last; it only ever reads.
                       where !pair.Value.EndsWith("<intake>P.<Message>k__BackingField._buffer", StringComparison.Ordinal)
                           && !pair.Value.EndsWith("<intake>P._next._buffer", StringComparison.Ordinal)
                           && !pair.Value.EndsWith("_intake.<Message>k__BackingField._buffer", StringComparison.Ordinal)
                           && !pair.Value.EndsWith("_intake._next._buffer", StringComparison.Ordinal)
                       where graphs[second].Ways.ContainsKey(pair.Key) && ObjectGraph.IsMutable(pair.Key) && !IsShared(fixture.Engine)(pair.Key)
                       select $"shards {first} and {second}: {pair.Key.GetType()} at {pair.Value}";
        var text = string.Join('\n', findings.Take(20));
        Assert.True(text.Length == 0, text);
    }

    [Fact]
    public async Task The_walk_finds_what_is_shared()
    {
        // With no doors it must come upon the location service and what is in it, or the test above could not fail.
        await using var fixture = await Busy();
        var runners = Runners(fixture.Engine);
        var (first, second) = (new ObjectGraph(runners[0], static _ => false), new ObjectGraph(runners[1], static _ => false));
        var shared = first.Ways.Keys.Where(second.Ways.ContainsKey).Where(ObjectGraph.IsMutable).ToList();
        Assert.Contains(shared, static found => found is LocationTable);
        Assert.Contains(shared, static found => found is SipEngineOptions);
    }

    [Fact]
    public void No_static_field_of_the_engine_is_written_to()
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var findings = typeof(SipEngine).Assembly.GetTypes().SelectMany(static type => type.GetFields(Statics))
            .Where(static field => !field.IsInitOnly && !field.IsLiteral && !field.IsDefined(typeof(ThreadStaticAttribute))
                && !field.IsDefined(typeof(CompilerGeneratedAttribute)) && !field.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Select(static field => $"{field.DeclaringType}.{field.Name}");
        Assert.Empty(findings);
    }

    [Fact]
    public async Task What_two_shards_write_to_for_each_datagram_lies_on_different_cache_lines()
    {
        await using var fixture = await Busy();
        var hot = Runners(fixture.Engine).Select(runner => new ObjectGraph(runner, IsShared(fixture.Engine)).Ways.Keys.Where(IsHot).Where(found => !IsShared(fixture.Engine)(found)).ToArray()).ToArray();
        Assert.All(hot, static objects => Assert.True(objects.Length >= 5));

        // Nothing moves while addresses are compared; a collection keeps the order in which objects were made.
        Assert.True(GC.TryStartNoGCRegion(1 << 20));
        try
        {
            var owners = new Dictionary<nint, (int Shard, string Name)>();
            for (var shard = 0; shard < Shards; shard++)
            {
                foreach (var (line, name) in hot[shard].SelectMany(LinesOf))
                {
                    Assert.True(owners.TryAdd(line, (shard, name)) || owners[line].Shard == shard, $"shards {owners[line]} and {(shard, name)} write to one cache line");
                }
            }
        }
        finally
        {
            GC.EndNoGCRegion();
        }
    }

    /// <summary>The types above, and the engine's own pool: it holds the notices of what could not be sent, and nothing for each datagram.</summary>
    private static Predicate<object> IsShared(SipEngine engine)
    {
        var notices = FieldOf(engine, "_pool");
        return found => ReferenceEquals(found, notices) || s_shared.Keys.Any(type => type.IsInstanceOfType(found));
    }

    private static object FieldOf(SipEngine engine, string name) =>
        typeof(SipEngine).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(engine)!;

    private static bool IsHot(object candidate) =>
        candidate is EngineMetrics or TimingWheel or ShardResources or ShardRunner or ShardInbox or MessagePool or DecisionLog;

    private static IEnumerable<(nint Line, string Name)> LinesOf(object subject)
    {
        var start = AddressOf(subject);

        // Header and fields: no field of these lies farther from the beginning than that.
        var size = nint.Size * (2 + subject.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length);
        return Enumerable.Range(0, (int)(((start % CacheLine) + size + CacheLine - 1) / CacheLine))
            .Select(line => ((start / CacheLine) + line, subject.GetType().Name));
    }

    private static unsafe nint AddressOf(object subject) => *(nint*)Unsafe.AsPointer(ref subject);

    private static ShardRunner[] Runners(SipEngine engine) => ((ShardSet)FieldOf(engine, "_shardSet")).Runners;

    /// <summary>An engine that has had users, messages and calls in every shard.</summary>
    private static async Task<EngineFixture> Busy()
    {
        var fixture = await EngineFixture.Start(static options => options.Shards = Shards);
        var agent = fixture.Agent();
        for (var user = 0; user < 8 * Shards; user++)
        {
            Assert.Contains("200 OK", fixture.Register(agent, $"u{user}"), StringComparison.Ordinal);
            fixture.Send(agent, "INVITE", $"sip:u{user}@home.test", $"sip:u{user}@home.test", $"call-{user}");
            var (first, second) = (EngineFixture.Read(agent), EngineFixture.Read(agent));
            EngineFixture.Reply(agent, first.StartsWith("INVITE", StringComparison.Ordinal) ? first : second, "180 Ringing");
            EngineFixture.Read(agent);
        }

        return fixture;
    }
}
