using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// What a stranger says of himself leads back to him and nowhere else: neither into our networks nor at a third party.
/// </summary>
public sealed class Strangers : ConformanceTest
{
    private const string Inside = "192.168.1.77:5060";

    private SimUserAgent Near => Agent("near", "192.168.1.10:5060");

    private SimUserAgent Stranger => Agent("stranger", "203.0.113.7:5060");

    private SimUserAgent Victim => Agent("victim", "198.51.100.9:5060");

    private SimUserAgent Server => Agent("server", Inside);

    protected override void Configure(SipEngineOptions options) =>
        options.Listen = [new ListenAddress(IPEndPoint.Parse("192.168.1.5:5060"))];

    public static TheoryData<NetworkMode, string> Elsewhere
    {
        get
        {
            var data = new TheoryData<NetworkMode, string>();
            foreach (var host in (string[])[Inside, "198.51.100.9", "127.0.0.1:5061", "victim.test", "[fe80::1]"])
            {
                data.Add(NetworkMode.Lan, host);
                data.Add(NetworkMode.Nat, host);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Elsewhere))]
    public void A_Contact_elsewhere_is_reached_where_the_REGISTER_came_from(NetworkMode mode, string host)
    {
        Open(mode);
        Register(Stranger, "user", $"<sip:user@{host}>");
        Expect($"sip:user@{host}");
    }

    [Theory, MemberData(nameof(Elsewhere))]
    public void So_is_a_Path_elsewhere(NetworkMode mode, string host)
    {
        Open(mode);
        Stranger.Send(RegisterRequest(Stranger, "user", Stranger.Contact).Add("Path", $"<sip:{host};lr>"));
        Stranger.Expect(200);
        Assert.Equal($"<sip:{host};lr>", Expect("sip:stranger@203.0.113.7:5060")["Route"]);
    }

    [Fact]
    public void So_is_a_maddr_elsewhere()
    {
        Register(Stranger, "user", $"<sip:user@203.0.113.7;maddr=192.168.1.77>");
        Expect("sip:user@203.0.113.7;maddr=192.168.1.77");
    }

    [Fact]
    public void An_open_relay_by_choice_leads_to_public_Contacts_but_not_into_its_own_networks()
    {
        Start(static options => options.Relay = true);
        Register(Stranger, "user", $"<sip:user@{Inside}>");
        Expect($"sip:user@{Inside}");
        Register(Stranger, "other", "<sip:user@198.51.100.9>");
        Near.Ask("MESSAGE", "sip:other@home.test");
        Victim.Reply(Victim.Expect("MESSAGE"), 200);
        Near.Expect(200);
    }

    [Fact]
    public void Later_requests_of_a_call_lead_to_the_caller_whatever_his_Contact_says()
    {
        foreach (var contact in (string[])[Inside, "198.51.100.9", "victim.test"])
        {
            Register(Near, "near", Near.Contact);
            var invite = Stranger.Send(Stranger.Request("INVITE", "sip:near@home.test").Set("Contact", $"<sip:x@{contact}>"));
            Stranger.Expect(100);
            var there = Near.Expect("INVITE");
            var sentOk = Near.Reply(there, 200);
            Stranger.Ack(invite, Stranger.Expect(200));
            Near.Expect("ACK");
            Near.Send(Near.WithinAsCallee("BYE", there, sentOk));
            Stranger.Reply(Stranger.Expect("BYE"), 200);
            Near.Expect(200, "BYE");
        }

        Server.Silence(1);
        Victim.Silence(1);
    }

    [Fact]
    public void A_Via_beneath_his_own_does_not_open_our_networks_to_his_Contact()
    {
        Register(Near, "near", Near.Contact);
        var request = Stranger.Request("INVITE", "sip:near@home.test").Set("Contact", $"<sip:x@{Inside}>")
            .Add("Via", "SIP/2.0/UDP 203.0.113.99;branch=z9hG4bKbeneath");
        Stranger.Send(request);
        Stranger.Expect(100);
        var there = Near.Expect("INVITE");
        var sentOk = Near.Reply(there, 200);
        Stranger.Expect(200);
        Near.Send(Near.WithinAsCallee("BYE", there, sentOk));
        Stranger.Reply(Stranger.Expect("BYE"), 200);
        Near.Expect(200, "BYE");
        Server.Silence(1);
    }

