using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Routing;

/// <summary>The three network modes: who is near, how a party behind a NAT is reached, and that nobody relays through us.</summary>
public sealed class NetworkModes : ConformanceTest
{
    private SimUserAgent Nated => Agent("nated", "203.0.113.7:40001");

    private SimUserAgent Stranger => Agent("stranger", "198.51.100.9:5060");

    [Fact]
    public void A_host_name_of_this_machine_with_another_port_is_another_program()
    {
        Start(static options => options.Mode = NetworkMode.Loopback);
        Bed.SetHost("localhost", "127.0.0.1");
        var phone = Agent("phone", "127.0.0.1:5080");
        Register(phone, "b", "<sip:b@localhost:5080>");
        A.Ask("MESSAGE", "sip:b@home.test");
        phone.Reply(phone.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void Loopback_reaches_a_Contact_with_another_address_of_this_machine_at_127_0_0_1()
    {
        Start(static options => options.Mode = NetworkMode.Loopback);
        var phone = Agent("phone", "127.0.0.1:5080");
        var answer = Register(phone, "b", "<sip:b@192.168.7.7:5080>");
        Assert.StartsWith("<sip:b@192.168.7.7:5080>", answer["Contact"], StringComparison.Ordinal);
        A.Ask("MESSAGE", "sip:b@home.test");
        var got = phone.Expect("MESSAGE");
        Assert.Equal("sip:b@192.168.7.7:5080", got.RequestUri);
        phone.Reply(got, 200);
        A.Expect(200);
    }

    [Fact]
    public void Loopback_adopts_the_domain_of_a_REGISTER()
    {
        Start(static options => { options.Mode = NetworkMode.Loopback; options.Domains = []; });
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>"));
        B.Expect(200, "REGISTER");
        A.Ask("MESSAGE", "sip:b@HOME.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData(NetworkMode.Nat)]
    [InlineData(NetworkMode.Lan)]
    public void A_phone_behind_a_NAT_is_reached_where_its_REGISTER_came_from(NetworkMode mode)
    {
        StartInNetwork(mode);
        var answer = Register(Nated, "b", "<sip:b@10.0.0.5:5060>");
        Assert.StartsWith("<sip:b@10.0.0.5:5060>", answer["Contact"], StringComparison.Ordinal);
        A.Ask("MESSAGE", "sip:b@home.test");
        var got = Nated.Expect("MESSAGE");
        Assert.Equal("sip:b@10.0.0.5:5060", got.RequestUri);
        Nated.Reply(got, 200);
        A.Expect(200);
    }

    [Fact]
    public void Lan_uses_the_Contact_of_a_near_phone_as_written()
    {
        StartInNetwork(NetworkMode.Lan);
        var near = Agent("near", "192.168.1.20:5060");
        Register(near, "b", "<sip:b@192.168.1.21:5060>");
        var other = Agent("other", "192.168.1.21:5060");
        A.Ask("MESSAGE", "sip:b@home.test");
        other.Reply(other.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void A_whole_call_between_two_phones_behind_NATs_goes_both_ways()
    {
        StartInNetwork(NetworkMode.Nat);
        var caller = Agent("caller", "198.51.100.20:41000");
        Register(Nated, "b", "<sip:b@10.0.0.5:5060>");
        Register(caller, "c", "<sip:c@10.0.0.5:5060>");
        caller.Send(caller.Request("INVITE", "sip:b@home.test").Set("Contact", "<sip:c@10.0.0.5:5060>"));
        caller.Expect(100);
        var invite = Nated.Expect("INVITE");
        Nated.Send(Nated.Answer(invite, 200).Set("Contact", "<sip:b@10.0.0.5:5060>"));
        var ok = caller.Expect(200);
        caller.Send(InDialog(caller, ok, "ACK", "sip:b@10.0.0.5:5060", ok["Record-Route"], ok["From"], ok["To"]));
        Nated.Expect("ACK");

        // The callee hangs up: its request finds the caller, whose Contact is just as private.
        Nated.Send(InDialog(Nated, ok, "BYE", "sip:c@10.0.0.5:5060", invite["Record-Route"], ok["To"], ok["From"]));
        caller.Reply(caller.Expect("BYE"), 200);
        Nated.Expect(200, "BYE");
    }

    [Theory]
    [InlineData(NetworkMode.Lan, 403)]
    [InlineData(NetworkMode.Nat, 403)]
    public void A_stranger_does_not_reach_a_foreign_domain_through_us(NetworkMode mode, int status)
    {
        StartInNetwork(mode);
        Bed.SetHost("far.test", "192.168.1.30");
        Stranger.Ask("MESSAGE", "sip:x@far.test");
        Stranger.Expect(status);
    }

    [Fact]
    public void Nor_with_a_Route_that_names_us_and_a_mark_of_another_dialog()
    {
        StartInNetwork(NetworkMode.Nat);
        Register(Nated, "b", "<sip:b@10.0.0.5:5060>");
        Stranger.Send(Stranger.Request("INVITE", "sip:b@home.test"));
        Stranger.Expect(100);
        var invite = Nated.Expect("INVITE");
        Nated.Reply(invite, 486);
        Stranger.Expect(486);
        Bed.SetHost("far.test", "192.168.1.30");
        Stranger.Send(Stranger.Request("MESSAGE", "sip:x@far.test").Set("Route", invite["Record-Route"]));
        Stranger.Expect(403, "MESSAGE");
    }

    [Fact]
    public void Relay_allows_it()
    {
        Start(options => { InNetwork(options, NetworkMode.Lan); options.Relay = true; });
        Bed.SetHost("far.test", "192.168.1.30");
        var far = Agent("far", "192.168.1.30:5060");
        Stranger.Ask("MESSAGE", "sip:x@far.test");
        far.Reply(far.Expect("MESSAGE"), 200);
        Stranger.Expect(200);
    }

    [Fact]
    public void A_near_peer_reaches_a_foreign_domain()
    {
        StartInNetwork(NetworkMode.Lan);
        Bed.SetHost("far.test", "203.0.113.7");
        var near = Agent("near", "192.168.1.20:5060");
        var far = Agent("far", "203.0.113.7:5060");
        near.Ask("MESSAGE", "sip:x@far.test");
        far.Reply(far.Expect("MESSAGE"), 200);
        near.Expect(200);
    }

    private static WireMessage InDialog(SimUserAgent from, WireMessage ok, string method, string target, string route, string fromHeader, string toHeader) =>
        from.Request(method, target)
            .Set("Call-ID", ok["Call-ID"])
            .Set("From", fromHeader)
            .Set("To", toHeader)
            .Set("CSeq", method == "ACK" ? "1 ACK" : "7 " + method)
            .Set("Route", route);

    private void StartInNetwork(NetworkMode mode) => Start(options => InNetwork(options, mode));

    private static void InNetwork(SipEngineOptions options, NetworkMode mode)
    {
        options.Mode = mode;
        options.Listen = [new ListenAddress(new IPEndPoint(IPAddress.Parse("192.168.1.1"), 5060))];
        options.LocalNetworks = [IPNetwork.Parse("192.168.1.0/24")];
    }
}
