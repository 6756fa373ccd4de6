using HdrHistogram;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>The calling end against a scripted proxy.</summary>
public sealed class CallTests
{
    private const string Answer = "Contact: <sip:b0000002@198.51.100.7:7000>\r\n";

    [Fact]
    public void A_call_is_INVITE_ACK_BYE_and_its_delays_are_measured()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call) with { Call = new() { Hold = TimeSpan.FromSeconds(2) } });
        peer.Begin(Profile.Call);
        var invite = peer.Next("INVITE");
        peer.Pass(30);
        peer.Deliver(invite.Respond("180 Ringing"));
        peer.Pass(20);
        peer.Deliver(invite.Respond("200 OK", headers: Answer));
        peer.Next("ACK");
        peer.Pass(1999);
        peer.Silence();
        peer.Pass(1);
        var bye = peer.Next("BYE");
        peer.Pass(10);
        peer.Deliver(bye.Respond("200 OK"));
        peer.Silence();

        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.Equal(30_000, Max(peer, Measure.SessionRequestDelay), 30.0);
        Assert.Equal(50_000, Max(peer, Measure.SessionSetup), 50.0);
        Assert.Equal(2_000_000, Max(peer, Measure.SessionDuration), 2000.0);
        Assert.Equal(10_000, Max(peer, Measure.SessionDisconnectDelay), 10.0);
        Assert.Equal(0, peer.World.Context.Legs.Live);
        Assert.Equal(0, peer.World.Context.Wheel.Count);
    }

    [Fact]
    public void Requests_in_the_dialog_follow_the_route_set_and_the_remote_target()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("200 OK", headers:
            "Record-Route: <sip:203.0.113.2:5070;lr>, <sip:p2@203.0.113.3;lr>\r\n"
            + "Record-Route: <sip:192.0.2.1:5061;lr;x=\"a,b\">\r\n" + Answer));

        foreach (var what in new[] { "ACK", "BYE" })
        {
            var sent = peer.Sent[^(what == "ACK" ? 2 : 1)];
            Assert.Equal($"{what} sip:b0000002@198.51.100.7:7000 SIP/2.0", sent.Text.StartLine);
            Assert.Equal("<sip:192.0.2.1:5061;lr;x=\"a,b\">, <sip:p2@203.0.113.3;lr>, <sip:203.0.113.2:5070;lr>", sent.Text["Route"]);
            Assert.Equal("192.0.2.1:5061", sent.To.ToString());
            Assert.Equal(invite["From"], sent.Text["From"]);
            Assert.Equal(invite["To"] + ";tag=callee", sent.Text["To"]);
            Assert.Equal(invite["Call-ID"], sent.Text["Call-ID"]);
        }

        Assert.Equal("1 ACK", peer.Sent[^2].Text["CSeq"]);
        Assert.Equal("2 BYE", peer.Sent[^1].Text["CSeq"]);
        Assert.Equal(3, peer.Sent.Select(message => message.Text.Branch).Distinct().Count());
    }

    [Fact]
    public void A_strict_router_is_the_Request_URI_and_the_target_the_last_route()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        peer.Deliver(peer.Next("INVITE").Respond("200 OK", headers: "Record-Route: <sip:203.0.113.3;lr>, <sip:203.0.113.2:5070>\r\n" + Answer));
        var ack = peer.Next("ACK");
        Assert.Equal("sip:203.0.113.2:5070", ack.RequestUri);
        Assert.Equal("<sip:203.0.113.3;lr>, <sip:b0000002@198.51.100.7:7000>", ack["Route"]);
        Assert.Equal("203.0.113.2:5070", peer.Sent[1].To.ToString());
    }

    [Fact]
    public void Without_a_route_set_the_remote_target_is_spoken_to_directly()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        peer.Deliver(peer.Next("INVITE").Respond("200 OK", headers: Answer));
        Assert.False(peer.Next("ACK").Has("Route"));
        Assert.Equal("198.51.100.7:7000", peer.Sent[1].To.ToString());
    }

    [Fact]
    public void A_200_that_comes_again_gets_the_same_ACK_also_when_the_call_is_over()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        var invite = peer.Next("INVITE");
        var ok = invite.Respond("200 OK", headers: "Record-Route: <sip:192.0.2.1;lr>\r\n" + Answer);
        peer.Deliver(ok);
        var first = peer.Next("ACK");
        var bye = peer.Next("BYE");
        peer.Deliver(ok);
        Assert.Equal(first.Text, peer.Next("ACK").Text);
        peer.Deliver(bye.Respond("200 OK"));
        peer.Deliver(ok);
        Assert.Equal(first.Text, peer.Next("ACK").Text);
        peer.Silence();
        Assert.Equal(2, peer.Counters.RetransmissionsReceived);
        Assert.Equal(1, peer.Counters.Succeeded);
    }

    [Fact]
    public void A_failure_is_acknowledged_with_the_branch_of_its_INVITE_each_time_it_comes()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        var invite = peer.Next("INVITE");
        var failure = invite.Respond("503 Service Unavailable", toTag: "proxy");
        peer.Deliver(failure);
        var ack = peer.Next("ACK");
        Assert.Equal(invite.Branch, ack.Branch);
        Assert.Equal(invite.RequestUri, ack.RequestUri);
        Assert.Equal(invite["To"] + ";tag=proxy", ack["To"]);
        Assert.Equal("1 ACK", ack["CSeq"]);
        peer.Deliver(failure);
        Assert.Equal(ack.Text, peer.Next("ACK").Text);
        Assert.Equal("503", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
    }

    [Fact]
    public void The_called_side_may_hang_up()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call, LegFlags.CalleeHangsUp);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("200 OK", headers: Answer));
        peer.Next("ACK");
        peer.Pass(500);
        peer.Silence();
        var bye = $"BYE sip:a0000001@192.0.2.10:6000 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nFrom: {invite["To"]};tag=callee\r\n"
            + $"To: {invite["From"]}\r\nCall-ID: {invite["Call-ID"]}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
        peer.Deliver(bye);
        var ok = peer.Next("200");
        Assert.Equal("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", ok["Via"]);
        Assert.Equal(1, peer.Counters.Succeeded);
        peer.Deliver(bye);
        Assert.Equal(ok.Text, peer.Next("200").Text);
        peer.Pass(120_000);
        peer.Silence();
    }

    [Fact]
    public void A_called_side_that_should_hang_up_and_does_not_is_a_failure()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call, LegFlags.CalleeHangsUp);
        peer.Deliver(peer.Next("INVITE").Respond("200 OK", headers: Answer));
        peer.Next("ACK");
        peer.Pass(64_000);
        peer.Deliver(peer.Next("BYE").Respond("200 OK"));
        Assert.Equal("no BYE came", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
        Assert.Equal(0, peer.Counters.Succeeded);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    [Fact]
    public void A_re_INVITE_stands_in_the_middle()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call) with { Call = new() { Hold = TimeSpan.FromSeconds(4) } });
        peer.Begin(Profile.Call, LegFlags.ReInvite);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("200 OK", headers: "Record-Route: <sip:192.0.2.1;lr>\r\n" + Answer));
        peer.Next("ACK");
        peer.Pass(2000);
        var again = peer.Next("INVITE");
        Assert.Equal("sip:b0000002@198.51.100.7:7000", again.RequestUri);
        Assert.Equal("<sip:192.0.2.1;lr>", again["Route"]);
        Assert.Equal("2 INVITE", again["CSeq"]);
        Assert.Equal(invite.Body, again.Body);
        peer.Deliver(again.Respond("200 OK", headers: Answer));
        Assert.Equal("2 ACK", peer.Next("ACK")["CSeq"]);
        peer.Pass(2000);
        var bye = peer.Next("BYE");
        Assert.Equal("3 BYE", bye["CSeq"]);
        peer.Deliver(bye.Respond("200 OK"));
        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.Equal(1, peer.Counters.Sessions.Requests);
        Assert.Equal(1, peer.Counters.Sessions.Answered);
    }

    [Fact]
    public void A_call_that_only_rings_is_withdrawn_and_counted_once()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Begin(Profile.Call);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("180 Ringing"));
        peer.Pass(32_000);
        var cancel = peer.Next("CANCEL");
        Assert.Equal(invite.Branch, cancel.Branch);
        peer.Deliver(cancel.Respond("200 OK"));
        peer.Deliver(invite.Respond("487 Request Terminated"));
        peer.Next("ACK");
        peer.Silence();
        Assert.Equal("no final response", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
        Assert.Equal(0, peer.Metrics.InFlight);
    }

    private static double Max(ScriptedPeer peer, Measure measure) => peer.Counters.Latencies[(int)measure]!.GetMaxValue();
}
