using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Traps others fell into: our own Record-Route, seen on another listener, under another name, in a REGISTER.</summary>
public class OwnAddresses : ConformanceTest
{
    [Fact]
    public void A_REGISTER_with_a_Route_to_us_is_served_and_not_looped()
    {
        foreach (var route in (string[])["<sip:127.0.0.1;lr>", "<sip:home.test;lr>", "<sip:127.0.0.1:5060;lr>, <sip:home.test;lr>"])
        {
            B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Add("Route", route));
            B.Expect(200, "REGISTER");
        }
    }

    [Fact]
    public void A_Route_through_one_listener_that_names_another_is_ours()
    {
        Start(static options => options.Listen =
            [new ListenAddress(IPEndPoint.Parse("127.0.0.1:5060")), new ListenAddress(IPEndPoint.Parse("127.0.0.1:5080"))]);
        RegisterB();
        foreach (var (to, route) in ((string, string)[])[("127.0.0.1:5060", "<sip:127.0.0.1:5080;lr>"), ("127.0.0.1:5080", "<sip:127.0.0.1:5060;lr>")])
        {
            A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Route", route), to);
            var atB = B.Expect("MESSAGE");
            Assert.Empty(atB.All("Route"));
            Assert.Single(atB.Vias, via => WireText.SentBy(via).StartsWith("127.0.0.1:", StringComparison.Ordinal));
            B.Reply(atB, 200);

            // RFC 3581 §4: the response leaves where the request came in.
            Assert.Equal(to, A.Expect(200).From);
        }
    }

    [Fact]
    public void A_call_between_two_listeners_holds_in_both_directions()
    {
        Start(static options => options.Listen =
            [new ListenAddress(IPEndPoint.Parse("127.0.0.1:5060")), new ListenAddress(IPEndPoint.Parse("[::1]:5060"))]);
        var six = Agent("six", "[::1]:5062");
        six.Send(RegisterRequest(six, "six", six.Contact), "[::1]:5060");
        six.Expect(200);
        var (invite, there) = Invite("sip:six@home.test", six);
        Assert.Equal("[::1]:5060", there.From);
        Assert.Equal("[::1]:5060", WireText.SentBy(there.Vias[0]));

        // RFC 5658 §3: two Record-Route values, so that each side sees an address it can reach.
        var routes = there.All("Record-Route").Select(value => WireText.HostPort(WireText.Uri(value)));
        Assert.Equal(["[::1]:5060", "127.0.0.1:5060"], routes);
        var sentOk = six.Reply(there, 200);
        var ok = A.Expect(200, "INVITE");
        Assert.Equal(Bed.Proxy, ok.From);
        A.Ack(invite, ok);
        Assert.Empty(six.Expect("ACK").All("Route"));
        six.Send(six.WithinAsCallee("BYE", there, sentOk), "[::1]:5060");
        var bye = A.Expect("BYE");
        Assert.Equal(Bed.Proxy, bye.From);
        Assert.Empty(bye.All("Route"));
        A.Reply(bye, 200);
        Assert.Equal("[::1]:5060", six.Expect(200, "BYE").From);
    }

    [Fact]
    public void An_advertised_name_is_in_our_headers_and_is_ours()
    {
        Start(static options => options.Advertise = "sip.example.test");
        var (invite, atB, sentOk, ok) = Call();
        Assert.Equal("sip.example.test:5060", WireText.SentBy(atB.Vias[0]));
        Assert.Equal("sip.example.test:5060", WireText.HostPort(WireText.Uri(atB.All("Record-Route").Single())));
        B.Send(B.WithinAsCallee("INFO", atB, sentOk));
        var info = A.Expect("INFO");
        Assert.Empty(info.All("Route"));
        A.Reply(info, 200);
        B.Expect(200, "INFO");
        A.Send(A.Within("BYE", invite, ok).Set("Route", "<sip:127.0.0.1:5060;lr>"));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
    }

    [Fact]
    public void An_advertised_address_is_in_our_headers_and_is_ours()
    {
        Start(static options => options.Advertise = "192.0.2.1");
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Route", "<sip:192.0.2.1;lr>, <sip:192.0.2.1:5060;lr>, <sip:home.test;lr>"));
        var atB = B.Expect("MESSAGE");
        Assert.Empty(atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
        A.Ask("OPTIONS", "sip:192.0.2.1");
        A.Expect(200, "OPTIONS");
    }
}
