using System.Text;
using ImsSipFast.Host.Log;

namespace ImsSipFast.Host.Tests.Log;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("INVITE sip:1002@example.com;ob SIP/2.0", "INVITE sip:1002@example.com;ob SIP/2.0")]
    [InlineData("\"张三\" <sip:é@example.com>", "\"张三\" <sip:é@example.com>")]
    [InlineData("a\tb\r\nc", @"a\tb\r\nc")]
    [InlineData("\0\a\b\e\u007F", @"\x00\x07\x08\x1B\x7F")]
    [InlineData("\u0085\u009B\u2028\u200E\u2066\uFEFF", @"\u{85}\u{9B}\u{2028}\u{200E}\u{2066}\u{FEFF}")]
    public void Shows_text_and_escapes_the_rest(string text, string expected)
    {
        Assert.Equal(expected, SafeText.Of(text));
        Assert.Equal(expected, SafeText.Of(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Octets_that_are_no_UTF8_are_escaped_one_by_one() =>
        Assert.Equal(@"a\xFF\xC3(\xE5\xBC", SafeText.Of([(byte)'a', 0xFF, 0xC3, (byte)'(', 0xE5, 0xBC]));

    [Fact]
    public void Whatever_the_octets_nothing_but_printable_text_comes_out()
    {
        for (var first = 0; first < 256; first++)
        {
            for (var second = 0; second < 256; second++)
            {
                var text = SafeText.Of([(byte)first, (byte)second, 0x80]);
                Assert.DoesNotContain(text, char.IsControl);
            }
        }
    }
}
