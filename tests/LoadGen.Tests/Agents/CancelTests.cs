using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>The calling end withdraws (RFC 3261 §9.1).</summary>
public sealed class CancelTests
{
    [Fact]
    public void A_CANCEL_waits_for_the_first_provisional_response_that_rings()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Cancel) with { Call = new() { Ring = TimeSpan.FromSeconds(1) } });
        peer.Begin(Profile.Cancel);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("100 Trying", toTag: ""));
        peer.Pass(5000);
        peer.Silence();
        peer.Deliver(invite.Respond("180 Ringing"));
        peer.Pass(1000);
        var cancel = peer.Next("CANCEL");
        Assert.Equal(invite.RequestUri, cancel.RequestUri);
        Assert.Equal([invite["Via"]], cancel.All("Via"));
        Assert.Equal(invite["From"], cancel["From"]);
        Assert.Equal(invite["To"], cancel["To"]);
        Assert.Equal(invite["Call-ID"], cancel["Call-ID"]);
        Assert.Equal("1 CANCEL", cancel["CSeq"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_200_and_the_487_may_come_in_either_order(bool okFirst)
    {
        var (peer, invite, cancel) = Cancelled();
        peer.Pass(40);
        if (okFirst)
        {
            peer.Deliver(cancel.Respond("200 OK"));
            Assert.Equal(1, peer.Metrics.InFlight);
        }

        peer.Deliver(invite.Respond("487 Request Terminated"));
        peer.Next("ACK");
        if (!okFirst)
        {
            Assert.Equal(1, peer.Metrics.InFlight);
            peer.Deliver(cancel.Respond("200 OK"));
        }

        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.InRange(peer.Counters.Latencies[(int)Measure.CancelDelay]!.GetValueAtPercentile(50), 39_900, 40_100);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    [Fact]
    public void A_lost_CANCEL_is_sent_again_by_timer_E()
    {
        var (peer, _, _) = Cancelled();
        peer.Pass(8000);
        Assert.Equal([0, 500, 1500, 3500, 7500], peer.TimesOf("CANCEL"));
    }

    [Fact]
    public void A_200_that_crosses_the_CANCEL_is_acknowledged_and_hung_up()
    {
        var (peer, invite, cancel) = Cancelled();
        peer.Deliver(cancel.Respond("200 OK"));
        peer.Deliver(invite.Respond("200 OK", headers: "Contact: <sip:b0000002@192.0.2.10:6001>\r\n"));
        peer.Next("ACK");
        var bye = peer.Next("BYE");
        Assert.Equal("2 BYE", bye["CSeq"]);
        peer.Deliver(bye.Respond("200 OK"));
        Assert.Equal("unexpected 200 to INVITE", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
        Assert.Equal(0, peer.Counters.Succeeded);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    [Fact]
    public void An_INVITE_that_never_ends_after_its_CANCEL_is_a_failure()
    {
        var (peer, _, cancel) = Cancelled();
        peer.Deliver(cancel.Respond("200 OK"));
        peer.Pass(32_000);
        Assert.Equal("no final response", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
        Assert.Equal(1, peer.Counters.Sessions.Ineffective);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    private static (ScriptedPeer Peer, SipText Invite, SipText Cancel) Cancelled()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Cancel));
        peer.Begin(Profile.Cancel);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("180 Ringing"));
        return (peer, invite, peer.Next("CANCEL"));
    }
}
