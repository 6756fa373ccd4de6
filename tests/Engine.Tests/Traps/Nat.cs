using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// Phones behind NAT: their Contacts lead nowhere, their bindings and our Record-Route know better. The NAT lets in
/// only what comes from the address that the phone wrote to.
/// </summary>
public sealed class Nat : ConformanceTest
{
    private SimUserAgent Phone => Agent("phone", "203.0.113.20:40000", "10.0.0.5:5060");

    private SimUserAgent Other => Agent("other", "203.0.113.77:41000", "10.0.0.5:5060");

    private SimUserAgent Housemate => Agent("housemate", "203.0.113.20:40002", "10.0.0.6:5060");

    private SimUserAgent Public => Agent("public", "198.51.100.9:5060");

    protected override void Configure(SipEngineOptions options)
    {
        options.Mode = NetworkMode.Nat;
        options.Listen = [new ListenAddress(IPEndPoint.Parse("198.51.100.1:5060"))];
    }

    [Fact]
    public void The_200_to_a_REGISTER_shows_the_Contact_as_written()
    {
        var ok = Register(Phone, "phone", Phone.Contact);
        Assert.Equal("sip:phone@10.0.0.5:5060", WireText.Uri(ok.All("Contact").Single()));
    }

    [Fact]
    public void A_call_to_a_phone_behind_NAT_holds_in_both_directions() => CallAndHangUp(Public, Phone);

    [Fact]
    public void A_call_from_a_phone_behind_NAT_holds_in_both_directions() => CallAndHangUp(Phone, Public);

    [Fact]
    public void A_call_between_two_NATs_with_the_same_inside_holds() => CallAndHangUp(Other, Phone);

    [Fact]
    public void A_call_between_two_phones_behind_one_NAT_holds() => CallAndHangUp(Housemate, Phone);

    /// <summary>The call passes us twice, and each of our Record-Routes names one side. Found by the seeded worlds.</summary>
    [Fact]
    public void A_call_between_two_phones_behind_one_NAT_holds_through_an_alias()
    {
        Register(Public, "alias", "<sip:callee@home.test>");
        CallAndHangUp(Housemate, Phone, "alias");
    }

    [Fact]
    public void A_phone_behind_NAT_that_calls_itself_through_an_alias_is_connected()
    {
        Register(Public, "alias", "<sip:callee@home.test>");
        Register(Phone, "callee", Phone.Contact);
        var invite = Phone.Ask("INVITE", "sip:alias@home.test");
        Phone.Expect(100);
        Phone.Reply(Phone.Expect("INVITE"), 200);
        Phone.Ack(invite, Phone.Expect(200, "INVITE"));
        Phone.Expect("ACK");
    }

    [Fact]
    public void A_CANCEL_and_an_ACK_go_where_their_INVITE_went()
    {
        Register(Phone, "phone", Phone.Contact);
        var invite = Public.Ask("INVITE", "sip:phone@home.test");
        Public.Expect(100);
        var there = Phone.Expect("INVITE");
        Assert.Equal("sip:phone@10.0.0.5:5060", there.RequestUri);
        Phone.Reply(there, 180);
        Public.Expect(180);
        Public.Cancel(invite);
        Public.Expect(200, "CANCEL");
        Phone.Reply(Phone.Expect("CANCEL"), 200);
        Phone.Reply(there, 487);
        Phone.Expect("ACK");
        Public.AckNon2xx(invite, Public.Expect(487, "INVITE"));
    }

    [Fact]
    public void A_phone_that_moves_is_reached_where_its_last_REGISTER_came_from()
    {
        Register(Phone, "phone", Phone.Contact);
        var moved = Agent("moved", "203.0.113.20:40100", "10.0.0.5:5060");
        Register(moved, "phone", Phone.Contact);
        Public.Ask("MESSAGE", "sip:phone@home.test");
        moved.Reply(moved.Expect("MESSAGE"), 200);
        Public.Expect(200);
    }

    [Fact]
    public void A_public_Contact_of_the_same_host_is_used_as_written()
    {
        var other = Agent("elsewhere", "198.51.100.9:5070");
        Register(Public, "desk", other.Contact);
        Phone.Ask("MESSAGE", "sip:desk@home.test");
        other.Reply(other.Expect("MESSAGE"), 200);
        Phone.Expect(200);
    }

