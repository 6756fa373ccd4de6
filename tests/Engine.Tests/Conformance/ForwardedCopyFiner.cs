using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group C of the checklist, part 2: odd but legal forms pass as they came.</summary>
public sealed class ForwardedCopyFiner : ConformanceTest
{
    [Theory]
    [InlineData("From", "\"A \\\"quoted\\\" \\\\ name, <sip:not@this>\" <sip:a@home.test>;tag=1")]
    [InlineData("From", "sip:a@home.test;tag=2;x=\"y;z\"")]
    [InlineData("From", "A B  C <sip:a@home.test;p=1?h=v> ; tag = 3")]
    [InlineData("From", "<tel:+1-201-555-0123;phone-context=x>;tag=4")]
    [InlineData("From", "\"\" <sip:a%40b@home.test>;tag=5")]
    [InlineData("From", "\"J\u00C3\u00B6rg\" <sip:a@home.test>\r\n  ;tag=6")]
    [InlineData("To", "sip:b@home.test")]
    [InlineData("To", "<tel:+12015550123>")]
    [InlineData("To", "\"B\"<sip:b@home.test>;x=%00")]
    [InlineData("Contact", "\"A\" <sip:a@127.0.0.2:5060;ob>;+sip.instance=\"<urn:uuid:1>\";q=0.5;expires=5")]
    [InlineData("Call-ID", "a(b)\"c\"<d>[e]{f}?/:\\.!%*_+`'~-@x{y}")]
    [InlineData("CSeq", "0000000009   INVITE")]
    public void C135_odd_but_legal_forms_pass_byte_for_byte(string name, string value)
    {
        RegisterB();
        var (_, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Set(name, value));
        Assert.Equal([value], atB.Lines(name));
    }

    /// <summary>RFC 3261 §16.6 step 4: sip URI, lr, leads back to us; no transport parameter; one value a pass.</summary>
    [Theory]
    [InlineData("INVITE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("REFER")]
    public void C136_a_request_that_may_create_a_dialog_is_record_routed(string method)
    {
        RegisterB();
        A.Ask(method, "sip:b@home.test");
        if (method == "INVITE")
        {
            A.Expect(100);
        }

        var uri = WireText.Uri(Assert.Single(B.Expect(method).All("Record-Route")));
        Assert.StartsWith("sip:", uri);
        Assert.NotNull(WireText.UriParam(uri, "lr"));
        Assert.Null(WireText.UriParam(uri, "transport"));
        Assert.Equal(Bed.Proxy, WireText.HostPort(uri));
    }

    [Theory]
    [InlineData("SIP/2.0/SCTP second.test;branch=z9hG4bKs2")]
    [InlineData("SIP / 2.0 / UDP second.test : 5062 ; branch=z9hG4bKs2")]
    [InlineData("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3-111")]
    [InlineData("SIP/2.0/UNKNOWN-9 x_y.test:5070;ttl=16;maddr=224.2.0.1;branch=old;x=\"q, \\\"z\\\"\"")]
    [InlineData("SIP/2.0/TLS 192.0.2.1;branch=z9hG4bKs2, SIP/2.0/UDP first.test;branch=z9hG4bKs1;rport=1")]
    public void C137_the_Vias_of_others_pass_unchanged(string below)
    {
        RegisterB();
        var request = A.Request("MESSAGE", "sip:b@home.test");
        var top = request.Vias[0];
        A.Send(request.Set("Via", top).Set("X-After", "1").Add("Via", below));
        var atB = B.Expect("MESSAGE");
        Assert.Contains(below, string.Join(", ", atB.Lines("Via")), StringComparison.Ordinal);
        Assert.StartsWith(top, atB.Vias[1]);
        B.Reply(atB, 200);
        var ok = A.Expect(200);
        Assert.Equal(below, string.Join(", ", ok.Lines("Via").Skip(1)));
    }
}
