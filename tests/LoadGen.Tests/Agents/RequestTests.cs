using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>REGISTER, MESSAGE, OPTIONS.</summary>
public sealed class RequestTests
{
    [Fact]
    public void A_registration_names_its_user_contact_and_expiry()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Register));
        peer.Begin(Profile.Register, number: 300);
        var register = peer.Next("REGISTER");
        Assert.Equal("sip:example.com", register.RequestUri);
        Assert.Equal("<sip:a0000001@example.com>", register["To"]);
        Assert.Equal("<sip:a0000001@192.0.2.10:6000>", register["Contact"]);
        Assert.Equal("300", register["Expires"]);
        Assert.Equal("192.0.2.1:5060", peer.Sent[0].To.ToString());
        peer.Pass(7);
        peer.Deliver(register.Respond("200 OK"));
        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.InRange(peer.Counters.Latencies[(int)Measure.RegistrationRequestDelay]!.GetValueAtPercentile(50), 6990, 7010);
    }

    [Theory]
    [InlineData("403 Forbidden", 1)]
    [InlineData("503 Service Unavailable", 1)]
    [InlineData("401 Unauthorized", 0)]
    [InlineData("302 Moved Temporarily", 0)]
    public void RFC_6076_4_2_says_which_failures_are_ineffective_registration_attempts(string status, long ineffective)
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Register));
        peer.Begin(Profile.Register);
        peer.Deliver(peer.Next("REGISTER").Respond(status));
        Assert.Equal(ineffective, peer.Counters.Registrations.Ineffective);
        Assert.Equal(status[..3], LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
    }

    [Fact]
    public void Latency_counts_from_when_the_request_was_due()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Options));
        peer.Pass(250);
        peer.Begin(Profile.Options, due: 50_000);
        peer.Pass(10);
        peer.Deliver(peer.Next("OPTIONS").Respond("200 OK"));
        Assert.InRange(peer.Counters.Latencies[(int)Measure.RequestDelay]!.GetValueAtPercentile(50), 209_800, 210_200);
        Assert.InRange(peer.Metrics.Lateness.GetValueAtPercentile(50), 199_800, 200_200);
    }

    [Fact]
    public void A_MESSAGE_has_as_much_text_as_asked_for()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message) with { MessageBytes = 1200 });
        peer.Begin(Profile.Message);
        var message = peer.Next("MESSAGE");
        Assert.Equal(1200, message.Body.Length);
        Assert.Equal("1200", message["Content-Length"]);
    }

    [Fact]
    public void A_MESSAGE_that_comes_twice_is_answered_twice_alike_and_counted()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Begin(Profile.Message);
        var message = peer.Next("MESSAGE");
        peer.Forward(message, "b0000002", "z9hG4bKm");
        var ok = peer.Next("200");
        peer.Forward(message, "b0000002", "z9hG4bKm");
        Assert.Equal(ok.Text, peer.Next("200").Text);
        Assert.Equal(1, peer.Counters.RetransmissionsReceived);
    }

    [Theory]
    [InlineData("\0\0\0\0\0")]
    [InlineData("SIP/2.0 200 OK\r\n\r\n")]
    [InlineData("HELLO\r\n\r\n")]
    [InlineData("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 5\r\n\r\n")]
    public void What_is_not_understood_is_counted_and_nothing_else(string datagram)
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Deliver(datagram);
        peer.Silence();
        Assert.Equal(1, peer.Counters.Strays[(int)LoadGen.Metrics.Stray.NotUnderstood]);
    }

    [Fact]
    public void A_keep_alive_is_nothing()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Deliver("\r\n\r\n");
        peer.Silence();
        Assert.Equal(0, peer.Counters.MessagesReceived);
    }

    [Fact]
    public void A_response_to_what_was_never_sent_is_counted()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Message));
        peer.Begin(Profile.Message);
        var message = peer.Next("MESSAGE");
        peer.Deliver(message.Respond("200 OK").Replace(message.Branch, "z9hG4bKelse", StringComparison.Ordinal));
        Assert.Equal(0, peer.Counters.Succeeded);
        Assert.Equal(1, peer.Counters.Strays[(int)LoadGen.Metrics.Stray.ForeignResponse]);
    }
}