    [Fact]
    public void A_phone_that_moves_during_a_call_is_reached_where_it_registered_again()
    {
        Register(Phone, "phone", Phone.Contact);
        var invite = Public.Ask("INVITE", "sip:phone@home.test");
        Public.Expect(100);
        var there = Phone.Expect("INVITE");
        Phone.Reply(there, 200);
        var ok = Public.Expect(200);
        Public.Ack(invite, ok);
        Phone.Expect("ACK");
        var moved = Agent("moved", "192.0.2.44:1024");
        moved.Send(RegisterRequest(moved, "phone", Phone.Contact));
        moved.Expect(200);
        Public.Send(Public.Within("BYE", invite, ok));
        moved.Reply(moved.Expect("BYE"), 200);
        Public.Expect(200, "BYE");
        Phone.Silence();
    }

    /// <summary>
    /// Its NAT has given it another address, and it sends within the call before it registers again: what our Record-Route
    /// says is the other side's, whoever seems to send.
    /// </summary>
    [Theory]
    [InlineData("192.0.2.44:1024", true, true)]
    [InlineData("192.0.2.44:1024", true, false)]
    [InlineData("192.0.2.44:1024", false, true)]
    [InlineData("192.0.2.44:1024", false, false)]
    [InlineData("203.0.113.20:40100", true, false)]
    [InlineData("203.0.113.20:40100", false, false)]
    [InlineData("203.0.113.77:1024", true, true)]
    [InlineData("203.0.113.77:1024", false, true)]
    [InlineData("198.51.100.9:1024", true, false)]
    [InlineData("198.51.100.9:1024", false, false)]
    public void A_phone_that_moves_during_a_call_hangs_up_at_once(string newAddress, bool isCaller, bool isOtherNatted)
    {
        var other = isOtherNatted ? Other : Public;
        var (caller, callee) = isCaller ? (Phone, other) : (other, Phone);
        Register(callee, "callee", callee.Contact);
        var invite = caller.Ask("INVITE", "sip:callee@home.test");
        caller.Expect(100);
        var there = callee.Expect("INVITE");
        var sentOk = callee.Reply(there, 200);
        var ok = caller.Expect(200);
        caller.Ack(invite, ok);
        callee.Expect("ACK");
        var moved = Agent("moved", newAddress, "10.0.0.5:5060");
        moved.Send(isCaller ? caller.Within("BYE", invite, ok) : callee.WithinAsCallee("BYE", there, sentOk));
        other.Reply(other.Expect("BYE"), 200);
        moved.Expect(200, "BYE");
        Phone.Silence(1);
    }

    [Fact]
    public void A_phone_that_comes_back_with_other_Contacts_replaces_its_own()
    {
        const string Instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
        Register(Housemate, "phone", Housemate.Contact);
        for (var i = 0; i < 20; i++)
        {
            var here = Agent($"here{i}", $"203.0.113.{100 + i}:40000", $"10.0.{i}.5:5060");
            here.Send(RegisterRequest(here, "phone", $"<sip:phone@10.0.{i}.5:5060>{Instance}"));
            Assert.Equal(2, here.Expect(200, "REGISTER").All("Contact").Count);
        }

        Public.Ask("MESSAGE", "sip:phone@home.test");
        Assert.Equal("sip:phone@10.0.19.5:5060", Agent("here19", "").Expect("MESSAGE").RequestUri);
        Agent("here18", "").Silence(1);
        Housemate.Expect("MESSAGE");
    }

    [Fact]
    public void An_older_REGISTER_of_the_same_phone_takes_nothing_back()
    {
        const string Instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
        var old = RegisterRequest(Phone, "phone", $"<sip:phone@10.0.0.5:5060>{Instance}");
        Phone.Send(RegisterRequest(Phone, "phone", $"<sip:phone@10.0.0.6:5060>{Instance}"));
        Phone.Expect(200);
        Phone.Send(old);
        Phone.Expect(500);
        Public.Ask("MESSAGE", "sip:phone@home.test");
        Assert.Equal("sip:phone@10.0.0.6:5060", Phone.Expect("MESSAGE").RequestUri);
    }

