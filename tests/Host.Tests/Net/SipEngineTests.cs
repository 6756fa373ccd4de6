using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Host.Tests.Flows;

namespace ImsSipFast.Host.Tests.Net;

public sealed class SipEngineTests
{
    public static TheoryData<RunnerPolicy, IoPolicy> EveryPolicy
    {
        get
        {
            var data = new TheoryData<RunnerPolicy, IoPolicy>();
            foreach (var runner in Enum.GetValues<RunnerPolicy>())
            {
                foreach (var io in Enum.GetValues<IoPolicy>())
                {
                    data.Add(runner, io);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(EveryPolicy))]
    public async Task A_message_reaches_a_registered_user_and_its_answer_comes_back(RunnerPolicy runner, IoPolicy io)
    {
        await using var fixture = await EngineFixture.Start(o => (o.Runner, o.Io) = (runner, io));
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        Assert.StartsWith("SIP/2.0 200", fixture.Register(bob, "bob"), StringComparison.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", $"call-{i}");
            var request = EngineFixture.Read(bob);
            Assert.StartsWith($"MESSAGE sip:me@{bob.LocalEndPoint} SIP/2.0", request, StringComparison.Ordinal);
            EngineFixture.Reply(bob, request, "200 OK");
            Assert.StartsWith("SIP/2.0 200 OK", EngineFixture.Read(alice), StringComparison.Ordinal);
        }

        var metrics = fixture.Engine.Metrics();
        Assert.Equal(41, metrics.Received);
        Assert.Equal(metrics.Received, metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal());
        Assert.Equal(0, fixture.Engine.Faults);
    }

    [Fact]
    public async Task A_closed_port_of_the_callee_is_told_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only the Linux path reads the socket's error queue");
        await using var fixture = await EngineFixture.Start();
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        fixture.Register(bob, "bob");
        bob.Dispose();
        fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", "call");
        Assert.StartsWith("SIP/2.0 5", EngineFixture.Read(alice), StringComparison.Ordinal);
        Assert.Equal(1, fixture.Engine.Metrics().Undelivered);
    }

    [Fact]
    public async Task A_timer_fires_while_nothing_comes_in()
    {
        await using var fixture = await EngineFixture.Start(static o => o.T1 = 0.05);
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        fixture.Register(bob, "bob");
        fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", "call");
        Assert.Equal(EngineFixture.Read(bob), EngineFixture.Read(bob));
        Assert.InRange(fixture.Engine.Metrics().Retransmitted, 1, 3);
    }

    [Fact]
    public async Task Draining_waits_for_what_is_unfinished_and_ends_with_a_clean_ledger()
    {
        await using var fixture = await EngineFixture.Start(static o => o.DrainTimeout = 30);
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        fixture.Register(bob, "bob");
        fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", "call");
        var asked = EngineFixture.Read(bob);
        var stop = fixture.Engine.StopAsync();
        Assert.False(stop.IsCompleted);
        EngineFixture.Reply(bob, asked, "200 OK");
        EngineFixture.Read(alice);

        // Both transactions would absorb retransmissions for another 32 s: that is nothing to wait for.
        var ledger = await stop.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(ledger.IsClean, $"{ledger}\n{string.Join('\n', ledger.Holders)}");
        Assert.Same(ledger, await fixture.Engine.StopAsync());
    }

    /// <summary>
    /// Whether all is over is asked all the time here, and so also at the moments when a BYE has ended its dialog and its
    /// transaction has not begun, or the last answer has not left yet.
    /// </summary>
    [Fact]
    public async Task Draining_lasts_until_the_answer_to_a_BYE_has_left_however_often_one_looks()
    {
        for (var i = 0; i < 100; i++)
        {
            await using var fixture = await EngineFixture.Start(static o => o.DrainTimeout = 30, new ImpatientTime());
            using var bed = new LoopbackBed(fixture.Address);
            var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
            Phone.Register(bob);
            var (invite, _, ok) = Phone.Call(alice, bob);
            var stop = fixture.Engine.StopAsync();
            bed.Pass(1);
            alice.Send(alice.Within("BYE", invite, ok));
            bob.Reply(bob.Expect("BYE"), 200);
            alice.Expect(200, "BYE");
            Assert.True((await stop.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).IsClean);
        }
    }

    [Fact]
    public async Task A_hurried_stop_says_what_was_left()
    {
        await using var fixture = await EngineFixture.Start(static o => o.DrainTimeout = 100);
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        fixture.Register(bob, "bob");
        fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", "call");
        EngineFixture.Read(bob);
        using var hurry = new CancellationTokenSource();
        var stop = fixture.Engine.StopAsync(drain: true, hurry.Token);
        await hurry.CancelAsync();
        var ledger = await stop;
        Assert.False(ledger.IsClean);
        Assert.Equal(2, ledger.Transactions);
        Assert.Equal(1, ledger.Contexts);
        Assert.True(ledger.Timers >= 1);
        Assert.Contains(ledger.Holders, static h => h.Contains("timer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_draining_a_new_call_is_refused_and_the_port_is_free_afterwards()
    {
        await using var fixture = await EngineFixture.Start(static o => o.DrainTimeout = 20);
        var (alice, bob) = (fixture.Agent(), fixture.Agent());
        fixture.Register(bob, "bob");
        fixture.Send(alice, "MESSAGE", "sip:bob@home.test", "sip:bob@home.test", "running");
        EngineFixture.Read(bob);
        using var hurry = new CancellationTokenSource();
        var stop = fixture.Engine.StopAsync(drain: true, hurry.Token);
        string answer;
        do
        {
            // The shards learn of the drain one by one; a call that was quicker is answered by the callee's silence.
            fixture.Send(alice, "INVITE", "sip:nobody@home.test", "sip:nobody@home.test", $"new-{Guid.NewGuid()}");
            answer = EngineFixture.Read(alice);
        }
        while (!answer.StartsWith("SIP/2.0 503", StringComparison.Ordinal));
        await hurry.CancelAsync();
        await stop;
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(fixture.Address);
    }

    [Fact]
    public async Task A_second_engine_on_the_port_is_told_that_it_is_in_use()
    {
        await using var fixture = await EngineFixture.Start();
        await using var second = new SipEngine(new SipEngineOptions { Listen = [new ListenAddress(fixture.Address)] });
        var error = await Assert.ThrowsAsync<ListenException>(second.StartAsync);
        Assert.Contains("the port is in use by another program", error.Message, StringComparison.Ordinal);
        Assert.True((await second.StopAsync()).IsClean);
    }

    [Fact]
    public async Task A_wrong_option_is_named_with_its_range()
    {
        await using var engine = new SipEngine(new SipEngineOptions { T1 = 99 });
        var error = await Assert.ThrowsAsync<ArgumentException>(engine.StartAsync);
        Assert.Equal("T1 is 99; allowed: 0.01 to 10 s", error.Message);
    }

    [Fact]
    public async Task Junk_is_dropped_under_a_reason_and_the_counters_balance()
    {
        await using var fixture = await EngineFixture.Start();
        var alice = fixture.Agent();
        byte[][] junk = ["\r\n\r\n"u8.ToArray(), "\0"u8.ToArray(), "hello"u8.ToArray(), "SIP/2.0 200 OK\r\n\r\n"u8.ToArray(), [0xFF, 0xFE], new byte[60_000]];
        foreach (var bytes in junk)
        {
            alice.Send(bytes);
        }

        fixture.Send(alice, "OPTIONS", $"sip:{fixture.Address}", $"sip:{fixture.Address}", "last");
        Assert.StartsWith("SIP/2.0 200", EngineFixture.Read(alice), StringComparison.Ordinal);
        EngineMetrics metrics;
        do
        {
            metrics = fixture.Engine.Metrics();
        }
        while (metrics.Received < junk.Length + 1);
        Assert.Equal(junk.Length, metrics.DroppedTotal());
        Assert.Equal(3, metrics.Dropped(DropReason.KeepAlive));
        Assert.Equal(0, fixture.Engine.Faults);
    }

    [Fact]
    public async Task Several_listeners_and_shards_serve_many_users()
    {
        await using var fixture = await EngineFixture.Start(static o => (o.Shards, o.Listen) =
            (8, [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0)), new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0))]));
        var agents = Enumerable.Range(0, 20).Select(_ => fixture.Agent()).ToArray();
        for (var i = 0; i < agents.Length; i++)
        {
            Assert.StartsWith("SIP/2.0 200", fixture.Register(agents[i], $"user%{i + 0x61:x2}{i}"), StringComparison.Ordinal);
        }

        for (var i = 0; i < agents.Length; i++)
        {
            var callee = (i + 7) % agents.Length;
            fixture.Send(agents[i], "MESSAGE", $"sip:user{(char)(callee + 0x61)}{callee}@HOME.test", "sip:x@home.test", $"call-{i}");
            EngineFixture.Reply(agents[callee], EngineFixture.Read(agents[callee]), "202 Accepted");
            Assert.StartsWith("SIP/2.0 202", EngineFixture.Read(agents[i]), StringComparison.Ordinal);
        }

        Assert.Equal(20, fixture.Engine.Metrics().BindingsAlive);
    }

    /// <summary>A clock whose pauses are over at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
