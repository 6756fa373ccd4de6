using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Roles;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Elements;

/// <summary>
/// An edge proxy at 127.0.0.1:5060, to which all phones speak, and behind it a proxy with the registrar of home.test at
/// 127.0.0.1:6060, in one process: two boxes for everybody outside and for RFC 3261, and no datagram between them.
/// </summary>
public sealed class TwoElementsInARow : ConformanceTest
{
    private const string Edge = "127.0.0.1:5060";
    private const string Core = "127.0.0.1:6060";

    public TwoElementsInARow()
    {
        TestBeds.Use(MakeBed);
        Start(static _ => { });
        TestBeds.Use(null);
    }

    private static SimTestBed MakeBed(SipEngineOptions options)
    {
        options.Listen = [new(System.Net.IPEndPoint.Parse(Edge)), new(System.Net.IPEndPoint.Parse(Core))];
        options.Shards = 4;
        return new SimTestBed(options, elements: static (options, listeners) =>
        [
            new ElementDefinition(new LocalIdentity(new SipEngineOptions { Mode = options.Mode }, listeners, element: 0), static parts => new EdgeRole(parts.Environment, "<sip:127.0.0.1:6060;lr>"u8.ToArray())),
            ProxyRegistrarRole.Define(new LocalIdentity(options, listeners, element: 1)),
        ]);
    }

    private SimEngine Engine => ((SimTestBed)Bed).Engine;

    [Fact]
    public void Each_element_is_a_hop_of_its_own()
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Add("P-Preferred-Identity", "<sip:a@home.test>"));

        // Each has its Via, its Record-Route and its decrement; the core alone looks up the user.
        Assert.Equal([Core, Edge, A.Address], atB.Vias.Select(WireText.SentBy));
        Assert.Equal([Core, Edge], atB.All("Record-Route").Select(static route => WireText.HostPort(WireText.Uri(route))));
        Assert.Equal("68", atB["Max-Forwards"]);
        Assert.Equal("sip:b@127.0.0.3:5060", atB.RequestUri);
        Assert.Equal(2, atB.Vias.Take(2).Select(static via => WireText.Param(via, "branch")).Distinct().Count());


        // The role of each says what becomes of the header.
        Assert.False(atB.Has("P-Preferred-Identity"));
        B.Reply(atB, 180);
        var ringing = A.Expect(180);
        Assert.Equal([A.Address], ringing.Vias.Select(WireText.SentBy));
        Assert.Equal("edge", ringing["P-Passed"]);
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        Assert.Equal([Core, Edge, A.Address], B.Expect("ACK").Vias.Select(WireText.SentBy));

        // Hung up by the side that was called, along the same elements the other way.
        B.Send(B.WithinAsCallee("BYE", atB, ok), Core);
        var bye = A.Expect("BYE");
        Assert.Equal([Edge, Core, B.Address], bye.Vias.Select(WireText.SentBy));
        A.Reply(bye, 200);
        Assert.Equal([B.Address], B.Expect(200, "BYE").Vias.Select(WireText.SentBy));
    }

    [Fact]
    public void What_they_say_to_each_other_never_meets_the_network()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 486);
        ExpectFinal(invite, 486);
        Assert.DoesNotContain(Engine.Sent, static sent => sent.To.ToString() is Edge or Core);

        // REGISTER and its 200; INVITE, 100, 486, ACK.
        Assert.Equal(6, Engine.Sum().LocalHops);
    }

    [Fact]
    public void Each_has_transactions_and_timers_of_its_own()
    {
        RegisterB();
        A.Send(A.Request("INVITE", "sip:b@home.test"));
        A.Expect(100);
        Assert.Equal(2 * 2, Engine.Sum().TransactionsOpen);

        // The core alone waits for B: it sends again, while the edge has its 100.
        var copies = B.Drain(3_600);
        Assert.Equal(4, copies.Count);
        Assert.Single(copies.Select(static copy => copy.ToString()).Distinct());
        A.Expect(408, within: 32_000);
    }

    [Fact]
    public void A_CANCEL_goes_hop_by_hop()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        var cancel = B.Expect("CANCEL");
        Assert.Equal(atB.Branch, cancel.Branch);
        B.Reply(cancel, 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        ExpectFinal(invite, 487);
    }

    [Fact]
    public void A_request_that_leads_round_in_a_circle_of_elements_is_a_loop()
    {
        // The core's binding of this user is the edge, which sends it to the core again.
        Register(B, "round", $"<sip:round@home.test;maddr=127.0.0.1>");
        A.Send(A.Request("INVITE", "sip:round@home.test"));
        A.Expect(100);
        A.Expect(482);
    }

    [Fact]
    public void An_unknown_user_is_refused_by_the_core_and_a_drain_by_the_edge()
    {
        A.Send(A.Request("INVITE", "sip:none@home.test"));
        A.Expect(100);
        A.Expect(404);
        Bed.BeginDrain();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test"));
        ExpectFinal(invite, 503);
    }
}
