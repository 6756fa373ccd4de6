using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>Via values (RFC 3261 §20.42, RFC 3581).</summary>
public sealed class ViaTests
{
    [Theory]
    [InlineData("SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", "UDP|erlang.bell-telephone.com|5060|z9hG4bK87asdks7|||")]
    [InlineData("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.207", "UDP|192.0.2.1|0|z9hG4bK1|192.0.2.207||")]
    [InlineData("SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1", "UDP|first.example.com|4000|z9hG4bKa7c6a8dlze.1||224.2.0.1|")]
    [InlineData("sip/2.0/tcp h : 5070 ; rport ; branch=z9hG4bK1", "tcp|h|5070|z9hG4bK1|||rport")]
    [InlineData("SIP/2.0/UDP h;rport=4000;branch=z9hG4bK1", "UDP|h|0|z9hG4bK1|||rport=4000")]
    [InlineData("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3", "UDP|[2001:db8::9:1]|0|z9hG4bKas3|[2001:db8::9:255]||")]
    [InlineData("SIP/2.0/UDP [2001:db8::9:1]:5070;received=2001:db8::9:255", "UDP|[2001:db8::9:1]|5070||2001:db8::9:255||")]
    [InlineData("SIP\r\n /\r\n 2.0/UDP\r\n h\r\n ;branch=x", "UDP|h|0|x|||")]
    [InlineData("SIP/2.0/UNKNOWN h;branch=1;x=\"a;b, c\"", "UNKNOWN|h|0|1|||")]
    [InlineData("SIP/2.0/UDP h;hidden;branch", "UDP|h|0||||")]
    [InlineData("SIP/2.0/UDP h", "UDP|h|0||||")]
    public void A_Via_has_its_parts(string text, string parts)
    {
        Assert.True(TryParse(text, out var via, out var bytes));
        Assert.Equal(parts, string.Join('|', Text(via.Transport), Text(via.Host), via.Port, Text(via.Branch), Text(via.Received), Text(via.Maddr), Text(via.RportParameter)));
        Assert.Equal(via.Port == 0 ? 5060 : via.Port, via.PortOrDefault(Transport.Udp));

        string Text(Slice slice) => Encoding.Latin1.GetString(slice.Of(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDP ")]
    [InlineData("SIP/2.0 h")]
    [InlineData("SIP/2.0/ h")]
    [InlineData("SIP/2.0/UDPh;branch=1")]
    [InlineData("SIP/2.0/UDP ;branch=1")]
    [InlineData("SIP/2.0/UDP h:")]
    [InlineData("SIP/2.0/UDP h:0")]
    [InlineData("SIP/2.0/UDP h:65536")]
    [InlineData("SIP/2.0/UDP h:5060x")]
    [InlineData("SIP/2.0/UDP h x;branch=1")]
    [InlineData("SIP/2.0/UDP <h>;branch=1")]
    [InlineData("SIP/2.0/UDP h;branch=1 2")]
    [InlineData("SIP/2.0/UDP h;;branch=1")]
    [InlineData("SIP/2.0/UDP h;rport=99999")]
    [InlineData("SIP/2.0/UDP h;rport=x")]
    [InlineData("SIP/2.0/UDP h;x=\"unclosed")]
    public void What_is_no_Via_is_refused(string text) => Assert.False(TryParse(text, out _, out _));

    [Theory]
    [InlineData("z9hG4bK1", true)]
    [InlineData("Z9HG4BK1", true)]
    [InlineData("z9hG4bK", false)]
    [InlineData("1", false)]
    public void The_cookie_tells_a_unique_branch(string branch, bool unique)
    {
        Assert.True(TryParse($"SIP/2.0/UDP h;branch={branch}", out var via, out var bytes));
        Assert.Equal(unique, via.HasCookie(bytes));
    }

    [Fact]
    public void The_second_Via_is_next_whether_in_the_same_line_or_another()
    {
        foreach (var vias in (string[])["Via: SIP/2.0/UDP one;x=\",\", SIP/2.0/UDP two", "v: SIP/2.0/UDP one\nVIA : SIP/2.0/UDP two", "Via: SIP/2.0/UDP one\n ,\n SIP/2.0/UDP two"])
        {
            var message = Corpus.Parse($"SIP/2.0 200 OK\n{vias}\nFrom: <sip:a@h>;tag=1\nTo: <sip:b@h>;tag=2\nCall-ID: 1\nCSeq: 1 BYE\n\n", out var valid);
            Assert.True(valid);
            Assert.Equal("one"u8, message[message.TopVia.Host]);
            Assert.True(message.TryGetNextVia(out var next));
            Assert.Equal("two"u8, message[next.Host]);
        }
    }

    private static bool TryParse(string text, out Via via, out byte[] bytes)
    {
        // In the middle of something, as in a message.
        bytes = Encoding.Latin1.GetBytes("Via: " + text + ", x");
        return Via.TryParse(bytes, 5, 5 + text.Length, out via);
    }
}
