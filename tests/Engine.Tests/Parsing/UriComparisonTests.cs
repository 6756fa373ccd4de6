using System.Text;
using CsCheck;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

public sealed class UriComparisonTests
{
    /// <summary>The sets of RFC 3261 §19.1.4 that are equivalent, and the rules of its text.</summary>
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on")]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=off")]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com")]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x")]
    [InlineData("SIP:b@h", "sip:b@h")]
    [InlineData("sip:b@h;LR", "sip:b@h;lr")]
    [InlineData("sip:b@h;x=%61b", "sip:b@h;X=AB")]
    [InlineData("sip:b@h?a=%41&b=2", "sip:b@h?B=2&A=a")]
    [InlineData("sip:a%2Fb@h", "sip:a%2fb@h")]
    [InlineData("sip:b:%73ecret@h", "sip:b:secret@h")]
    [InlineData("sip:b@[2001:db8::1]", "sip:b@[2001:DB8:0:0:0:0:0:1]")]
    [InlineData("MAILTO:b@h", "mailto:b@h")]
    public void Equivalent(string one, string other)
    {
        Assert.True(AreEqual(one, other));
        Assert.True(AreEqual(other, one));
    }

    /// <summary>The sets of RFC 3261 §19.1.4 that are not equivalent, and the rules of its text.</summary>
    [Theory]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting")]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4")]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off")]
    [InlineData("sip:b@h", "sips:b@h")]
    [InlineData("sip:b@h", "sip:h")]
    [InlineData("sip:b@h", "sip:b:secret@h")]
    [InlineData("sip:b:secret@h", "sip:b:SECRET@h")]
    [InlineData("sip:b@h", "sip:b@h;user=ip")]
    [InlineData("sip:b@h", "sip:b@h;ttl=1")]
    [InlineData("sip:b@h", "sip:b@h;method=INVITE")]
    [InlineData("sip:b@h", "sip:b@h;maddr=239.255.255.1")]
    [InlineData("sip:b@h;maddr=1.2.3.4", "sip:b@h;maddr=1.2.3.5")]
    [InlineData("sip:b@h;lr", "sip:b@h;lr=on")]
    [InlineData("sip:a%40b@h", "sip:a%2540b@h")]
    [InlineData("sip:a;b@h", "sip:a%3Bb@h")]
    [InlineData("sip:b@h?a=1&a=1&b=2", "sip:b@h?a=1&b=2&b=2")]
    [InlineData("sip:b@h?a=1", "sip:b@h?a=1&a=1")]
    [InlineData("sip:b@h?a=1", "sip:b@h?a=2")]
    [InlineData("sip:null-%00-null@h", "sip:null-@h")]
    [InlineData("sip:b@1.2.3.4", "sip:b@[::ffff:1.2.3.4]")]
    [InlineData("mailto:b@h", "mailto:B@h")]
    [InlineData("mailto:b@h", "sip:b@h")]
    [InlineData("tel:+1-212", "tel:+1212")]
    public void Not_equivalent(string one, string other)
    {
        Assert.False(AreEqual(one, other));
        Assert.False(AreEqual(other, one));
    }

    [Fact]
    public void Both_lists_use_every_example_of_the_RFC_which_is_not_transitive()
    {
        Assert.True(AreEqual("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
        Assert.True(AreEqual("sip:carol@chicago.com", "sip:carol@chicago.com;security=off"));
        Assert.False(AreEqual("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
    }

    [Fact]
    public void A_uri_with_too_many_components_equals_only_its_own_octets()
    {
        var many = "sip:b@h" + string.Concat(Enumerable.Range(0, UriComparison.MaxComponents + 1).Select(i => $";p{i}"));
        Assert.True(AreEqual(many, many));
        Assert.False(AreEqual(many, "sip:b@h"));
        Assert.False(AreEqual(many, many.Replace(";p0;p1;", ";p1;p0;", StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_order_of_parameters_and_headers_is_the_same_uri()
    {
        var names = Gen.Shuffle(new[] { "transport=udp", "x=1", "lr", "user=phone", "y", "maddr=1.2.3.4" });
        var headers = Gen.Shuffle(new[] { "a=1", "b=2", "a=3", "c=" });
        Gen.Select(names, headers, names, headers).Sample((p1, h1, p2, h2) =>
            AreEqual($"sip:b@h;{string.Join(';', p1)}?{string.Join('&', h1)}", $"sip:b@h;{string.Join(';', p2)}?{string.Join('&', h2)}"));
    }

    [Fact]
    public void It_is_symmetric_whatever_it_is_given()
    {
        var part = Gen.OneOf("sip:b@h", ";transport=udp", ";lr", ";x=1", ";x=%31", "?a=1", "&b=2", ":5060", "sips:", "%62", "@", ";", "&");
        var uri = part.Array[1, 5].Select(string.Concat);
        Gen.Select(uri, uri).Sample((one, other) => AreEqual(one, other) == AreEqual(other, one), iter: 20_000);
    }

    private static bool AreEqual(string one, string other) =>
        SipUri.TryParse(Encoding.Latin1.GetBytes(one), out var oneUri)
        && SipUri.TryParse(Encoding.Latin1.GetBytes(other), out var otherUri)
        && UriComparison.AreEqual(oneUri, otherUri);
}
