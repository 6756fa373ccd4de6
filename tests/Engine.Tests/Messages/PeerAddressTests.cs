using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Messages;

/// <summary>Addresses as text, against the framework's own parser and formatter as the witness.</summary>
public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("[2001:DB8::9:1]", "2001:db8::9:1")]
    [InlineData("2001:db8::10:5070", "2001:db8::10:5070")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    [InlineData("2001:db8::192.0.2.1", "2001:db8::c000:201")]
    // RFC 5118 §4.9 and §4.10.
    [InlineData("[::ffff:192.0.2.10]", "192.0.2.10")]
    [InlineData("[2001:db8:::192.0.2.1]", "2001:db8::c000:201")]
    public void An_IPv6_literal_is_read(string text, string address)
    {
        Assert.True(PeerAddress.TryParseHost(Encoding.ASCII.GetBytes(text), 5060, out var read));
        Span<byte> host = stackalloc byte[48];
        Assert.Equal(address, Encoding.ASCII.GetString(host[..read.FormatHost(host, bracketed: false)]));
        Assert.Equal(5060, read.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[::1")]
    [InlineData(":")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData(":::")]
    [InlineData("::::1")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::1.2.3.256")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::-1")]
    [InlineData("::+1")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]:5060")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.0004")]
    [InlineData("1..2.3")]
    public void What_is_no_literal_is_refused(string text) =>
        Assert.False(PeerAddress.TryParseHost(Encoding.ASCII.GetBytes(text), 5060, out _));

    [Fact]
    public void Any_address_is_read_back_as_the_framework_writes_it() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 0xFFFF], Gen.Bool).Sample((bytes, zeros, bracketed) =>
        {
            // Runs of zeros are what the short form is about.
            for (var i = 0; i < 16; i++)
            {
                bytes[i] = (zeros >> i & 1) != 0 ? (byte)0 : bytes[i];
            }

            var address = new IPAddress(bytes);
            var text = bracketed ? $"[{address}]" : address.ToString();
            Assert.True(PeerAddress.TryParseHost(Encoding.ASCII.GetBytes(text), 5060, out var read), text);
            Assert.Equal(PeerAddress.From(address, 5060), read);

            Span<byte> host = stackalloc byte[48];
            Assert.True(PeerAddress.TryParseHost(host[..read.FormatHost(host, bracketed)], 5060, out var again));
            Assert.Equal(read, again);
        });

    [Fact]
    public void Any_text_is_read_as_the_framework_reads_it() =>
        Gen.OneOf(Gen.Const(":"), Gen.Const("::"), Gen.Const("."), Gen.Const("0"), Gen.Const("1.2.3.4"), Gen.Const("fFff"), Gen.Const("12345"))
            .Array[2, 14].Sample(parts =>
            {
                var text = string.Concat(parts);

                // Not the framework's business: IPv4, the ":::" of RFC 5118, and a zero before a number of 1*3DIGIT.
                if (!text.Contains(':', StringComparison.Ordinal) || text.Contains(":::", StringComparison.Ordinal)
                    || text.Contains("01.", StringComparison.Ordinal))
                {
                    return;
                }

                var known = IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
                var read = PeerAddress.TryParseHost(Encoding.ASCII.GetBytes(text), 0, out var peer);
                Assert.True(known == read, $"{text}: {known}, but {read}");
                Assert.True(!read || peer == PeerAddress.From(address!, 0), text);
            }, iter: 20_000);

    [Fact]
    public void Reading_a_literal_allocates_nothing()
    {
        var read = false;
        AllocationAssert.None(() => read = PeerAddress.TryParseHost("[2001:db8::192.0.2.1]"u8, 1, out _) & PeerAddress.TryParseHost("192.0.2.1"u8, 1, out _));
        Assert.True(read);
    }
}
