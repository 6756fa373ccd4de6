using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Messages;

public sealed class Ipv6TextTests
{
    [Fact]
    public void It_says_what_the_framework_says()
    {
        var piece = Gen.Frequency((4, ":"), (2, "::"), (1, "0"), (1, "1"), (1, "ff02"), (1, "FFFF"), (1, "abc"), (1, "12345"), (1, "1.2.3.4"), (1, "."), (1, "g"));
        piece.Array[0, 17].Select(string.Concat).Where(t => !IsOurs(t)).Sample(Agree, iter: 20_000);
    }

    /// <summary>Where we differ on purpose: a third colon, and leading zeros in a dotted quad (RFC 3261 §25.1 allows them).</summary>
    private static bool IsOurs(string text) =>
        text.Contains(":::", StringComparison.Ordinal) || System.Text.RegularExpressions.Regex.IsMatch(text, @"(^|[:.])0\d+\.|\.0\d");

    [Fact]
    public void It_reads_what_is_written()
    {
        Gen.Byte.Array[16].Sample(octets =>
        {
            var address = PeerAddress.FromV6(octets, 5060);
            var text = new byte[48];
            var length = address.FormatHost(text, bracketed: true);
            return PeerAddress.TryParseHost(text.AsSpan(0, length), 5060, out var parsed) && parsed == address;
        });
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:1.2.3.4")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.33")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::12345")]
    [InlineData("::1.2.3")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::g")]
    [InlineData("1.2.3.4")]
    public void The_edges_are_those_of_the_framework(string text) => Agree(text);

    [Theory]
    [InlineData("2001:db8:::192.0.2.1", true)]
    [InlineData("2001:db8::::192.0.2.1", false)]
    [InlineData(":::192.0.2.1", true)]
    public void Three_colons_are_two(string text, bool valid)
    {
        var octets = new byte[16];
        Assert.Equal(valid, Ipv6Text.TryParse(Encoding.ASCII.GetBytes(text), octets));
        Assert.Equal(valid ? IPAddress.Parse(text.Replace(":::", "::", StringComparison.Ordinal)).GetAddressBytes() : octets, octets);
    }

    [Fact]
    public void A_zone_has_no_place_in_a_SIP_host() => Assert.False(Ipv6Text.TryParse("fe80::1%1"u8, new byte[16]));

    private static void Agree(string text)
    {
        var octets = new byte[16];
        var valid = Ipv6Text.TryParse(Encoding.ASCII.GetBytes(text), octets);
        var expected = IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        Assert.True(expected == valid, text);
        Assert.True(!valid || address!.GetAddressBytes().SequenceEqual(octets), text);
    }
}
