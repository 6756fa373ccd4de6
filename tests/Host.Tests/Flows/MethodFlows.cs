using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// Every method of the seed, and two it never heard of, through the real host in its default mode: outside a dialog
/// the callee is looked up, inside it the Route leads.
/// </summary>
public sealed class MethodFlows
{
    private static readonly string[] s_outside = ["OPTIONS", "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE", "UPDATE", "PRACK", "INFO", "FLY"];
    private static readonly string[] s_inside = ["OPTIONS", "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE", "UPDATE", "INFO", "FLY"];

    [Theory]
    [InlineData("auto")]
    [InlineData("portable")]
    public async Task Outside_a_dialog_every_method_is_looked_up(string io)
    {
        await using var host = await HostProcess.StartAsync("--io", io);
        using var bed = new LoopbackBed(host.EndPoint);
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);
        foreach (var method in s_outside)
        {
            var sent = alice.Send(alice.Request(method, "sip:bob@home.test").With($"about {method}", "text/plain"));
            var received = bob.Expect(method);
            Assert.Equal(WireText.Uri(bob.Contact), received.RequestUri);
            Intact.Request(sent, received, bed.Proxy);
            Intact.Response(bob.Reply(received, 200, "Understood"), alice.Expect(200, method));
        }

        var report = await HostReport.StopAsync(host);
        Assert.True(report.NothingIsLeft, report.Ledger);
        Assert.Equal((1L, 2L * s_outside.Length, 0L, 0L), (report.Answered, report.Forwarded, report.Absorbed, report.Dropped));
    }

    [Fact]
    public async Task Inside_a_dialog_every_method_follows_the_Route()
    {
        await using var host = await HostProcess.StartAsync();
        using var bed = new LoopbackBed(host.EndPoint);
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);

        var invite = alice.Ask("INVITE", "sip:bob@home.test");
        alice.Expect(100);
        var atBob = bob.Expect("INVITE");
        bob.Send(bob.Answer(atBob, 183).Add("Require", "100rel").Add("RSeq", "1"), atBob.From);
        var early = alice.Expect(183, "INVITE");

        // From here on nobody could look bob up.
        Phone.Unregister(bob);
        Exchange(alice.Within("PRACK", invite, early).Add("RAck", "1 1 INVITE"), alice, bob, bed);
        Exchange(alice.Within("UPDATE", invite, early), alice, bob, bed);

        var sentOk = bob.Reply(atBob, 200, "OK");
        var ok = alice.Expect(200, "INVITE");
        var ack = alice.Ack(invite, ok);
        Intact.Request(ack, bob.Expect("ACK"), bed.Proxy);
        foreach (var method in s_inside)
        {
            Exchange(alice.Within(method, invite, ok).With($"about {method}", "text/plain"), alice, bob, bed);
            Exchange(bob.WithinAsCallee(method, atBob, sentOk).With($"about {method}", "text/plain"), bob, alice, bed);
        }

        Exchange(bob.WithinAsCallee("BYE", atBob, sentOk), bob, alice, bed);
        var report = await HostReport.StopAsync(host);
        Assert.True(report.NothingIsLeft, report.Ledger);
        Assert.Equal(0, report.Dropped);
        Assert.Equal(1, report.CallsAnswered);
    }

    [Fact]
    public async Task A_subscription_is_notified_along_its_Route()
    {
        await using var host = await HostProcess.StartAsync("--drain-timeout", "0");
        using var bed = new LoopbackBed(host.EndPoint);
        var (alice, bob) = (bed.Agent("alice"), bed.Agent("bob"));
        Phone.Register(bob);
        alice.Send(alice.Request("SUBSCRIBE", "sip:bob@home.test").Add("Event", "presence").Add("Expires", "600"));
        var atBob = bob.Expect("SUBSCRIBE");
        var sent = bob.Reply(atBob, 202, "Accepted");
        alice.Expect(202, "SUBSCRIBE");
        Assert.True(atBob.Has("Record-Route"), "a SUBSCRIBE makes a dialog, so its NOTIFYs come through us");
        Exchange(bob.WithinAsCallee("NOTIFY", atBob, sent).Add("Event", "presence").Add("Subscription-State", "active"), bob, alice, bed);
        Assert.Equal(0, (await HostReport.StopAsync(host)).Dropped);
    }

    [Fact]
    public async Task OPTIONS_to_the_proxy_tells_what_it_can()
    {
        await using var host = await HostProcess.StartAsync();
        using var bed = new LoopbackBed(host.EndPoint);
        var alice = bed.Agent("alice");
        alice.Ask("OPTIONS", $"sip:{bed.Proxy}");
        var answer = alice.Expect(200, "OPTIONS");

        // RFC 3261 §11.2: a proxy that omits Allow is ambiguous about methods, and it is: it forwards them all.
        Assert.Empty(answer.All("Allow"));
        Assert.True(answer.Has("Accept") && answer.Has("Supported"), answer.ToString());
    }

    /// <summary>One request of a dialog and its 200, both as they were sent.</summary>
    private static void Exchange(WireMessage request, SimUserAgent from, SimUserAgent to, LoopbackBed bed)
    {
        from.Send(request);
        var received = to.Expect(request.Method);
        Assert.Equal(request.RequestUri, received.RequestUri);
        Intact.Request(request, received, bed.Proxy);
        Intact.Response(to.Reply(received, 200, "OK"), from.Expect(200, request.Method));
    }
}
