using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>The called end: what it answers, and to whom.</summary>
public sealed class CalledSideTests
{
    [Fact]
    public void Responses_copy_what_RFC_3261_8_2_6_2_says_and_add_a_tag_and_a_Contact()
    {
        var (peer, invite) = Called(Profile.Call);
        var (ringing, ok) = (peer.Next("180"), peer.Next("200"));
        Assert.Equal(
            ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKproxy", invite["Via"]], ok.All("Via"));
        Assert.Equal("<sip:192.0.2.1:5060;lr>", ok["Record-Route"]);
        Assert.Equal(invite["From"], ok["From"]);
        Assert.StartsWith(invite["To"] + ";tag=", ok["To"], StringComparison.Ordinal);
        Assert.Equal(invite["Call-ID"], ok["Call-ID"]);
        Assert.Equal(invite["CSeq"], ok["CSeq"]);
        Assert.Equal("<sip:b0000002@192.0.2.10:6001>", ok["Contact"]);
        Assert.Equal(ok.ToTag, ringing.ToTag);
        Assert.Equal(int.Parse(ok["Content-Length"]), ok.Body.Length);
        Assert.Equal("application/sdp", ok["Content-Type"]);
    }

    [Fact]
    public void It_answers_after_the_ring_time_with_early_media_if_drawn()
    {
        var plan = Plans.Of(Profile.Call) with { Call = new() { Ring = TimeSpan.FromSeconds(3) } };
        var (peer, _) = Called(plan, LegFlags.EarlyMedia);
        Assert.Equal("application/sdp", peer.Next("183")["Content-Type"]);
        peer.Pass(2999);
        peer.Silence();
        peer.Pass(1);
        peer.Next("200");
    }

    [Fact]
    public void An_INVITE_that_comes_again_gets_the_last_response_again()
    {
        var plan = Plans.Of(Profile.Call) with { Call = new() { Ring = TimeSpan.FromSeconds(3) } };
        var (peer, invite) = Called(plan);
        var ringing = peer.Next("180");
        peer.Forward(invite, "b0000002", "z9hG4bKproxy");
        Assert.Equal(ringing.Text, peer.Next("180").Text);
        peer.Pass(3000);
        var ok = peer.Next("200");
        peer.Forward(invite, "b0000002", "z9hG4bKproxy");
        Assert.Equal(ok.Text, peer.Next("200").Text);
        Assert.Equal(2, peer.Counters.RetransmissionsReceived);
    }

    [Fact]
    public void It_hangs_up_along_its_own_route_set()
    {
        var (peer, invite) = Called(Plans.Of(Profile.Call) with { Call = new() { Hold = TimeSpan.FromSeconds(5) } }, LegFlags.CalleeHangsUp);
        peer.Next("180");
        var ok = peer.Next("200");
        Acknowledge(peer, invite, ok);
        peer.Pass(5000);
        var bye = peer.Next("BYE");
        Assert.Equal("sip:a0000001@192.0.2.10:6000", bye.RequestUri);
        Assert.Equal("<sip:192.0.2.1:5060;lr>", bye["Route"]);
        Assert.Equal(ok["To"], bye["From"]);
        Assert.Equal(invite["From"], bye["To"]);
        Assert.Equal(invite["Call-ID"], bye["Call-ID"]);
        Assert.Equal("1 BYE", bye["CSeq"]);
        Assert.Equal("192.0.2.1:5060", peer.Sent[^1].To.ToString());
        peer.Deliver(bye.Respond("200 OK"), Wire(Called: true));
        peer.Pass(100_000);
        Assert.DoesNotContain(peer.Sent, message => message.Side == Wire(Called: true) && message.Text.What == "BYE" && message.At > 5000);
    }

    [Fact]
    public void A_CANCEL_gets_its_200_and_then_the_INVITE_its_487()
    {
        var (peer, invite) = Called(Profile.Cancel);
        peer.Next("180");
        Cancel(peer, invite);
        var ok = peer.Next("200");
        Assert.Equal("1 CANCEL", ok["CSeq"]);
        var terminated = peer.Next("487");
        Assert.Equal("1 INVITE", terminated["CSeq"]);
        Assert.Equal(terminated.ToTag, ok.ToTag);
        Cancel(peer, invite);
        Assert.Equal(ok.Text, peer.Next("200").Text);
        peer.Pass(500);
        Assert.Equal(terminated.Text, peer.Next("487").Text);
        Acknowledge(peer, invite, terminated);
        peer.Pass(1000);
        peer.Silence();
        Cancel(peer, invite);
        peer.Next("200");
        peer.Silence();
    }

    [Fact]
    public void A_CANCEL_that_comes_after_the_200_changes_nothing()
    {
        var (peer, invite) = Called(Profile.Call);
        peer.Next("180");
        var ok = peer.Next("200");
        Cancel(peer, invite);
        Assert.Equal("1 CANCEL", peer.Next("200")["CSeq"]);
        peer.Silence();
        peer.Pass(500);
        Assert.Equal(ok.Text, peer.Next("200").Text);
    }

    [Fact]
    public void A_straggling_INVITE_of_an_ended_call_makes_no_new_call()
    {
        var (peer, invite) = Called(Profile.Busy);
        var busy = peer.Next("486");
        Acknowledge(peer, invite, busy);
        peer.Deliver(invite.Respond("486 Busy Here"));
        peer.Next("ACK");
        Assert.Equal(1, peer.Counters.Succeeded);
        peer.Forward(invite, "b0000002", "z9hG4bKproxy");
        peer.Silence();
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }

    [Theory]
    [InlineData(";rport", ";rport=5060;received=192.0.2.1", "192.0.2.1:5060")]
    [InlineData(";rport;x=1", ";rport=5060;received=192.0.2.1;x=1", "192.0.2.1:5060")]
    [InlineData("", ";received=192.0.2.1", "192.0.2.1:5099")]
    public void The_top_Via_says_where_the_request_came_from(string parameters, string answered, string sentTo)
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Options));
        peer.Deliver($"OPTIONS sip:b1@192.0.2.10:6001 SIP/2.0\r\nVia: SIP/2.0/UDP proxy.example.com:5099;branch=z9hG4bKo{parameters}\r\n"
            + "From: <sip:x@example.com>;tag=1\r\nTo: <sip:b1@example.com>\r\nCall-ID: o@x\r\nCSeq: 7 OPTIONS\r\n\r\n", Wire(Called: true));
        Assert.Equal("SIP/2.0/UDP proxy.example.com:5099;branch=z9hG4bKo" + answered, peer.Next("200")["Via"]);
        Assert.Equal(sentTo, peer.Sent[0].To.ToString());
    }

    [Fact]
    public void A_request_of_a_dialog_that_never_was_gets_481()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call));
        peer.Deliver("BYE sip:b1@192.0.2.10:6001 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\n"
            + "From: <sip:x@example.com>;tag=1\r\nTo: <sip:b1@example.com>;tag=2\r\nCall-ID: o@x\r\nCSeq: 7 BYE\r\n\r\n", Wire(Called: true));
        peer.Next("481");
    }

    private static LoadGen.Wire.Side Wire(bool Called) => Called ? LoadGen.Wire.Side.Called : LoadGen.Wire.Side.Calling;

    private static (ScriptedPeer Peer, SipText Invite) Called(Profile profile) => Called(Plans.Of(profile));

    /// <summary>A call that the proxy has forwarded; what the called side sends is next.</summary>
    private static (ScriptedPeer Peer, SipText Invite) Called(LoadPlan plan, LegFlags flags = LegFlags.None)
    {
        var peer = new ScriptedPeer(plan);
        peer.Begin(plan.Mix[0].Profile, flags);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("100 Trying", toTag: ""));
        peer.Forward(invite, "b0000002", "z9hG4bKproxy");
        return (peer, invite);
    }

    private static void Acknowledge(ScriptedPeer peer, SipText invite, SipText response) => peer.Deliver(
        $"ACK sip:b0000002@192.0.2.10:6001 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKproxy\r\nFrom: {invite["From"]}\r\n"
        + $"To: {response["To"]}\r\nCall-ID: {invite["Call-ID"]}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n", Wire(Called: true));

    private static void Cancel(ScriptedPeer peer, SipText invite) => peer.Deliver(
        $"CANCEL sip:b0000002@192.0.2.10:6001 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKproxy\r\nFrom: {invite["From"]}\r\n"
        + $"To: {invite["To"]}\r\nCall-ID: {invite["Call-ID"]}\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n", Wire(Called: true));
}
