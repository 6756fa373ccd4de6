using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>How a host that has work to do is started and stopped.</summary>
public sealed class StopFlows
{
    /// <summary>Timers so short that what lingers after a call (64*T1) is gone in three seconds.</summary>
    private static readonly string[] s_quick = ["--t1", "0.05", "--t2", "0.2", "--t4", "0.2", "--drain-timeout", "20"];

    [Fact]
    public async Task It_serves_within_three_seconds_of_its_start()
    {
        // The best of three: a machine that builds something else at the moment says nothing about the host.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3 && best > TimeSpan.FromSeconds(3); i++)
        {
            var watch = Stopwatch.StartNew();
            await using var host = await HostProcess.StartAsync();
            using var bed = new LoopbackBed(host.EndPoint);
            var alice = bed.Agent("alice");
            alice.Ask("OPTIONS", $"sip:{bed.Proxy}");
            alice.Expect(200, "OPTIONS");
            best = watch.Elapsed;
        }

        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("portable")]
    public async Task While_it_drains_a_call_may_end_and_no_new_one_begins(string io)
    {
        await using var host = await HostProcess.StartAsync([.. s_quick, "--io", io]);
        using var bed = new LoopbackBed(host.EndPoint);
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);
        var (invite, _, ok) = Phone.Call(alice, bob);

        var watch = Stopwatch.StartNew();
        host.Signal(HostProcess.SigTerm);
        _ = await host.WaitForLineAsync("SIGTERM: draining for up to 20 s");
        bed.Pass(100);
        var refused = alice.Ask("INVITE", "sip:bob@home.test");
        alice.AckNon2xx(refused, alice.Expect(503, "INVITE"));
        alice.Send(alice.Within("BYE", invite, ok));
        bob.Reply(bob.Expect("BYE"), 200, "OK");
        alice.Expect(200, "BYE");

        var report = await HostReport.ReadAsync(host);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.True(report.NothingIsLeft, report.Ledger);
        Assert.Equal(1, report.CallsAnswered);
        Assert.Equal(0, report.Dropped);
    }

    [Fact]
    public async Task After_every_kind_of_flow_nothing_is_left()
    {
        await using var host = await HostProcess.StartAsync(s_quick);
        using var bed = new LoopbackBed(host.EndPoint);
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);
        var (invite, _, ok) = Phone.Call(alice, bob);
        alice.Send(alice.Within("BYE", invite, ok));
        bob.Reply(bob.Expect("BYE"), 200, "OK");
        alice.Expect(200, "BYE");

        var busy = alice.Ask("INVITE", "sip:bob@home.test");
        alice.Expect(100);
        bob.Reply(bob.Expect("INVITE"), 486);
        alice.AckNon2xx(busy, alice.Expect(486, "INVITE"));
        bob.Expect("ACK");

        var given = alice.Ask("INVITE", "sip:bob@home.test");
        alice.Expect(100);
        var atBob = bob.Expect("INVITE");
        bob.Reply(atBob, 180);
        alice.Expect(180, "INVITE");
        alice.Cancel(given);
        alice.Expect(200, "CANCEL");
        bob.Reply(bob.Expect("CANCEL"), 200);
        bob.Reply(atBob, 487);
        alice.AckNon2xx(given, alice.Expect(487, "INVITE"));
        bob.Expect("ACK");

        alice.Ask("MESSAGE", "sip:bob@home.test");
        bob.Reply(bob.Expect("MESSAGE"), 200);
        alice.Expect(200, "MESSAGE");
        alice.Ask("MESSAGE", "sip:nobody@home.test");
        alice.Expect(404, "MESSAGE");

        var report = await HostReport.StopAsync(host);
        Assert.True(report.NothingIsLeft, $"{report.Ledger}\n{host.Transcript()}");
        Assert.Equal(0, report.Dropped);
    }

    [Fact]
    public async Task A_call_that_rings_holds_the_drain_no_longer_than_its_time()
    {
        await using var host = await HostProcess.StartAsync("--drain-timeout", "1");
        using var bed = new LoopbackBed(host.EndPoint);
        Ring(bed);
        var watch = Stopwatch.StartNew();
        var report = await HostReport.StopAsync(host);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.False(report.NothingIsLeft, report.Ledger);
    }

    [Theory]
    [InlineData(HostProcess.SigTerm, 143)]
    [InlineData(HostProcess.SigInt, 130)]
    public async Task A_second_signal_ends_it_at_once_though_a_call_rings(int signal, int code)
    {
        await using var host = await HostProcess.StartAsync("--drain-timeout", "600");
        using var bed = new LoopbackBed(host.EndPoint);
        Ring(bed);
        host.Signal(signal);
        _ = await host.WaitForLineAsync("draining for up to 600 s");
        host.Signal(signal);
        Assert.Equal(code, await host.ExitCodeAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_said_in_one_line()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var host = await HostProcess.RunToEndAsync("--listen", $"udp:{other.LocalEndPoint}", "--log-file", "none");
        Assert.Equal(69, await host.ExitCodeAsync());
        Assert.StartsWith($"udp:{other.LocalEndPoint}: the port is in use by another program; ", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    private static void Ring(LoopbackBed bed)
    {
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);
        alice.Ask("INVITE", "sip:bob@home.test");
        alice.Expect(100);
        bob.Reply(bob.Expect("INVITE"), 180);
        alice.Expect(180, "INVITE");
    }
}
