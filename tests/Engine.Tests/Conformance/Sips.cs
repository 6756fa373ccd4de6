using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>RFC 5630 §5 where every transport is in the clear: a sips request goes nowhere, and its sender learns why.</summary>
public sealed class Sips : ConformanceTest
{
    private const string NotAllowed = "380 127.0.0.1:5060 \"SIPS Not Allowed\"";
    private const string Required = "381 127.0.0.1:5060 \"SIPS Required\"";

    /// <summary>RFC 5630 §5.3: MUST NOT forward to the sip Contact; 480 with Warning 380.</summary>
    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void A_sips_request_is_not_forwarded_to_a_sip_Contact(string method)
    {
        RegisterB();
        var request = A.Ask(method, "sips:b@home.test");
        var final = A.Expect(480, method);
        Assert.Equal(NotAllowed, final["Warning"]);
        if (method == "INVITE")
        {
            A.AckNon2xx(request, final);
        }

        B.Silence();
    }

    /// <summary>A sips Contact is bound by a sips REGISTER only, and a request in the clear does not reach it.</summary>
    [Fact]
    public void A_sip_request_for_a_sips_Contact_gets_480_with_381()
    {
        RegisterSips();
        A.Ask("MESSAGE", "sip:b@home.test");
        Assert.Equal(Required, A.Expect(480)["Warning"]);
        B.Silence();
    }

    [Fact]
    public void A_sips_request_for_a_sips_Contact_does_not_leave_in_the_clear()
    {
        RegisterSips();
        A.Ask("MESSAGE", "sips:b@home.test");
        Assert.Equal(NotAllowed, A.Expect(480)["Warning"]);
        B.Silence();
    }

    [Theory]
    [InlineData("sips:x@127.0.0.3", null)]
    [InlineData("sips:x@127.0.0.3:5060", null)]
    [InlineData("sips:x@127.0.0.3:5060;transport=udp", null)]
    [InlineData("sips:x@far.test", "<sip:127.0.0.3:5060;lr>")]
    [InlineData("sips:x@far.test", "<sip:127.0.0.3:5060>")]
    [InlineData("sips:x@far.test", "<sip:127.0.0.1;lr>, <sip:127.0.0.3:5060;lr>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3:5060;lr>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3:5060;transport=udp;lr>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3:5060>")]
    public void No_Route_leads_a_sips_request_out_in_the_clear(string uri, string? route)
    {
        Bed.SetHost("far.test", B.Host);
        foreach (var method in (string[])["MESSAGE", "INVITE"])
        {
            var request = A.Request(method, uri);
            if (route is not null)
            {
                request.Add("Route", route);
            }

            A.Send(request);
            var final = A.Next();
            final = final.Status == 100 ? A.Next() : final;
            Assert.Equal((480, NotAllowed), (final.Status, final["Warning"]));
            if (method == "INVITE")
            {
                A.AckNon2xx(request, final);
            }
        }

        B.Silence();
    }

    /// <summary>RFC 5630 §5.3: a sip request for one who is reached over TLS only, and we cannot set it up: 480 with 381.</summary>
    [Theory]
    [InlineData("<sips:127.0.0.3:5060;lr>")]
    [InlineData("<sips:127.0.0.3:5060>")]
    [InlineData("<sips:127.0.0.3:5060;lr>, <sip:127.0.0.4:5060;lr>")]
    public void No_Path_leads_a_request_out_in_the_clear(string path)
    {
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Add("Path", path));
        B.Expect(200);
        A.Ask("MESSAGE", "sip:b@home.test");
        Assert.Equal(Required, A.Expect(480)["Warning"]);
        B.Silence();
    }

    /// <summary>A phone that is reached in the clear is called all the same, and what it says counts.</summary>
    [Fact]
    public void One_Path_that_needs_a_secure_transport_does_not_end_the_call_of_the_others()
    {
        B.Send(RegisterRequest(B, "two", "<sip:b@127.0.0.3:5060>").Add("Path", "<sips:127.0.0.4;lr>"));
        B.Expect(200);
        Register(C, "two", "<sip:c@127.0.0.4:5060>");
        A.Ask("MESSAGE", "sip:two@home.test");
        C.Reply(C.Expect("MESSAGE"), 486);
        Assert.Null(A.Expect(486).Find("Warning"));
        B.Silence();
    }

    /// <summary>A strict router has put our Record-Route into the Request-URI; the sips URI behind it is what counts.</summary>
    [Fact]
    public void A_strict_router_does_not_lead_a_sips_request_out_in_the_clear()
    {
        var (invite, atB, _, ok) = Call();
        var info = A.Within("INFO", invite, ok).Remove("Route").Add("Route", "<sips:b@127.0.0.3:5060>");
        info.StartLine = $"INFO {WireText.Uri(atB.All("Record-Route")[0])} SIP/2.0";
        A.Send(info);
        Assert.Equal(NotAllowed, A.Expect(480)["Warning"]);
        B.Silence();
    }

    /// <summary>RFC 5630 §5.2: 400 unless Request-URI, Contacts and Path are sips; From and To do not matter.</summary>
    [Theory]
    [InlineData("sip:home.test", "<sips:b@127.0.0.3>", null, 400)]
    [InlineData("sips:home.test", "<sips:b@127.0.0.3>", null, 200)]
    [InlineData("sips:home.test", "<sips:b@127.0.0.3>, <sip:c@127.0.0.4>", null, 400)]
    [InlineData("sips:home.test", "<sips:b@127.0.0.3>", "<sip:127.0.0.4;lr>", 400)]
    [InlineData("sips:home.test", "<sips:b@127.0.0.3>", "<sips:127.0.0.4;lr>", 200)]
    [InlineData("sips:home.test", "<sip:b@127.0.0.3>", "<sip:127.0.0.4;lr>", 200)]
    [InlineData("sip:home.test", "<sips:b@127.0.0.3>;expires=0", null, 200)]
    public void A_sips_Contact_is_bound_only_where_everything_is_sips(string uri, string contact, string? path, int status)
    {
        var request = RegisterRequest(B, "b", contact);
        request.StartLine = $"REGISTER {uri} SIP/2.0";
        if (path is not null)
        {
            request.Add("Path", path);
        }

        B.Send(request);
        B.Expect(status, "REGISTER");
    }

    /// <summary>RFC 5630 §5.1.1.1: of a sip Contact and its sips twin the later one is the binding.</summary>
    [Fact]
    public void A_sips_Contact_and_its_sip_twin_replace_each_other()
    {
        RegisterB();
        Assert.Equal("<sips:b@127.0.0.3:5060>", Assert.Single(RegisterSips().All("Contact")).Split(';')[0]);
        Assert.Equal("<sip:b@127.0.0.3:5060>", Assert.Single(Register(B, "b", "<sip:b@127.0.0.3:5060>").All("Contact")).Split(';')[0]);
    }

    private WireMessage RegisterSips()
    {
        var request = RegisterRequest(B, "b", "<sips:b@127.0.0.3:5060>");
        request.StartLine = "REGISTER sips:home.test SIP/2.0";
        B.Send(request);
        return B.Expect(200, "REGISTER");
    }
}
