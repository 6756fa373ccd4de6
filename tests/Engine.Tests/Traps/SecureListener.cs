using System.Net;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// RFC 5630 §5.3 and RFC 3261 §26.2.2 with a listener whose transport counts as secure: the listener decides, not a habit.
/// The first listener is in the clear, the second is not.
/// </summary>
public sealed class SecureListener : IDisposable
{
    private const string Clear = "127.0.0.1:5060";
    private const string Secure = "127.0.0.1:5061";

    private readonly SimTestBed _bed;
    private readonly SimUserAgent _a;
    private readonly SimUserAgent _b;

    public SecureListener()
    {
        var options = Fixtures.Options();
        options.Listen = [new(IPEndPoint.Parse(Clear)), new(IPEndPoint.Parse(Secure))];
        options.RecurseRedirects = true;
        _bed = new SimTestBed(options, secureListener: 1);
        _a = new SimUserAgent(_bed, _bed.Start("127.0.0.2:5061"), "a");
        _b = new SimUserAgent(_bed, _bed.Start("127.0.0.3:5061"), "b");
    }

    public void Dispose() => _bed.Verify();

    [Fact]
    public void A_sips_request_for_a_sips_Contact_leaves_by_the_secure_listener()
    {
        RegisterSips();
        _a.Send(_a.Request("SUBSCRIBE", "sips:b@home.test"), Secure);
        var atB = _b.Expect("SUBSCRIBE");
        Assert.Equal(Secure, atB.From);
        Assert.Equal("sips:b@127.0.0.3", atB.RequestUri);
        Assert.StartsWith("<sips:", Assert.Single(atB.All("Record-Route")));
        Assert.EndsWith("@127.0.0.1:5061;lr>", atB["Record-Route"]);
        _b.Reply(atB, 200);
        _a.Expect(200);
    }

    /// <summary>RFC 5630 §5.3: the scheme alone is replaced, and TLS is used. Record-Route is not sips then (RFC 3261 §16.6 step 4).</summary>
    [Fact]
    public void A_sip_request_for_a_sips_Contact_leaves_by_the_secure_listener_as_sip()
    {
        RegisterSips();
        _a.Send(_a.Request("SUBSCRIBE", "sip:b@home.test"), Clear);
        var atB = _b.Expect("SUBSCRIBE");
        Assert.Equal(Secure, atB.From);
        Assert.Equal("sip:b@127.0.0.3", atB.RequestUri);
        Assert.All(atB.All("Record-Route"), static value => Assert.StartsWith("<sip:", value));
        _b.Reply(atB, 200);
        _a.Expect(200);
    }

    [Fact]
    public void A_sips_request_is_not_forwarded_to_a_sip_Contact()
    {
        Register("sip:home.test", "<sip:b@127.0.0.3:5061>", Clear);
        _a.Send(_a.Request("MESSAGE", "sips:b@home.test"), Secure);
        Assert.StartsWith("380 ", _a.Expect(480)["Warning"]);
        _b.Silence();
    }

    [Theory]
    [InlineData("sips:x@127.0.0.3", null)]
    [InlineData("sips:x@far.test", "<sip:127.0.0.3;lr>")]
    [InlineData("sips:x@far.test", "<sip:127.0.0.3>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3;lr>")]
    [InlineData("sip:x@far.test", "<sips:127.0.0.3>")]
    public void Where_a_sips_URI_leads_the_secure_listener_is_taken(string uri, string? route)
    {
        var request = _a.Request("MESSAGE", uri);
        if (route is not null)
        {
            request.Add("Route", route);
        }

        _a.Send(request, Clear);
        var atB = _b.Expect("MESSAGE");
        Assert.Equal(Secure, atB.From);
        _b.Reply(atB, 200);
        _a.Expect(200);
    }

    [Fact]
    public void UDP_in_a_sips_URI_leads_nowhere()
    {
        _a.Send(_a.Request("MESSAGE", "sips:x@127.0.0.3;transport=udp"), Secure);
        Assert.InRange(_a.Next().Status, 480, 500);
        _b.Silence();
    }

    /// <summary>RFC 5630 §5.3: no recursion between the schemes, in either direction.</summary>
    [Theory]
    [InlineData("sips", "sip", false)]
    [InlineData("sip", "sips", false)]
    [InlineData("sips", "sips", true)]
    public void A_redirect_is_followed_within_its_scheme(string requested, string contact, bool isFollowed)
    {
        RegisterSips();
        var c = new SimUserAgent(_bed, _bed.Start("127.0.0.4:5061"), "c");
        _a.Send(_a.Request("MESSAGE", $"{requested}:b@home.test"), Secure);
        var atB = _b.Expect("MESSAGE");
        _b.Send(_b.Answer(atB, 302).Add("Contact", $"<{contact}:c@127.0.0.4:5061>"), Secure);
        if (isFollowed)
        {
            c.Reply(c.Expect("MESSAGE"), 200);
        }

        _a.Expect(isFollowed ? 200 : 302);
        c.Silence(100);
    }

    private void RegisterSips() => Register("sips:home.test", "<sips:b@127.0.0.3>", Secure);

    private void Register(string uri, string contact, string to)
    {
        _b.Send(_b.Request("REGISTER", uri).Set("To", "<sip:b@home.test>").Add("Contact", contact), to);
        _b.Expect(200);
    }
}
