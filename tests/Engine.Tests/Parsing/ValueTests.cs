using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>CSeq, Contact, parameters, q values, numbers and lists (RFC 3261 §20, §25.1).</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("4711 INVITE", 4711u, "INVITE")]
    [InlineData("0009\r\n  INVITE", 9u, "INVITE")]
    [InlineData("0 ACK", 0u, "ACK")]
    [InlineData("2147483647 \t BYE", 2147483647u, "BYE")]
    [InlineData("000000000000000000000000000001 NEWMETHOD", 1u, "NEWMETHOD")]
    [InlineData("1 !interesting-Method0123456789_*+`.%indeed'~", 1u, "!interesting-Method0123456789_*+`.%indeed'~")]
    public void A_CSeq_is_a_number_and_a_method(string text, uint number, string method)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.True(CSeq.TryParse(bytes, new Slice(0, (ushort)bytes.Length), out var cseq));
        Assert.Equal(number, cseq.Number);
        Assert.Equal(method, Encoding.Latin1.GetString(cseq.MethodToken.Of(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("INVITE")]
    [InlineData("INVITE 1")]
    [InlineData("1INVITE")]
    [InlineData("-1 INVITE")]
    [InlineData("+1 INVITE")]
    [InlineData("1.0 INVITE")]
    [InlineData("0x1 INVITE")]
    [InlineData("2147483648 INVITE")]
    [InlineData("36893488147419103232 INVITE")]
    [InlineData("1 INV ITE")]
    [InlineData("1 INVITE;x")]
    public void What_is_no_CSeq_is_refused(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.False(CSeq.TryParse(bytes, new Slice(0, (ushort)bytes.Length), out _));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1000)]
    [InlineData("0.", 0)]
    [InlineData("1.", 1000)]
    [InlineData("0.5", 500)]
    [InlineData("0.05", 50)]
    [InlineData("0.123", 123)]
    [InlineData("1.000", 1000)]
    public void A_q_value_is_thousandths(string text, int thousandths)
    {
        Assert.True(Scan.TryQValue(Encoding.Latin1.GetBytes(text), out var value));
        Assert.Equal(thousandths, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("2")]
    [InlineData("1.001")]
    [InlineData("1.1")]
    [InlineData("0.1234")]
    [InlineData("0,5")]
    [InlineData("-0.5")]
    [InlineData("00.5")]
    [InlineData("0.5x")]
    [InlineData("\"0.5\"")]
    public void What_is_no_q_value_is_refused(string text) => Assert.False(Scan.TryQValue(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("0", true, 0u)]
    [InlineData("3600", true, 3600u)]
    [InlineData("4294967295", true, 4294967295u)]
    [InlineData("4294967296", true, 4294967295u)]
    [InlineData("1000000000000000000000000000000000000000", true, 4294967295u)]
    [InlineData("", false, 0u)]
    [InlineData("-1", false, 0u)]
    [InlineData("+1", false, 0u)]
    [InlineData("1.5", false, 0u)]
    [InlineData("1e3", false, 0u)]
    [InlineData("1 2", false, 0u)]
    public void Seconds_saturate_and_are_nothing_but_digits(string text, bool valid, uint seconds)
    {
        Assert.Equal(valid, Scan.TrySeconds(Encoding.Latin1.GetBytes(text), out var value));
        Assert.Equal(valid ? seconds : value, value);
    }

    [Theory]
    [InlineData("<sip:a@h>", 1000, false, -1)]
    [InlineData("<sip:a@h>;q=0.7;expires=60", 700, true, 60)]
    [InlineData("sip:a@h;Q=0.7 ; EXPIRES = 60", 700, true, 60)]
    [InlineData("<sip:a@h;q=0.1;expires=1>", 1000, false, -1)]
    [InlineData("<sip:a@h>;expires=soon", 1000, true, -1)]
    [InlineData("<sip:a@h>;expires", 1000, true, -1)]
    [InlineData("<sip:a@h>;expires=99999999999", 1000, true, 4294967295)]
    [InlineData("<mailto:a@h>;x=\"q=0.5;expires=1\"", 1000, false, -1)]
    public void A_Contact_has_its_q_and_expires(string text, int q, bool hasExpires, long expires)
    {
        Assert.True(ContactValue.TryParse(Encoding.Latin1.GetBytes(text), out var contact));
        Assert.Equal((q, hasExpires, expires), (contact.QValue, contact.HasExpires, contact.ExpiresSeconds));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("<sip:@h>")]
    [InlineData("<sip:a@h>;q=2")]
    [InlineData("<sip:a@h>;x=\"unclosed")]
    [InlineData("<sip:a@h>;;q=0.5")]
    [InlineData("<sip:a@h>x")]
    [InlineData("a@h")]
    public void What_is_no_Contact_is_refused(string text) => Assert.False(ContactValue.TryParse(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("", "")]
    [InlineData(";a", "a")]
    [InlineData(";a;b=1", "a|b=1")]
    [InlineData(" ; a = 1 ;\r\n b", "a=1|b")]
    [InlineData(";a=\"x;y=\\\"z\\\"\" ;b", "a=\"x;y=\\\"z\\\"\"|b")]
    [InlineData(";a=;b", "a=|b")]
    [InlineData(";a=[2001:db8::1]:5;b", "a=[2001:db8::1]:5|b")]
    [InlineData("a", "!")]
    [InlineData(";", "!")]
    [InlineData(";;a", "!")]
    [InlineData(";=1", "!")]
    [InlineData(";a b", "!")]
    [InlineData(";a=1 2;b", "!")]
    [InlineData(";a;b=\"x", "a|!")]
    [InlineData(";a;b=\"x\"y", "a|!")]
    public void Parameters_are_walked_in_order_until_something_is_wrong(string text, string found)
    {
        var seen = new List<string>();
        var walk = new Parameters(Encoding.Latin1.GetBytes(text));
        while (walk.Next())
        {
            seen.Add(Encoding.Latin1.GetString(walk.Name) + (walk.HasValue ? "=" + Encoding.Latin1.GetString(walk.Value) : ""));
        }

        if (walk.IsMalformed)
        {
            seen.Add("!");
        }

        Assert.Equal(found, string.Join('|', seen));
    }

    [Theory]
    [InlineData("Route: <sip:a;lr>,<sip:b;lr>", "<sip:a;lr>|<sip:b;lr>")]
    [InlineData("Route: <sip:a,b;lr>\nroute:\"x, y\" <sip:b;lr>", "<sip:a,b;lr>|\"x, y\" <sip:b;lr>")]
    [InlineData("Route: ,, <sip:a>  ,\n  <sip:b> , ", "<sip:a>|<sip:b>")]
    [InlineData("Route:\nRoute: <sip:a>", "<sip:a>")]
    [InlineData("Route: \"a\\\", b\" <sip:a>, c", "\"a\\\", b\" <sip:a>|c")]
    [InlineData("Route: \"never closed, <sip:a>, <sip:b>", "\"never closed, <sip:a>, <sip:b>")]
    [InlineData("Route: <sip:a, <sip:b>, c", "<sip:a, <sip:b>|c")]
    public void Values_are_walked_over_lines_and_comma_lists_alike(string headers, string values)
    {
        var message = Corpus.Parse($"OPTIONS sip:h SIP/2.0\nX: y\n{headers}\nZ: y\n\n", out _);
        var seen = new List<string>();
        var walk = message.Values(HeaderName.Route);
        while (walk.Next())
        {
            seen.Add(Encoding.Latin1.GetString(walk.Current));
            Assert.Equal(seen[^1], Encoding.Latin1.GetString(message[walk.CurrentSlice]));
        }

        Assert.Equal(values, string.Join('|', seen));
    }

    [Fact]
    public void A_method_is_known_by_its_exact_case()
    {
        foreach (var method in "REGISTER, INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, PRACK, UPDATE, REFER, NOTIFY, SUBSCRIBE, INFO, PUBLISH".Split(", "))
        {
            Assert.Equal(method, SipMethods.Recognise(Encoding.ASCII.GetBytes(method)).ToString().ToUpperInvariant());
            Assert.Equal(SipMethod.Unknown, SipMethods.Recognise(Encoding.ASCII.GetBytes(method.ToLowerInvariant())));
            Assert.Equal(SipMethod.Unknown, SipMethods.Recognise(Encoding.ASCII.GetBytes(method + "X")));
        }
    }

    [Fact]
    public void A_header_name_is_known_in_any_case_long_or_compact()
    {
        (string Long, string Compact)[] names =
        [
            ("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m"), ("Content-Length", "l"), ("Supported", "k"), ("Event", "o"),
            ("CSeq", ""), ("Max-Forwards", ""), ("Route", ""), ("Record-Route", ""), ("Expires", ""), ("Require", ""), ("Proxy-Require", ""),
            ("Path", ""), ("Timestamp", ""), ("Max-Breadth", ""), ("WWW-Authenticate", ""), ("Proxy-Authenticate", ""), ("Authorization", ""),
            ("Proxy-Authorization", ""), ("Retry-After", ""), ("Reason", ""),
        ];
        Assert.Equal(HeaderNames.Count - 1, names.Length);
        foreach (var (name, compact) in names)
        {
            var known = HeaderNames.Recognise(Encoding.ASCII.GetBytes(name));
            Assert.Equal(name.Replace("-", "", StringComparison.Ordinal), known.ToString(), ignoreCase: true);
            Assert.Equal(known, HeaderNames.Recognise(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));
            Assert.Equal(known, HeaderNames.Recognise(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
            Assert.Equal(HeaderName.Other, HeaderNames.Recognise(Encoding.ASCII.GetBytes(name + "x")));
            if (compact.Length > 0)
            {
                Assert.Equal(known, HeaderNames.Recognise(Encoding.ASCII.GetBytes(compact)));
                Assert.Equal(known, HeaderNames.Recognise(Encoding.ASCII.GetBytes(compact.ToUpperInvariant())));
            }
        }
    }
}
