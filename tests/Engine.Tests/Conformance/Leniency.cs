using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>What a peer may get wrong, or ask for, without anything being lost.</summary>
public sealed class Leniency : ConformanceTest
{
    /// <summary>RFC 3261 §8.2.2.3, §17: an ACK is never refused, and dropping it ends the call after 32 s.</summary>
    [Theory]
    [InlineData("Require", "x-foo")]
    [InlineData("Proxy-Require", "x-foo")]
    public void An_ACK_arrives_whatever_it_requires(string name, string value)
    {
        var (invite, ok) = Answered();
        A.Send(A.AckOf(invite, ok).Add(name, value));
        Assert.Equal(value, B.Expect("ACK")[name]);
    }

    /// <summary>§19.1.1, table 1: what may not stand in a Request-URI is left out, as for any other target.</summary>
    [Theory]
    [InlineData("sip:b@127.0.0.3:5060?Subject=x", "sip:b@127.0.0.3:5060")]
    [InlineData("sip:b@127.0.0.3:5060;method=INVITE", "sip:b@127.0.0.3:5060")]
    [InlineData("sip:b@127.0.0.3:5060;x-odd=%25;ob", "sip:b@127.0.0.3:5060;x-odd=%25;ob")]
    public void An_ACK_to_an_odd_URI_arrives(string uri, string arrives)
    {
        var (invite, ok) = Answered();
        var ack = A.AckOf(invite, ok);
        ack.StartLine = $"ACK {uri} SIP/2.0";
        A.Send(ack);
        Assert.Equal(arrives, B.Expect("ACK").RequestUri);
    }

    [Fact]
    public void An_ACK_with_a_tel_URI_goes_along_its_Route()
    {
        var (invite, ok) = Answered();
        var ack = A.AckOf(invite, ok).Add("Route", "<sip:127.0.0.3;lr>");
        ack.StartLine = "ACK tel:+12015550123 SIP/2.0";
        A.Send(ack);
        Assert.Equal("tel:+12015550123", B.Expect("ACK").RequestUri);
    }

