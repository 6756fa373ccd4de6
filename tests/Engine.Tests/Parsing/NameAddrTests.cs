using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>From, To, Contact, Route and Path values (RFC 3261 §20.10).</summary>
public sealed class NameAddrTests
{
    [Theory]
    [InlineData("<sip:a@h>", "|sip:a@h|")]
    [InlineData("Alice <sip:a@h>;tag=1", "Alice|sip:a@h|;tag=1")]
    [InlineData("Alice A. Smith  <sip:a@h> ;tag=1;x", "Alice A. Smith|sip:a@h|;tag=1;x")]
    [InlineData("caller<sip:a@h>;tag=1", "caller|sip:a@h|;tag=1")]
    [InlineData("\"Mr. <Watson>; \\\"esq\\\", \\\\\" <sip:a@h;lr?x=1>;q=0.1", "\"Mr. <Watson>; \\\"esq\\\", \\\\\"|sip:a@h;lr?x=1|;q=0.1")]
    [InlineData("\"\"<sip:a@h>", "\"\"|sip:a@h|")]
    [InlineData("sip:a@h;tag=1;lr", "|sip:a@h|;tag=1;lr")]
    [InlineData("sip:a@h ;tag=1", "|sip:a@h|;tag=1")]
    [InlineData(" \r\n <sip:a@h>\r\n\t;tag=1 ", "|sip:a@h|;tag=1")]
    [InlineData("<sip:a,b@h>", "|sip:a,b@h|")]
    [InlineData("J\u00fcrgen <sip:a@h>", "J\u00fcrgen|sip:a@h|")]
    [InlineData("<tel:+1-212>", "|tel:+1-212|")]
    public void An_address_has_its_parts(string text, string parts)
    {
        Assert.True(NameAddr.TryParse(Encoding.Latin1.GetBytes(text), out var address));
        Assert.Equal(parts, $"{Text(address.DisplayName)}|{Text(address.Uri)}|{Text(address.Parameters)}");
        Assert.Equal(text.Contains('<', StringComparison.Ordinal), address.HasBrackets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("<>")]
    [InlineData("<sip:a@h")]
    [InlineData("\"unbalanced <sip:a@h>")]
    [InlineData("\"Alice\" sip:a@h")]
    [InlineData("\"Alice\"")]
    [InlineData("Bell, Alexander <sip:a@h>")]
    [InlineData("Alice <sip:a@h> tag=1")]
    [InlineData("Alice (home) <sip:a@h>")]
    [InlineData(";tag=1")]
    [InlineData("sip:a@h?x=1")]
    [InlineData("sip:a,b@h")]
    public void What_is_no_address_is_refused(string text) => Assert.False(NameAddr.TryParse(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("<sip:a@h>;tag=1", "1")]
    [InlineData("<sip:a@h;tag=uri>", "")]
    [InlineData("<sip:a@h>;x=\";tag=no\"; TAG = yes", "yes")]
    [InlineData("sip:a@h;tag=1", "1")]
    [InlineData("<sip:a@h>;tag", "")]
    public void The_tag_is_a_header_parameter(string text, string tag)
    {
        Assert.True(NameAddr.TryParse(Encoding.Latin1.GetBytes(text), out var address));
        Assert.Equal(tag, Text(address.Tag));
    }

    private static string Text(ReadOnlySpan<byte> span) => Encoding.Latin1.GetString(span);
}
