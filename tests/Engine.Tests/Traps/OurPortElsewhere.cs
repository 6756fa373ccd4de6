using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Most phones use port 5060 as we do: the port alone makes no address ours.</summary>
public sealed class OurPortElsewhere : ConformanceTest
{
    /// <summary>Mode, where we listen, the address of the phone, what it writes into its Contact.</summary>
    public static TheoryData<NetworkMode, string, string, string> Phones => new()
    {
        { NetworkMode.Lan, "192.168.1.2:5060", "192.168.1.7:5060", "192.168.1.7:5060" },
        { NetworkMode.Lan, "192.168.1.2:5060", "192.168.1.7:5060", "192.168.1.7" },
        { NetworkMode.Lan, "0.0.0.0:5060", "192.168.1.7:5060", "192.168.1.7:5060" },
        { NetworkMode.Lan, "0.0.0.0:5060", "192.168.1.7:40000", "192.168.1.7:40000" },
        { NetworkMode.Nat, "192.168.1.2:5060", "192.168.1.7:5060", "192.168.1.7:5060" },
        { NetworkMode.Nat, "0.0.0.0:5060", "203.0.113.7:5060", "192.168.1.7:5060" },

        // Another machine's private address that happens to be ours too, behind a NAT.
        { NetworkMode.Nat, "203.0.113.1:5060", "203.0.113.7:5060", "192.168.1.2:5060" },
        { NetworkMode.Loopback, "127.0.0.1:5060", "127.0.0.1:5062", "192.168.1.7:5060" },
        { NetworkMode.Loopback, "127.0.0.1:5060", "127.0.0.1:40000", "192.168.1.7" },
        { NetworkMode.Loopback, "127.0.0.1:5060", "127.0.0.7:5060", "127.0.0.7:5060" },
        { NetworkMode.Loopback, "[::1]:5060", "[::1]:5062", "[2001:db8::7]:5060" },
    };

    [Theory, MemberData(nameof(Phones))]
    public void A_phone_on_it_is_called_and_hung_up_on(NetworkMode mode, string listen, string address, string contact)
    {
        TestBeds.Use(static options => new SimTestBed(options, routes: new SimRoutes("192.168.1.2/24")));
        Start(options => (options.Mode, options.Listen) = (mode, [new ListenAddress(IPEndPoint.Parse(listen))]));
        TestBeds.Use(null);
        var us = listen.StartsWith('0') ? "192.168.1.2:5060" : listen;
        var phone = Agent("phone", address, contact);
        var caller = Agent("caller", listen[0] == '[' ? "[::1]:5070" : mode == NetworkMode.Loopback ? "127.0.0.1:5070" : "192.168.1.8:5060");
        phone.Send(RegisterRequest(phone, "phone", phone.Contact), us);
        phone.Expect(200, "REGISTER");
        var invite = caller.Send(caller.Request("INVITE", "sip:phone@home.test"), us);
        caller.Expect(100);
        var there = phone.Expect("INVITE");
        Assert.Equal($"sip:phone@{contact}", there.RequestUri);
        phone.Reply(there, 200);
        var ok = caller.Expect(200);
        caller.Send(caller.AckOf(invite, ok), us);
        phone.Expect("ACK");
        caller.Send(caller.Within("BYE", invite, ok), us);
        phone.Reply(phone.Expect("BYE"), 200);
        caller.Expect(200, "BYE");
    }
}
