using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Seed;

/// <summary>
/// The nine bugs that the seed's users saw fixed, in the setting they had: loopback mode, a domain nobody configured,
/// phones on one machine whose Contacts name its LAN address.
/// </summary>
public sealed class SeedBugs : ConformanceTest
{
    private SimUserAgent Alice => Agent("alice", "127.0.0.1:5070");

    private SimUserAgent Bob => Agent("bob", "127.0.0.1:5071");

    protected override string Domain => "sip.lab";

    protected override void Configure(SipEngineOptions options)
    {
        options.Mode = NetworkMode.Loopback;
        options.Domains = [];
    }

    [Fact]
    public void SeedBug1_an_unreachable_address_stops_nothing()
    {
        Bed.ReportClosedPorts();
        RegisterPhones();
        Register(Alice, "gone", "<sip:gone@192.168.1.100:5099>");
        Alice.Ask("MESSAGE", "sip:gone@sip.lab");
        Assert.InRange(Alice.Next(1000).Status, 500, 503);
        Alice.Ask("MESSAGE", "sip:bob@sip.lab");
        Bob.Reply(Bob.Expect("MESSAGE"), 200);
        Alice.Expect(200, "MESSAGE");
    }

    [Fact]
    public void SeedBug1_a_response_goes_where_its_request_came_from()
    {
        RegisterPhones();
        Alice.Send(Alice.Request("MESSAGE", "sip:bob@sip.lab").Set("Via", "SIP/2.0/UDP 192.168.1.100:5070;branch=z9hG4bKseed1;rport"));
        Bob.Reply(Bob.Expect("MESSAGE"), 200);
        Alice.Expect(200, "MESSAGE");
    }

    [Fact]
    public void SeedBug2_a_482_ends_its_transaction_once_and_goes_upstream()
    {
        var (invite, atBob) = InviteBob();
        Bob.Reply(atBob, 482, "Loop Detected");
        Bob.Expect("ACK");
        var final = Alice.Expect(482, "INVITE");
        Alice.AckNon2xx(invite, final);
        Alice.Silence(40_000);
        Bob.Silence(1);
    }

    [Theory]
    [InlineData("<sip:bob@127.0.0.1:5071;ob>")]
    [InlineData("<sip:bob@192.168.1.100:5071;ob>")]
    public void SeedBug2_the_Request_URI_of_an_ACK_is_not_bent(string contact)
    {
        var (invite, atBob) = InviteBob();
        Bob.Send(Bob.Answer(atBob, 200).Set("Contact", contact));
        Alice.Ack(invite, Alice.Expect(200, "INVITE"));
        var ack = Bob.Expect("ACK");
        Assert.Equal(WireText.Uri(contact), ack.RequestUri);
        Alice.Silence();
    }

    [Fact]
    public void SeedBug3_provisional_responses_go_to_the_caller_and_100_stays_on_its_hop()
    {
        var (_, atBob) = InviteBob();
        Bob.Reply(atBob, 100);
        Bob.Reply(atBob, 180);
        Alice.Expect(180, "INVITE");
        Alice.Silence();
        Bob.Silence(1);
    }

    [Fact]
    public void SeedBug4_the_ACK_of_a_486_has_the_branch_that_the_callee_knows()
    {
        var (invite, atBob) = InviteBob();
        Bob.Reply(atBob, 486, "Busy Here");
        var ack = Bob.Expect("ACK");
        Assert.Equal(atBob.Branch, ack.Branch);
        Assert.Equal(atBob.RequestUri, ack.RequestUri);
        var busy = Alice.Expect(486, "INVITE");
        Alice.AckNon2xx(invite, busy);
        Alice.Silence(40_000);
        Bob.Silence(1);
    }

    [Fact]
    public void SeedBug5_a_changed_Request_URI_comes_with_a_Record_Route()
    {
        var (_, atBob) = InviteBob();
        Assert.Equal("sip:bob@192.168.1.100:5071", atBob.RequestUri);
        var uri = WireText.Uri(Assert.Single(atBob.All("Record-Route")));
        Assert.Equal(Bed.Proxy, WireText.HostPort(uri));
        Assert.NotNull(WireText.UriParam(uri, "lr"));
    }

