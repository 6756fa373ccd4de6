namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// Two real softphones in the hands of somebody who has just started the proxy: they register and call each other. As
/// the seed's users do it, with 127.0.0.1 for a domain; and with a domain of their own and the proxy as outbound proxy.
/// </summary>
public sealed class SoftphoneFlows
{
    [Fact]
    public async Task Two_phones_with_the_address_of_the_proxy_as_their_domain()
    {
        _ = RealClient.Baresip;
        await using var host = await HostProcess.StartAsync();
        await CallEachOther(host, user => $"<sip:{user}@{host.EndPoint};transport=udp>;regint=3600;audio_codecs=pcmu");
    }

    [Fact]
    public async Task Two_phones_with_an_invented_domain_and_an_outbound_proxy()
    {
        _ = RealClient.Baresip;
        await using var host = await HostProcess.StartAsync();
        await CallEachOther(
            host, user => $"<sip:{user}@phones.example;transport=udp>;outbound=\"sip:{host.EndPoint};transport=udp\";regint=3600;audio_codecs=pcmu");
        Assert.Single(host.Output, static line => line.EndsWith("[INFO] Domain adopted as ours: phones.example", StringComparison.Ordinal));
    }

    private static async Task CallEachOther(HostProcess host, Func<string, string> account)
    {
        await using var first = await Baresip.StartAsync("1001", account("1001"));
        await using var second = await Baresip.StartAsync("1002", account("1002"));

        // 1001 calls and hangs up; then 1002 calls and 1001 hangs up: either side may.
        await Establish(first, "1002", second);
        await HangUp(first, second);
        await Establish(second, "1001", first);
        await HangUp(first, second);

        // Declined while it rings.
        await Ring(first, "1002", second);
        await second.DoAsync("hangup");
        Assert.StartsWith("486 ", await first.ExpectAsync("CALL_CLOSED"), StringComparison.Ordinal);
        _ = await second.ExpectAsync("CALL_CLOSED");

        // Given up while it rings.
        await Ring(second, "1001", first);
        await HangUp(second, first);

        // Nobody is there.
        await first.DoAsync("dial", "1003");
        Assert.StartsWith("404 ", await first.ExpectAsync("CALL_CLOSED"), StringComparison.Ordinal);

        var report = await HostReport.StopAsync(host);
        Assert.True(report.Dropped == 0, $"{report.DropReasons}\n{host.Transcript()}\n{first.Story()}\n{second.Story()}");
        Assert.Equal(2, report.CallsAnswered);
        Assert.True(report.NothingIsLeft, host.Transcript());
        AssertLog(host);
    }

    private static async Task Ring(Baresip caller, string user, Baresip callee)
    {
        await caller.DoAsync("dial", user);
        _ = await callee.ExpectAsync("CALL_INCOMING");
        _ = await caller.ExpectAsync("CALL_RINGING");
    }

    private static async Task Establish(Baresip caller, string user, Baresip callee)
    {
        await Ring(caller, user, callee);
        await callee.DoAsync("accept");

        // Sound goes from phone to phone: the addresses in the SDP came through as they were written.
        _ = await caller.ExpectAsync("CALL_ESTABLISHED", "CALL_RTPESTAB");
        _ = await callee.ExpectAsync("CALL_ESTABLISHED");
    }

    private static async Task HangUp(Baresip one, Baresip other)
    {
        await one.DoAsync("hangup");
        _ = await one.ExpectAsync("CALL_CLOSED");
        Assert.Equal("Connection reset by peer", await other.ExpectAsync("CALL_CLOSED"));
    }

    /// <summary>What the person at the proxy has read.</summary>
    private static void AssertLog(HostProcess host)
    {
        int Count(string text) => host.Output.Count(line => line.Contains(text, StringComparison.Ordinal));

        // A phone that has to wait half a second for a host that has just started registers again.
        Assert.Equal(2, host.Output.Where(static line => line.Contains("<- SIP/2.0 200 OK (bindings=1)", StringComparison.Ordinal))
            .DistinctBy(static line => line[line.IndexOf('[', StringComparison.Ordinal)..]).Count());
        Assert.Equal(4, Count("[FWD] INVITE -> 127.0.0.1:"));

        // Two for a 200, and our own two for the 486 and the 487; another one for each of them that comes again.
        var finals = Count("-> SIP/2.0 200 Answering for INVITE") + Count("-> SIP/2.0 486 ") + Count("-> SIP/2.0 487 ");
        Assert.InRange(finals, 4, int.MaxValue);
        Assert.Equal(finals, Count("[FWD] ACK -> 127.0.0.1:"));
        Assert.Equal(2, Count("[FWD] BYE -> 127.0.0.1:"));
        Assert.Equal(1, Count("[FWD] CANCEL -> 127.0.0.1:"));
        Assert.Equal(2, Count("<- SIP/2.0 486 ") + Count("<- SIP/2.0 487 "));
        Assert.Equal(1, Count("<- SIP/2.0 404 Not Found"));
        Assert.Equal(0, Count("[DROP]"));
    }
}