    [Fact]
    public void A_phone_registered_over_two_transports_keeps_both()
    {
        const string Instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
        Register(Phone, "phone", $"<sip:phone@10.0.0.5:5060>{Instance}");
        Assert.Equal(2, Register(Phone, "phone", $"<sip:phone@10.0.0.5:5070;transport=tcp>{Instance}").All("Contact").Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.99")]
    public void A_Contact_with_a_name_that_only_the_phone_knows_leads_to_the_phone(string? address)
    {
        // Whatever other name servers say of it.
        Bed.SetHost("phone.inside", address);
        Register(Phone, "phone", "<sip:phone@phone.inside>");
        var invite = Public.Ask("INVITE", "sip:phone@home.test");
        Public.Expect(100);
        var there = Phone.Expect("INVITE");
        Assert.Equal("sip:phone@phone.inside", there.RequestUri);
        Phone.Send(Phone.Answer(there, 200).Set("Contact", "<sip:phone@phone.inside>"));
        var ok = Public.Expect(200);
        Public.Ack(invite, ok);
        Phone.Expect("ACK");
        Public.Send(Public.Within("BYE", invite, ok));
        Phone.Reply(Phone.Expect("BYE"), 200);
        Public.Expect(200, "BYE");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void So_does_that_of_a_near_phone_when_no_name_server_knows_it(int delay)
    {
        Start(static options => options.Mode = NetworkMode.Lan);
        var near = Agent("near", "192.168.1.10:5060");
        Bed.SetHost("phone.inside", null, delay);
        Register(near, "phone", "<sip:phone@phone.inside>");
        Public.Ask("MESSAGE", "sip:phone@home.test");
        near.Reply(near.Expect("MESSAGE"), 200);
        Public.Expect(200);
    }

    /// <summary>In a local network Contacts count as written, but a phone of another network is reached where it registered from.</summary>
    [Fact]
    public void In_lan_mode_only_a_distant_phone_is_taken_for_natted()
    {
        Start(static options =>
        {
            options.Mode = NetworkMode.Lan;
            options.Listen = [new ListenAddress(IPEndPoint.Parse("192.168.1.5:5060"))];
            options.LocalNetworks = [IPNetwork.Parse("192.168.1.0/24")];
        });
        var near = Agent("near", "192.168.1.10:5060");
        var desk = Agent("desk", "192.168.1.11:5062");
        Register(near, "desk", desk.Contact);
        Register(Phone, "phone", Phone.Contact);
        near.Ask("MESSAGE", "sip:desk@home.test");
        desk.Reply(desk.Expect("MESSAGE"), 200);
        near.Expect(200);
        near.Ask("MESSAGE", "sip:phone@home.test");
        Phone.Reply(Phone.Expect("MESSAGE"), 200);
        near.Expect(200);
    }

    [Fact]
    public void In_lan_mode_a_distant_phone_calls_and_is_hung_up_on()
    {
        Start(static options =>
        {
            options.Mode = NetworkMode.Lan;
            options.Listen = [new ListenAddress(IPEndPoint.Parse("192.168.1.5:5060"))];
        });
        var near = Agent("near", "192.168.1.10:5060");
        Register(near, "near", near.Contact);
        var invite = Phone.Ask("INVITE", "sip:near@home.test");
        Phone.Expect(100);
        var there = near.Expect("INVITE");
        var sentOk = near.Reply(there, 200);
        Phone.Ack(invite, Phone.Expect(200, "INVITE"));
        near.Expect("ACK");
        near.Send(near.WithinAsCallee("BYE", there, sentOk));
        Phone.Reply(Phone.Expect("BYE"), 200);
        near.Expect(200, "BYE");
    }

    private void CallAndHangUp(SimUserAgent from, SimUserAgent to, string user = "callee")
    {
        Register(to, "callee", to.Contact);
        foreach (var callerHangsUp in (bool[])[true, false])
        {
            var invite = from.Ask("INVITE", $"sip:{user}@home.test");
            from.Expect(100);
            var there = to.Expect("INVITE");
            to.Reply(there, 180);
            from.Expect(180);
            var sentOk = to.Reply(there, 200);
            var ok = from.Expect(200, "INVITE");
            from.Ack(invite, ok);
            Assert.Equal(WireText.Uri(to.Contact), to.Expect("ACK").RequestUri);
            to.Send(to.WithinAsCallee("INFO", there, sentOk));
            from.Reply(from.Expect("INFO"), 200);
            to.Expect(200, "INFO");
            var (one, other) = callerHangsUp ? (from, to) : (to, from);
            one.Send(callerHangsUp ? from.Within("BYE", invite, ok) : to.WithinAsCallee("BYE", there, sentOk));
            other.Reply(other.Expect("BYE"), 200);
            one.Expect(200, "BYE");
        }
    }
}