    [Fact]
    public void SeedBug6_a_BYE_finds_its_way_after_the_ACK()
    {
        var (invite, atBob) = InviteBob();
        Bob.Reply(atBob, 200);
        var ok = Alice.Expect(200, "INVITE");
        Alice.Ack(invite, ok);
        Bob.Expect("ACK");
        Bed.Pass(10 * 60_000);
        Alice.Send(Alice.Within("BYE", invite, ok));
        var bye = Bob.Expect("BYE");
        Assert.Empty(bye.All("Route"));
        Bob.Reply(bye, 200);
        Alice.Expect(200, "BYE");
    }

    [Fact]
    public void SeedBug7_a_CANCEL_matches_the_INVITE_as_the_callee_got_it()
    {
        var (invite, atBob) = InviteBob();
        Bob.Reply(atBob, 180);
        Alice.Expect(180);
        Alice.Cancel(invite);
        Alice.Expect(200, "CANCEL");
        var cancel = Bob.Expect("CANCEL");
        Assert.Equal(atBob.RequestUri, cancel.RequestUri);
        Assert.Equal(atBob.Branch, cancel.Branch);
        Bob.Reply(cancel, 200);
        Bob.Reply(atBob, 487);
        Bob.Expect("ACK");
        Alice.AckNon2xx(invite, Alice.Expect(487, "INVITE"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SeedBug8_the_200_to_a_BYE_goes_to_whoever_sent_it(bool callerHangsUp)
    {
        var (invite, atBob) = InviteBob();
        var sentOk = Bob.Reply(atBob, 200);
        var ok = Alice.Expect(200, "INVITE");
        Alice.Ack(invite, ok);
        Bob.Expect("ACK");
        var (from, to) = callerHangsUp ? (Alice, Bob) : (Bob, Alice);
        from.Send(callerHangsUp ? Alice.Within("BYE", invite, ok) : Bob.WithinAsCallee("BYE", atBob, sentOk));
        to.Reply(to.Expect("BYE"), 200);
        from.Expect(200, "BYE");
        to.Silence();
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("OPTIONS")]
    [InlineData("SUBSCRIBE")]
    [InlineData("NOTIFY")]
    [InlineData("REFER")]
    [InlineData("PRACK")]
    [InlineData("UPDATE")]
    [InlineData("BYE")]
    [InlineData("INFO")]
    public void SeedBug9_every_method_outside_a_dialog_is_looked_up(string method)
    {
        RegisterPhones();
        Alice.Send(Alice.Request(method, "sip:bob@sip.lab").With("hello\r\nbob", "text/plain"));
        var atBob = Bob.Expect(method);
        Assert.Equal("sip:bob@192.168.1.100:5071", atBob.RequestUri);
        Assert.Equal("hello\r\nbob", atBob.Body);
        Bob.Reply(atBob, 200);
        Alice.Expect(200, method);
    }

    /// <summary>The 200 to a REGISTER shows the Contact as the phone wrote it, and a domain that nobody configured is ours.</summary>
    [Fact]
    public void Any_domain_of_a_REGISTER_is_adopted_and_its_Contact_kept()
    {
        var ok = Register(Bob, "bob", "<sip:bob@192.168.1.100:5071;ob>");
        Assert.Equal("sip:bob@192.168.1.100:5071;ob", WireText.Uri(ok.All("Contact").Single()));
        Alice.Ask("MESSAGE", "sip:nobody@sip.lab");
        Alice.Expect(404, "MESSAGE");
    }

    private void RegisterPhones()
    {
        Register(Alice, "alice", "<sip:alice@192.168.1.100:5070>");
        Register(Bob, "bob", "<sip:bob@192.168.1.100:5071>");
    }

    private (WireMessage Invite, WireMessage AtBob) InviteBob()
    {
        RegisterPhones();
        var invite = Alice.Ask("INVITE", "sip:bob@sip.lab");
        Alice.Expect(100);
        return (invite, Bob.Expect("INVITE"));
    }
}
