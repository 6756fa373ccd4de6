using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>RFC 6665: a subscription, its first NOTIFY, and its end.</summary>
public sealed class SubscribeTests
{
    [Fact]
    public void A_subscription_is_notified_and_ended()
    {
        var network = new VirtualNetwork(Plans.Of(Profile.Subscribe, rate: 5)).Run();
        var counters = network.Metrics.Phases[0];
        Assert.Equal(5, counters.Succeeded);
        Assert.Equal(0, network.World.Context.Legs.Live);
        Assert.Equal(
            ["SUBSCRIBE", "200", "NOTIFY", "200", "SUBSCRIBE", "200", "NOTIFY", "200"],
            network.Trace.Take(8).Select(line => line.Split(' ')).Select(words => words[2] == "SIP/2.0" ? words[3] : words[2]));
        Assert.Equal(10, counters.Latencies[(int)Results.Measure.NotifyDelay]!.TotalCount);
    }

    [Fact]
    public void The_NOTIFY_may_come_before_the_200()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Subscribe));
        peer.Begin(Profile.Subscribe);
        var subscribe = peer.Next("SUBSCRIBE");
        Assert.Equal("600", subscribe["Expires"]);
        peer.Deliver(Notify(subscribe, 1));
        peer.Next("200");
        peer.Silence();
        peer.Deliver(subscribe.Respond("200 OK", headers: "Contact: <sip:b0000002@192.0.2.10:6001>\r\nExpires: 600\r\n"));
        var last = peer.Next("SUBSCRIBE");
        Assert.Equal("0", last["Expires"]);
        Assert.Equal("sip:b0000002@192.0.2.10:6001", last.RequestUri);
        Assert.Equal("2 SUBSCRIBE", last["CSeq"]);
        peer.Deliver(last.Respond("200 OK", headers: "Expires: 0\r\n"));
        Assert.Equal(0, peer.Counters.Succeeded);
        peer.Deliver(Notify(subscribe, 1));
        peer.Next("200");
        Assert.Equal(0, peer.Counters.Succeeded);
        peer.Deliver(Notify(subscribe, 2));
        peer.Next("200");
        Assert.Equal(1, peer.Counters.Succeeded);
    }

    [Fact]
    public void A_subscription_that_is_never_notified_is_a_failure()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Subscribe));
        peer.Begin(Profile.Subscribe);
        peer.Deliver(peer.Next("SUBSCRIBE").Respond("200 OK", headers: "Contact: <sip:b0000002@192.0.2.10:6001>\r\n"));
        peer.Pass(32_000);
        Assert.Equal("no NOTIFY came", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
    }

    private static string Notify(SipText subscribe, int number) =>
        $"NOTIFY sip:a0000001@192.0.2.10:6000 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKn{number}\r\nFrom: {subscribe["To"]};tag=callee\r\n"
        + $"To: {subscribe["From"]}\r\nCall-ID: {subscribe["Call-ID"]}\r\nCSeq: {number} NOTIFY\r\nEvent: presence\r\n"
        + "Subscription-State: active;expires=600\r\nContent-Length: 0\r\n\r\n";
}
