using System.Text;
using CsCheck;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

public sealed class AddressOfRecordTests
{
    [Theory]
    [InlineData("sip:b@home.test", "sip:b@home.test")]
    [InlineData("sip:%62@home.test;user=phone", "sip:b@HOME.TEST")]
    [InlineData("SIP:b@home.test", "sip:b@home.test:5060")]
    [InlineData("sips:b@home.test", "sip:b@home.test")]
    [InlineData("sips:b@home.test:5061", "sips:b@home.test")]
    [InlineData("sip:b@home.test", "sip:b@home.test:5070")]
    [InlineData("sip:b:secret@home.test", "sip:b@home.test")]
    [InlineData("sip:b@home.test?Subject=x", "sip:b@home.test;method=INVITE;lr")]
    [InlineData("sip:%c3%a9@home.test", "sip:%C3%A9@home.test")]
    [InlineData("sip:a%2Fb@home.test", "sip:a/b@home.test")]
    [InlineData("sip:b@[2001:DB8::1]", "sip:b@[2001:db8::1]:5060")]
    [InlineData("sip:home.test", "sip:HOME.test;transport=tcp")]
    public void Two_spellings_of_one_address_of_record_have_one_key(string one, string other) => Assert.Equal(KeyOf(one), KeyOf(other));

    [Theory]
    [InlineData("sip:b@home.test", "sip:B@home.test")]
    [InlineData("sip:b@home.test", "sip:home.test")]
    [InlineData("sip:b@home.test", "sip:b@foreign.test")]
    [InlineData("sip:null-%00-null@example.com", "sip:null-@example.com")]
    [InlineData("sip:null-%00-null@example.com", "sip:null-%01-null@example.com")]
    [InlineData("sip:b%252F@home.test", "sip:b%2F@home.test")]
    [InlineData("sip:b%253d@home.test", "sip:b=@home.test")]
    [InlineData("sip:a%40b@home.test", "sip:ab@home.test")]
    [InlineData("sip:a%40home.test@b", "sip:a@home.test")]
    [InlineData("sip:b%zz@home.test", "sip:b%25zz@home.test")]
    public void Two_addresses_of_record_have_two_keys(string one, string other) => Assert.NotEqual(KeyOf(one), KeyOf(other));

    [Fact]
    public void The_key_is_what_an_operator_reads() => Assert.Equal("sip:1001@example.com", KeyOf("sips:%31001:x@Example.COM;user=phone?a=b"));

    [Fact]
    public void Controls_stay_escaped_so_that_a_key_is_one_line_of_a_log() =>
        Assert.Equal("sip:a%0D%0Ab%00%20%25@h", KeyOf("sip:a%0d%0ab%00%20%25@h"));

    [Theory]
    [InlineData("tel:+1-212-555-0101")]
    [InlineData("mailto:b@home.test")]
    public void Only_a_sip_or_sips_uri_is_an_address_of_record(string uri)
    {
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes(uri), out var parsed));
        Assert.False(AddressOfRecord.TryWrite(parsed, new byte[AddressOfRecord.MaxLength], out _));
    }

    [Theory]
    [InlineData("\"B, Esq. <x>\" <sip:%62@home.test;user=phone;tag2=1>;tag=7")]
    [InlineData("B <sip:b@home.test>")]
    [InlineData("sip:b@HOME.test;tag=7;user=phone")]
    [InlineData("\"B\"\r\n <sip:b@home.test>\r\n ;tag=7")]
    public void It_is_read_from_a_To_header_in_any_form(string to)
    {
        var key = new byte[AddressOfRecord.MaxLength];
        Assert.True(AddressOfRecord.TryWrite(Encoding.ASCII.GetBytes(to), key, out var length));
        Assert.Equal("sip:b@home.test", Encoding.ASCII.GetString(key, 0, length));
    }

    [Fact]
    public void One_that_is_too_long_is_refused_and_not_cut()
    {
        var fits = "sip:" + new string('u', AddressOfRecord.MaxLength - 6) + "@h";
        Assert.Equal(fits, KeyOf(fits));
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes("sip:u" + fits[4..]), out var tooLong));
        Assert.False(AddressOfRecord.TryWrite(tooLong, new byte[AddressOfRecord.MaxLength], out _));
    }

    /// <summary>However a user is escaped, its key is the same; and no two users share one.</summary>
    [Fact]
    public void Keys_are_equal_exactly_when_users_are()
    {
        var user = Gen.OneOf(Gen.Char["abAB09-%/;@"], Gen.Char["\x01\x20\x7f"]).Array[1, 4].Select(c => new string(c));
        Gen.Select(user, user, Gen.Int[0, 255], Gen.Int[0, 255]).Sample(
            (one, other, howOne, howOther) => KeyOf(Spell(one, howOne)) == KeyOf(Spell(other, howOther)) == (one == other),
            iter: 20_000);
    }

    /// <summary>A URI for the user, each octet escaped where it must be or where the bit says so.</summary>
    private static string Spell(string user, int how)
    {
        var text = new StringBuilder("sip:");
        for (var i = 0; i < user.Length; i++)
        {
            var escape = !(char.IsAsciiLetterOrDigit(user[i]) || user[i] is '-' or '/' or ';') || (how >> i & 1) == 1;
            text.Append(escape ? "%" + ((int)user[i]).ToString((how >> (4 + i) & 1) == 1 ? "x2" : "X2") : user[i]);
        }

        return text.Append("@home.test").ToString();
    }

    private static string KeyOf(string uri) => Encoding.Latin1.GetString(RegistrarFixture.Key(uri));
}