    /// <summary>A strict router that leads on gets the tel URI at the end of Route (§16.6 step 6).</summary>
    [Fact]
    public void A_tel_URI_goes_along_a_strict_Route()
    {
        A.Send(A.Request("MESSAGE", "tel:+12015550123").Add("Route", "<sip:127.0.0.1;lr>, <sip:127.0.0.3>"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("sip:127.0.0.3", atB.RequestUri);
        Assert.Equal(["<tel:+12015550123>"], atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void A_tel_URI_that_we_would_have_to_resolve_gets_416()
    {
        A.Send(A.Request("MESSAGE", "tel:+12015550123").Add("Route", "<sip:127.0.0.1;lr>"));
        A.Expect(416);
    }

    [Theory]
    [InlineData("To")]
    [InlineData("From")]
    [InlineData("Call-ID")]
    [InlineData("CSeq")]
    [InlineData("Max-Forwards")]
    [InlineData("Content-Length")]
    public void A_single_header_repeated_with_the_same_value_is_one(string name)
    {
        RegisterB();
        var request = A.Request("MESSAGE", "sip:b@home.test");
        A.Send(request.Add(name, request[name]));
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData("To", "<sip:c@home.test>")]
    [InlineData("From", "<sip:a@home.test>;tag=other")]
    [InlineData("Call-ID", "other")]
    [InlineData("CSeq", "2 MESSAGE")]
    [InlineData("Max-Forwards", "69")]
    [InlineData("Content-Length", "1")]
    public void A_single_header_with_two_values_gets_400(string name, string other)
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add(name, other));
        A.Expect(400);
        B.Silence(100);
    }

    /// <summary>An answer, an ACK and a CANCEL of our own have what was repeated once.</summary>
    [Fact]
    public void What_we_make_of_a_repeated_header_has_it_once()
    {
        RegisterB();
        var invite = A.Request("INVITE", "sip:b@home.test");
        A.Send(invite.Add("To", invite["To"]).Add("From", invite["From"]).Add("Call-ID", invite["Call-ID"]));
        OnceOnly(A.Expect(100));
        var atB = B.Expect("INVITE");
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        OnceOnly(B.Expect("CANCEL"));
        B.Reply(atB, 487);
        OnceOnly(B.Expect("ACK"));
        ExpectFinal(invite, 487);
    }

    /// <summary>RFC 3261 §11.2, §8.2.2.3: we do what we list as Supported; a proxy has no Allow.</summary>
    [Theory]
    [InlineData("Require", "path", 200)]
    [InlineData("Proxy-Require", "Path", 200)]
    [InlineData("Require", "path, x-foo", 420)]
    [InlineData("Proxy-Require", "path, x-foo", 420)]
    public void OPTIONS_for_the_proxy_may_require_what_it_supports(string name, string tags, int status)
    {
        A.Send(A.Request("OPTIONS", "sip:127.0.0.1").Add(name, tags));
        var answer = A.Expect(status);
        Assert.False(answer.Has("Allow"));
        Assert.Equal(status == 200 ? null : "x-foo", answer.Find("Unsupported"));
        Assert.Equal(status == 200 ? "path" : null, answer.Find("Supported"));
    }

    /// <summary>RFC 3261 §16.3 item 3, §10.3: what is served here is not forwarded; a user of ours is somewhere else.</summary>
    [Fact]
    public void Max_Forwards_0_is_enough_for_what_is_served_here()
    {
        B.Send(RegisterRequest(B, "b", B.Contact).Set("Max-Forwards", "0"));
        B.Expect(200, "REGISTER");
        A.Send(A.Request("OPTIONS", "sip:b@home.test").Set("Max-Forwards", "0"));
        A.Expect(483);
        A.Send(A.Request("OPTIONS", "sip:nobody@home.test").Set("Max-Forwards", "0"));
        A.Expect(483);
        A.Send(A.Request("REGISTER", "sip:far.test").Set("Max-Forwards", "0"));
        A.Expect(483);
    }

    /// <summary>RFC 6665 §4.3 and its kind: within a dialog, a proxy that is not on its path does not put itself there.</summary>
    [Theory]
    [InlineData("INVITE", false)]
    [InlineData("UPDATE", false)]
    [InlineData("SUBSCRIBE", false)]
    [InlineData("REFER", false)]
    [InlineData("NOTIFY", false)]
    [InlineData("INVITE", true)]
    [InlineData("UPDATE", true)]
    [InlineData("SUBSCRIBE", true)]
    [InlineData("REFER", true)]
    [InlineData("NOTIFY", true)]
    public void Only_a_proxy_on_the_path_of_a_dialog_records_its_Route(string method, bool isOnPath)
    {
        var request = A.Request(method, "sip:b@127.0.0.3:5060").Set("To", "<sip:b@home.test>;tag=b1");
        if (isOnPath)
        {
            request.Add("Route", "<sip:127.0.0.1:5060;lr>");
        }

        A.Send(request);
        var atB = B.Next();
        Assert.Equal((method, isOnPath), (atB.Method, atB.Has("Record-Route")));
        B.Reply(atB, 481);
        A.Drain(100).Where(m => m.Status == 481 && method == "INVITE").ToList().ForEach(final => A.AckNon2xx(request, final));
    }

    /// <summary>RFC 3261 §16.7 step 3, §21.5.3: a final response that cannot be forwarded ends its branch, not in 64*T1 but now.</summary>
    [Theory]
    [InlineData("INVITE", 486)]
    [InlineData("INVITE", 200)]
    [InlineData("MESSAGE", 200)]
    [InlineData("MESSAGE", 404)]
    public void A_final_response_with_our_Via_alone_is_a_502(string method, int status)
    {
        RegisterB();
        var request = A.Ask(method, "sip:b@home.test");
        var atB = B.Expect(method);
        var answer = B.Answer(atB, status);
        B.Send(answer.Set("Via", atB.Vias[0]));
        if (method == "INVITE")
        {
            A.Expect(100);
            Assert.Equal(status >= 300, B.Endpoint.Take(SimUserAgent.Soon) is not null);
        }

        var final = A.Expect(502, method);
        if (method == "INVITE")
        {
            A.AckNon2xx(request, final);
        }
    }

    private static void OnceOnly(WireMessage message) =>
        Assert.All((string[])["To", "From", "Call-ID", "CSeq"], name => Assert.Single(message.Lines(name)));

    private (WireMessage Invite, WireMessage Ok) Answered()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 200);
        return (invite, A.Expect(200, "INVITE"));
    }
}
