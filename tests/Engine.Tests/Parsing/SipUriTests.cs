using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>URIs in parts (RFC 3261 §19.1, §25.1).</summary>
public sealed class SipUriTests
{
    [Theory]
    [InlineData("sip:alice@atlanta.com", "Sip|alice||atlanta.com|0||")]
    [InlineData("SIPS:alice@atlanta.com", "Sips|alice||atlanta.com|0||")]
    [InlineData("sip:atlanta.com", "Sip|||atlanta.com|0||")]
    [InlineData("sip:alice:secretword@atlanta.com:5070;transport=tcp", "Sip|alice|secretword|atlanta.com|5070|;transport=tcp|")]
    [InlineData("sip:+1-212-555-1212:1234@gateway.com;user=phone", "Sip|+1-212-555-1212|1234|gateway.com|0|;user=phone|")]
    [InlineData("sip:alice;day=tuesday@atlanta.com", "Sip|alice;day=tuesday||atlanta.com|0||")]
    [InlineData("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", "Sip|||atlanta.com|0|;method=REGISTER|to=alice%40atlanta.com")]
    [InlineData("sip:1212@[2001:db8::1]:5060;lr", "Sip|1212||[2001:db8::1]|5060|;lr|")]
    [InlineData("sip:[::1]", "Sip|||[::1]|0||")]
    [InlineData("sip:user/path?x=y@host", "Sip|user/path?x=y||host|0||")]
    [InlineData("sip:sip%3Auser%40example.com@company.com;other-param=summit", "Sip|sip%3Auser%40example.com||company.com|0|;other-param=summit|")]
    [InlineData("sip:user;par=u%40example.net@example.com", "Sip|user;par=u%40example.net||example.com|0||")]
    [InlineData("sip:a@h:05060", "Sip|a||h|5060||")]
    [InlineData("sip:a@h:65535", "Sip|a||h|65535||")]
    [InlineData("sip:a@under_score.test", "Sip|a||under_score.test|0||")]
    [InlineData("sip:a@h?", "Sip|a||h|0||")]
    [InlineData("sip:a@h;p?x=1&y", "Sip|a||h|0|;p|x=1&y")]
    public void A_sip_uri_has_its_parts(string text, string parts)
    {
        Assert.True(TryParse(text, out var found));
        Assert.Equal(parts, found);
    }

    [Theory]
    [InlineData("tel:+12125551212;phone-context=+1")]
    [InlineData("mailto:watson@bell-telephone.com")]
    [InlineData("nobodyKnowsThisScheme:totallyopaquecontent")]
    [InlineData("soap.beep://192.0.2.103:3002")]
    public void Any_other_uri_is_only_known_by_its_scheme(string text)
    {
        Assert.True(SipUri.TryParse(Encoding.Latin1.GetBytes(text), out var uri));
        Assert.False(uri.IsSip);
        Assert.Equal(text, Encoding.Latin1.GetString(uri.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData("sip:@host")]
    [InlineData("sip::pw@host")]
    [InlineData("sip:user@")]
    [InlineData("sip:user@:5060")]
    [InlineData("sip:user@host:")]
    [InlineData("sip:user@host:0")]
    [InlineData("sip:user@host:65536")]
    [InlineData("sip:user@host:+5060")]
    [InlineData("sip:user@host:5060x")]
    [InlineData("sip:user@ho st")]
    [InlineData("sip:user@host\t")]
    [InlineData("sip:us\0er@host")]
    [InlineData("sip:user@host,other")]
    [InlineData("<sip:user@host>")]
    [InlineData("sip:\"user\"@host")]
    [InlineData("sip:user@[::1")]
    [InlineData("sip:user@::1")]
    [InlineData("sip:user@[1.2.3.4]")]
    [InlineData("sip:user@[::1]x")]
    [InlineData("sip:user@[::::1]")]
    [InlineData("sip:a@b@c")]
    [InlineData("1sip:user@host")]
    [InlineData("s p:user@host")]
    [InlineData("tel:")]
    public void What_is_no_uri_is_refused(string text) => Assert.False(TryParse(text, out _));

    [Theory]
    [InlineData("sip:a@h;lr;x=1?Route=%3Csip:e%3E", "sip:a@h;lr;x=1")]
    [InlineData("sip:a@h?", "sip:a@h")]
    [InlineData("sip:a@h", "sip:a@h")]
    public void A_Request_URI_is_the_uri_without_headers(string text, string without)
    {
        Assert.True(SipUri.TryParse(Encoding.Latin1.GetBytes(text), out var uri));
        Assert.Equal(without, Encoding.Latin1.GetString(uri.WithoutHeaders));
    }

    [Theory]
    [InlineData("sip:h", 5060)]
    [InlineData("sips:h", 5061)]
    [InlineData("sips:h:5060", 5060)]
    public void The_port_has_a_default(string text, int port)
    {
        Assert.True(SipUri.TryParse(Encoding.Latin1.GetBytes(text), out var uri));
        Assert.Equal(port, uri.PortOrDefault);
    }

    [Fact]
    public void Parameters_are_found_whatever_their_case()
    {
        Assert.True(SipUri.TryParse("sip:h;LR;Transport=TCP;ttl=;x%20y=1"u8, out var uri));
        Assert.True(uri.HasParameter("lr"u8));
        Assert.True(uri.TryGetParameter("transport"u8, out var transport));
        Assert.Equal("TCP"u8, transport);
        Assert.True(uri.TryGetParameter("ttl"u8, out var empty));
        Assert.True(empty.IsEmpty);
        Assert.False(uri.HasParameter("maddr"u8));
    }

    private static bool TryParse(string text, out string parts)
    {
        var valid = SipUri.TryParse(Encoding.Latin1.GetBytes(text), out var uri);
        parts = string.Join('|', uri.Scheme, Text(uri.User), Text(uri.Password), Text(uri.Host), uri.Port, Text(uri.Parameters), Text(uri.Headers));
        return valid;

        static string Text(ReadOnlySpan<byte> span) => Encoding.Latin1.GetString(span);
    }
}
