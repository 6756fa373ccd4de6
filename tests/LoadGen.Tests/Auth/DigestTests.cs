using System.Text;
using ImsSipFast.LoadGen.Auth;

namespace ImsSipFast.LoadGen.Tests.Auth;

/// <summary>The examples of the RFCs.</summary>
public sealed class DigestTests
{
    [Fact]
    public void RFC_2617_3_5() => Assert.Equal("6629fae49393a05397450978507c4ef1", Respond(
        "Digest realm=\"testrealm@host.com\",\r\n qop=\"auth,auth-int\",\r\n nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
        "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "00000001", "0a4f113b"));

    [Theory]
    [InlineData("MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void RFC_7616_3_9_1(string algorithm, string expected) => Assert.Equal(expected, Respond(
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" + algorithm
        + ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
        "Mufasa", "Circle of Life", "GET", "/dir/index.html", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"));

    [Fact]
    public void Without_qop_as_in_RFC_2069() => Assert.Equal("670fd8c2df070c60b045671b8b24ff02", Respond(
        "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
        "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "00000001", "x"));

    [Theory]
    [InlineData("Basic realm=\"x\"")]
    [InlineData("Digest realm=\"x\"")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"")]
    public void What_cannot_be_answered_is_not_read(string challenge) =>
        Assert.False(DigestChallenge.TryRead(Encoding.ASCII.GetBytes(challenge), out _));

    private static string Respond(string challenge, string user, string password, string method, string uri, string nonceCount, string clientNonce)
    {
        Assert.True(DigestChallenge.TryRead(Encoding.ASCII.GetBytes(challenge), out var read));
        Span<byte> response = stackalloc byte[DigestResponse.MaxLength];
        var length = new DigestResponse(new byte[1024], read.Sha256).Write(
            response, read, Octets(user), Octets(password), Octets(method), Octets(uri), Octets(nonceCount), Octets(clientNonce));
        return Encoding.ASCII.GetString(response[..length]);
    }

    private static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text);
}
