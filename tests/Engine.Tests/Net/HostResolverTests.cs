using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;
using ImsSipFast.Engine.Tests.Running;
using ImsSipFast.Engine.Tests.Shards;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class HostResolverTests
{
    private readonly ManualTime _time = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<HostAnswer>> _asked = new();
    private readonly BlockingCollection<string> _questions = [];
    private readonly BlockingCollection<(int Shard, HostResolution Outcome)> _posted = [];

    [Fact]
    public void An_answer_is_posted_to_who_asked_and_kept_for_its_lifetime()
    {
        var resolver = Resolver();
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("Pbx.example.com"u8, 5070, Transport.Udp, shard: 3, ticket: 42, out _));
        Answer("Pbx.example.com", found: true, lifetimeSeconds: 60);
        Assert.Equal((3, new HostResolution(42, new HopList(At(5070)))), Posted());

        Assert.Equal(ResolveStatus.Found, resolver.Resolve("PBX.EXAMPLE.com"u8, 0, Transport.Udp, 0, 0, out var hops));
        Assert.Equal(At(5060), hops[0]);
        _time.Advance(60_000);
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("pbx.example.com"u8, 0, Transport.Udp, 0, 1, out _));
    }

    [Fact]
    public void All_addresses_of_an_answer_are_tried_in_its_order_and_on_the_port_that_was_asked_for()
    {
        var resolver = Resolver();
        resolver.Resolve("a.test"u8, 5070, Transport.Udp, 0, 1, out _);
        PeerAddress[] addresses = [PeerAddress.FromV4(3, 0), PeerAddress.FromV4(1, 0), PeerAddress.FromV4(2, 0)];
        Take("a.test").SetResult(new HostAnswer(addresses, 60));
        var hops = Posted().Outcome.Hops;
        Assert.Equal(addresses.Select(static a => a.WithPort(5070)), Enumerable.Range(0, hops.Count).Select(i => hops[i]));

        resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 2, out hops);
        Assert.Equal(addresses.Select(static a => a.WithPort(5060)), Enumerable.Range(0, hops.Count).Select(i => hops[i]));
    }

    [Fact]
    public void Many_who_ask_wait_for_one_query()
    {
        var resolver = Resolver();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ResolveStatus.Pending, resolver.Resolve("a.test"u8, 6000 + i, Transport.Udp, shard: i, ticket: i, out _));
        }

        Answer("a.test", found: true, lifetimeSeconds: 1);
        Assert.Equal(Enumerable.Range(0, 5).Select(static i => (i, new HostResolution(i, new HopList(At(6000 + i))))), Enumerable.Range(0, 5).Select(_ => Posted()));
        Assert.Empty(_questions);
    }

    [Fact]
    public void A_failure_is_told_and_kept_for_a_while()
    {
        var resolver = Resolver();
        resolver.Resolve("no.test"u8, 0, Transport.Udp, 0, 9, out _);
        Answer("no.test", found: false, lifetimeSeconds: 10);
        Assert.Equal((0, new HostResolution(9, default)), Posted());
        Assert.Equal(ResolveStatus.Failed, resolver.Resolve("no.test"u8, 0, Transport.Udp, 0, 0, out _));
        _time.Advance(9_999);
        Assert.Equal(ResolveStatus.Failed, resolver.Resolve("no.test"u8, 0, Transport.Udp, 0, 0, out _));
        _time.Advance(1);
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("no.test"u8, 0, Transport.Udp, 0, 0, out _));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100_000, 3600)]
    public void Lifetimes_are_kept_within_bounds(int lifetimeSeconds, int keptSeconds)
    {
        var resolver = Resolver();
        resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 0, out _);
        Answer("a.test", found: true, lifetimeSeconds);
        Posted();
        _time.Advance((keptSeconds * 1000) - 1);
        Assert.Equal(ResolveStatus.Found, resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 0, out _));
        _time.Advance(1);
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 0, out _));
    }

    [Fact]
    public void Queries_in_flight_are_limited()
    {
        var resolver = Resolver(maxPending: 2);
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 0, out _));
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("b.test"u8, 0, Transport.Udp, 0, 0, out _));
        Assert.Equal(ResolveStatus.Full, resolver.Resolve("c.test"u8, 0, Transport.Udp, 0, 0, out _));
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("b.test"u8, 0, Transport.Udp, 0, 0, out _));
        Answer("a.test", found: true, lifetimeSeconds: 5);
        Posted();
        Assert.Equal(ResolveStatus.Pending, resolver.Resolve("c.test"u8, 0, Transport.Udp, 0, 0, out _));
    }

    [Fact]
    public void A_resolver_that_breaks_fails_who_waits()
    {
        var resolver = Resolver();
        resolver.Resolve("a.test"u8, 0, Transport.Udp, 0, 7, out _);
        Take("a.test").SetException(new InvalidOperationException("bug"));
        Assert.Equal(0, Posted().Outcome.Hops.Count);
    }

    [Fact]
    public void Names_of_the_hosts_file_are_never_asked_for()
    {
        var resolver = Resolver(hosts: HostsFile.Parse("10.1.2.3 lab.test\n", v4: true, v6: false));
        Assert.Equal(ResolveStatus.Found, resolver.Resolve("LAB.test"u8, 5070, Transport.Udp, 0, 0, out var hops));
        Assert.Equal("10.1.2.3:5070", hops[0].ToString());
        Assert.Equal(ResolveStatus.Found, resolver.Resolve("localhost"u8, 0, Transport.Udp, 0, 0, out hops));
        Assert.Equal("127.0.0.1:5060", hops[0].ToString());
    }

    [Fact]
    public void An_overlong_name_fails_at_once() =>
        Assert.Equal(ResolveStatus.Failed, Resolver().Resolve(new byte[256], 0, Transport.Udp, 0, 0, out _));

    [Fact]
    public void Ever_new_names_do_not_fill_the_memory()
    {
        var posted = 0;
        var resolver = new HostResolver(
            static _ => Task.FromResult(new HostAnswer([], 60)), HostsFile.Parse("", v4: true, v6: true), 1000, _time,
            (_, _) => Interlocked.Increment(ref posted));
        for (var i = 0; i < HostResolver.MaxNames + 500; i++)
        {
            while (resolver.Resolve(Encoding.ASCII.GetBytes($"{i}.test"), 0, Transport.Udp, 0, 0, out _) == ResolveStatus.Full)
            {
                Thread.Yield();
            }
        }

        Assert.InRange(resolver.Names, 1, HostResolver.MaxNames + 1000);
        Assert.Equal(ResolveStatus.Found, resolver.Resolve("localhost"u8, 0, Transport.Udp, 0, 0, out _));
    }

    [Fact]
    public void A_hit_allocates_nothing()
    {
        var resolver = Resolver(hosts: HostsFile.Parse("10.1.2.3 lab.test\n", v4: true, v6: false));
        resolver.Resolve("lab.test"u8, 0, Transport.Udp, 0, 0, out _);
        AllocationAssert.None(() => resolver.Resolve("lab.TEST"u8, 0, Transport.Udp, 0, 0, out _));
    }

    private static PeerAddress At(int port) => PeerAddress.FromV4(0xC0000201, (ushort)port);

    private HostResolver Resolver(int maxPending = 100, IReadOnlyDictionary<string, IPAddress>? hosts = null) => new(
        Ask, hosts ?? new Dictionary<string, IPAddress>(), maxPending, _time, (shard, outcome) => _posted.Add((shard, outcome)));

    private Task<HostAnswer> Ask(string name)
    {
        var source = _asked[name] = new TaskCompletionSource<HostAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Add(name);
        return source.Task;
    }

    private TaskCompletionSource<HostAnswer> Take(string name)
    {
        string? asked;
        do
        {
            Assert.True(_questions.TryTake(out asked, TimeSpan.FromSeconds(10)));
        }
        while (asked != name);
        return _asked[name];
    }

    private void Answer(string name, bool found, int lifetimeSeconds) =>
        Take(name).SetResult(new HostAnswer(found ? [At(0)] : [], lifetimeSeconds));

    private (int Shard, HostResolution Outcome) Posted()
    {
        Assert.True(_posted.TryTake(out var posted, TimeSpan.FromSeconds(10)));
        return posted;
    }
}
