using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>A response on its way upstream, octet by octet: RFC 3261 §16.7 steps 3, 7 and 9.</summary>
public sealed class ForwardedResponseTests
{
    private const string Ours = "SIP/2.0/UDP proxy.test:5060;branch=z9hG4bKours";
    private const string Tail = "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

    /// <summary>The Via fields as they came and as they go on.</summary>
    public static TheoryData<string, string> Vias => new()
    {
        { $"Via: {Ours}\r\nVia: SIP/2.0/UDP a;branch=1\r\n", "Via: SIP/2.0/UDP a;branch=1\r\n" },
        { $"v:{Ours};received=192.0.2.9\r\nX: 1\r\nV :  SIP/2.0/UDP a\r\n", "X: 1\r\nV :  SIP/2.0/UDP a\r\n" },
        { $"X: 1\r\nVia: {Ours}\r\n ;received=1.1.1.1\r\nVia: SIP/2.0/UDP a\r\n ;x\r\n", "X: 1\r\nVia: SIP/2.0/UDP a\r\n ;x\r\n" },
        // A list: what is left of it is a field again.
        { $"Via: {Ours}, SIP/2.0/UDP a;branch=1\r\n", "Via: SIP/2.0/UDP a;branch=1\r\n" },
        { $"v: {Ours},SIP/2.0/UDP a;branch=1 ,\r\n SIP/2.0/TCP b\r\nVia: SIP/2.0/UDP c\r\n", "Via: SIP/2.0/UDP a;branch=1 ,\r\n SIP/2.0/TCP b\r\nVia: SIP/2.0/UDP c\r\n" },
        { $"Via: {Ours};x=\"a, b\"  ,  SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n" },
        // Empty elements of a list are none.
        { $"Via: {Ours},\r\nVia: SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n" },
        { $"Via: {Ours}, ,\r\nVia: SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n" },
        { $"Via: {Ours}, , SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n" },
        { $"Via: , {Ours}, SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n" },
    };

    [Theory]
    [MemberData(nameof(Vias))]
    public void Our_Via_is_taken_off_and_nothing_else(string came, string left) =>
        Assert.Equal($"SIP/2.0 200 OK\r\n{left}{Tail}", Upstream($"SIP/2.0 200 OK\r\n{came}{Tail}"));

    [Theory]
    [InlineData("SIP/2.0 200 OK", "SIP/2.0 200 OK")]
    [InlineData("sip/2.0 183 Session  Progress ", "SIP/2.0 183 Session  Progress ")]
    [InlineData("SIP/2.0 486 ", "SIP/2.0 486 ")]
    [InlineData("SIP/2.0 486", "SIP/2.0 486")]
    [InlineData("SIP/2.0 200 = 2**3 * 5**2 \u00d0\u00bd\u00d0\u00be ", "SIP/2.0 200 = 2**3 * 5**2 \u00d0\u00bd\u00d0\u00be ")]
    public void The_reason_phrase_leaves_as_it_came(string came, string left) =>
        Assert.Equal($"{left}\r\nVia: SIP/2.0/UDP a\r\n{Tail}", Upstream($"{came}\r\nVia: {Ours}\r\nVia: SIP/2.0/UDP a\r\n{Tail}"));

    [Fact]
    public void Odd_fields_and_a_body_stay_octet_for_octet_and_what_follows_the_body_does_not()
    {
        var rest = "f : <sip:a@x>;tag=1\r\nt:<sip:b@y>\r\n ;tag=2\r\ni:c\r\nCSEQ: 1\r\n INVITE\r\nX: ;;,,\u00ff\u0001\r\nRecord-Route: <sip:r;lr>\r\nl: 4\r\n\r\n\0\u00ff\r\n";
        Assert.Equal(
            $"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\n{rest}", Upstream($"\r\nSIP/2.0 200 OK\r\nVia: {Ours}\r\nVia: SIP/2.0/UDP a\r\n{rest}trailing"));
    }

    [Fact]
    public void All_challenges_take_the_place_of_the_messages_own()
    {
        // Step 7: those of every branch go into the one response.
        var came = $"SIP/2.0 401 Unauthorized\r\nVia: {Ours}\r\nVia: SIP/2.0/UDP a\r\nX: 1\r\nWWW-Authenticate: Digest realm=\"own\"\r\nY: 2\r\n"
            + $"Proxy-Authenticate: Digest realm=\"own2\"\r\n{Tail}";
        const string All = "Proxy-Authenticate: Digest realm=\"b\",\r\n nonce=\"1\"\r\nwww-authenticate: Digest realm=\"own\"\r\n";
        Assert.Equal($"SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP a\r\nX: 1\r\n{All}Y: 2\r\n{Tail}", Upstream(came, All));
        Assert.Equal(came.Replace($"Via: {Ours}\r\n", "", StringComparison.Ordinal), Upstream(came));
    }

    [Fact]
    public void A_lone_Via_leaves_none() =>
        Assert.Equal($"SIP/2.0 200 OK\r\n{Tail}", Upstream($"SIP/2.0 200 OK\r\nVia: {Ours}\r\n{Tail}"));
}