    [Theory]
    [InlineData("192.168.1.77")]
    [InlineData("198.51.100.9")]
    [InlineData("127.0.0.1")]
    public void A_Via_maddr_elsewhere_gets_no_answer_of_ours(string maddr)
    {
        Stranger.Send(Stranger.Request("OPTIONS", "sip:home.test").Set("Via", $"SIP/2.0/UDP 203.0.113.7;branch=z9hG4bKmaddr;maddr={maddr}"));
        Stranger.Expect(200, "OPTIONS");
        Server.Silence(1);
        Victim.Silence(1);
    }

    [Fact]
    public void A_near_peer_may_have_its_answers_sent_elsewhere()
    {
        Near.Send(Near.Request("OPTIONS", "sip:home.test").Set("Via", "SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKmaddr;maddr=192.168.1.77"));
        Server.Expect(200, "OPTIONS");
        Near.Silence(1);
    }

    [Fact]
    public void A_redirection_by_a_stranger_goes_to_the_caller_unless_it_stays_here()
    {
        Start(static options => options.RecurseRedirects = true);
        Register(Stranger, "user", Stranger.Contact);
        Register(Near, "near", Near.Contact);
        Near.Ask("MESSAGE", "sip:user@home.test");
        var there = Stranger.Expect("MESSAGE");
        Stranger.Send(Stranger.Answer(there, 302).Set("Contact", $"<sip:x@{Inside}>"));
        Near.Expect(302);
        Server.Silence(1);
        Near.Ask("MESSAGE", "sip:user@home.test");
        there = Stranger.Expect("MESSAGE");
        Stranger.Send(Stranger.Answer(there, 302).Set("Contact", "<sip:near@home.test>"));
        Near.Expect("MESSAGE");
    }

    [Fact]
    public void Contacts_of_one_user_count_in_octets()
    {
        Start(static options => options.MaxContactOctetsPerAor = 400);
        Register(Near, "near", $"<sip:{new string('a', 200)}@192.168.1.10>");
        Near.Send(RegisterRequest(Near, "near", $"<sip:{new string('b', 200)}@192.168.1.10>"));
        var refused = Near.Expect(403);
        Assert.Equal("Contacts of This User Too Long Together", refused.Reason);
        Near.Send(RegisterRequest(Near, "near", Near.Contact).Add("Path", $"<sip:{new string('p', 200)}@192.168.1.10;lr>"));
        Near.Expect(403);

        // What he has can be refreshed and taken back.
        Register(Near, "near", $"<sip:{new string('a', 200)}@192.168.1.10>");
        Register(Near, "near", $"<sip:{new string('a', 200)}@192.168.1.10>;expires=0", $"<sip:{new string('b', 180)}@192.168.1.10>");
    }

    [Theory]
    [InlineData("0.0.0.0:5060")]
    [InlineData("192.168.1.5:5060")]
    [InlineData("[::]:5060")]
    public void Loopback_mode_listens_on_loopback_only(string listen)
    {
        var options = new SipEngineOptions { Listen = [new ListenAddress(IPEndPoint.Parse("127.0.0.1:5060")), new ListenAddress(IPEndPoint.Parse(listen))] };
        Assert.Equal(("Listen", $"udp:{listen}"), options.Validate([]) is { } error ? (error.Key, error.Value) : default);
        options.Mode = NetworkMode.Lan;
        Assert.Null(options.Validate([]));
    }

    private void Open(NetworkMode mode)
    {
        Start(options => options.Mode = mode);
        Bed.SetHost("victim.test", Victim.Host);
    }

    /// <summary>A call to the stranger's user arrives at the stranger.</summary>
    private WireMessage Expect(string uri)
    {
        Near.Ask("MESSAGE", "sip:user@home.test");
        var there = Stranger.Expect("MESSAGE");
        Assert.Equal(uri, there.RequestUri);
        Stranger.Reply(there, 200);
        Near.Expect(200);
        Server.Silence(1);
        Victim.Silence(1);
        return there;
    }
}
