using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Every limit has an answer or a reason, and what is inside it goes on working.</summary>
public sealed class Limits : ConformanceTest
{
    [Fact]
    public void A_request_beyond_the_transactions_gets_503_and_running_ones_finish()
    {
        Start(static options => options.MaxTransactions = 100);
        RegisterB();
        var waiting = new List<WireMessage>();
        WireMessage? refused = null;
        for (var i = 0; i < 200 && refused is null; i++)
        {
            A.Ask("MESSAGE", "sip:b@home.test");
            if (B.Endpoint.Take(1) is { } arrival)
            {
                waiting.Add(WireMessage.Read(arrival));
            }
            else
            {
                refused = A.Expect(503, "MESSAGE");
            }
        }

        Assert.NotNull(refused);
        Assert.NotNull(refused.Find("Retry-After"));
        Assert.InRange(waiting.Count, 40, 100);
        waiting.ForEach(request => B.Reply(request, 200));
        waiting.ForEach(_ => A.Expect(200, "MESSAGE"));
        Bed.Pass(60_000);
        B.Drain(0);
        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void More_targets_than_allowed_are_not_tried()
    {
        Start(static options => options.MaxTargets = 2);
        Register(D, "many", "<sip:b@127.0.0.3:5060>;q=0.9", "<sip:c@127.0.0.4:5060>;q=0.8", "<sip:d@127.0.0.5:5060>;q=0.7");
        var (invite, atB) = Invite("sip:many@home.test");
        B.Reply(atB, 404);
        B.Expect("ACK");
        C.Reply(C.Expect("INVITE"), 404);
        C.Expect("ACK");
        ExpectFinal(invite, 404);
        D.Silence();
    }

    [Fact]
    public void More_header_fields_than_allowed_get_400()
    {
        Start(static options => options.MaxHeaders = 32);
        RegisterB();
        var request = A.Request("MESSAGE", "sip:b@home.test");
        for (var i = 0; i < 40; i++)
        {
            request.Add("X-Filler", "x");
        }

        A.Send(request);
        Assert.Equal(400, A.Next().Status);
        B.Silence();
    }

    [Fact]
    public void One_binding_too_many_gets_403_and_changes_nothing()
    {
        Start(static options => options.MaxBindingsPerAor = 2);
        Register(B, "b", "<sip:one@127.0.0.3>", "<sip:two@127.0.0.3>");
        B.Send(RegisterRequest(B, "b", "<sip:three@127.0.0.3>"));
        B.Expect(403);
        Assert.Equal(2, Register(C, "b").All("Contact").Count);

        // Taking one off in the same breath makes room.
        Assert.Equal(2, Register(B, "b", "<sip:one@127.0.0.3>;expires=0", "<sip:three@127.0.0.3>").All("Contact").Count);
    }

    [Fact]
    public void Calls_beyond_the_observed_dialogs_go_through()
    {
        Start(static options => options.MaxDialogs = 0);
        var (invite, _, _, ok) = Call();
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
    }

    /// <summary>Thirty Vias and thirty Record-Routes are nothing unusual in a chain; they are all kept and all given back.</summary>
    [Fact]
    public void A_long_chain_is_carried()
    {
        RegisterB();
        var request = A.Request("INVITE", "sip:b@home.test").Set("Max-Forwards", "20");
        for (var i = 0; i < 30; i++)
        {
            request.Add("Via", $"SIP/2.0/UDP hop{i}.test;branch=z9hG4bKhop{i}").Add("Record-Route", $"<sip:hop{i}.test;lr>");
        }

        var (_, atB) = Invite(request);
        Assert.Equal(32, atB.Vias.Count);
        Assert.Equal(31, atB.All("Record-Route").Count);
        B.Reply(atB, 200);
        Assert.Equal(request.Vias[1..], A.Expect(200).Vias[1..]);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(50_000)]
    public void A_long_value_is_carried_or_refused(int length)
    {
        RegisterB();
        foreach (var name in (string[])["Subject", "Call-ID", "From", "Contact", "User-Agent"])
        {
            var request = A.Request("MESSAGE", "sip:b@home.test");
            var value = name switch
            {
                "From" => $"\"{new string('x', length)}\" <sip:a@home.test>;tag=long",
                "Contact" => $"<sip:{new string('x', length)}@127.0.0.2>",
                _ => new string('x', length),
            };
            A.Send(request.Set(name, value));
            if (B.Endpoint.Take(100) is { } arrival)
            {
                var atB = WireMessage.Read(arrival);
                Assert.Equal(value, atB[name]);
                B.Reply(atB, 200);
                A.Expect(200);
            }
            else
            {
                Assert.InRange(A.Next().Status, 400, 513);
            }
        }
    }

    [Fact]
    public void A_forwarded_request_that_fits_no_datagram_is_refused()
    {
        RegisterB();
        var request = A.Request("MESSAGE", "sip:b@home.test");
        var room = 65_500 - request.ToOctets().Length - 40;
        A.Send(request.With(new string('x', room), "text/plain"));
        if (B.Endpoint.Take(100) is { } arrival)
        {
            Assert.InRange(arrival.Octets.Length, 1, 65_507);
            return;
        }

        Assert.InRange(A.Next().Status, 400, 599);
    }
}
