using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>A challenge is answered when there is a password (RFC 3261 §22).</summary>
public sealed class DigestFlowTests
{
    private const string Challenge = "Digest realm=\"example.com\", nonce=\"84a4cc6f3082121f32b42a2187831a9e\", qop=\"auth\", algorithm=MD5";

    [Fact]
    public void A_401_is_answered_with_the_next_CSeq_and_credentials()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Register) with { Password = "secret" });
        peer.Begin(Profile.Register, number: 60);
        var first = peer.Next("REGISTER");
        Assert.False(first.Has("Authorization"));
        peer.Pass(5);
        peer.Deliver(first.Respond("401 Unauthorized", headers: $"WWW-Authenticate: {Challenge}\r\n"));
        var second = peer.Next("REGISTER");
        Assert.Equal("2 REGISTER", second["CSeq"]);
        Assert.Equal(first["Call-ID"], second["Call-ID"]);
        Assert.NotEqual(first.Branch, second.Branch);
        AssertRight(second["Authorization"], "a0000001", "secret", "REGISTER", "sip:example.com", "00000001");
        peer.Pass(5);
        peer.Deliver(second.Respond("200 OK"));
        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.InRange(peer.Counters.Latencies[(int)Results.Measure.RegistrationRequestDelay]!.GetValueAtPercentile(50), 9990, 10_010);
    }

    [Fact]
    public void A_407_to_an_INVITE_is_acknowledged_and_the_ACK_of_its_200_has_the_same_credentials()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Call) with { Password = "secret" });
        peer.Begin(Profile.Call);
        var first = peer.Next("INVITE");
        peer.Deliver(first.Respond("407 Proxy Authentication Required", headers: $"Proxy-Authenticate: {Challenge}\r\n"));
        Assert.Equal(first.Branch, peer.Next("ACK").Branch);
        var second = peer.Next("INVITE");
        AssertRight(second["Proxy-Authorization"], "a0000001", "secret", "INVITE", "sip:b0000002@example.com", "00000001");
        peer.Pass(500);
        Assert.Equal(second.Text, peer.Next("INVITE").Text);
        peer.Deliver(second.Respond("200 OK", headers: "Contact: <sip:b0000002@192.0.2.10:6001>\r\n"));
        var ack = peer.Next("ACK");
        Assert.Equal(second["Proxy-Authorization"], ack["Proxy-Authorization"]);
        var bye = peer.Next("BYE");
        peer.Deliver(second.Respond("200 OK", headers: "Contact: <sip:b0000002@192.0.2.10:6001>\r\n"));
        Assert.Equal(ack.Text, peer.Next("ACK").Text);
        AssertRight(bye["Proxy-Authorization"], "a0000001", "secret", "BYE", "sip:b0000002@192.0.2.10:6001", "00000002");
        Assert.Equal(1, peer.Counters.Sessions.Requests);
    }

    [Fact]
    public void Wrong_credentials_are_a_failure_after_two_tries()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Options) with { Password = "wrong" });
        peer.Begin(Profile.Options);
        for (var i = 0; i < 3; i++)
        {
            peer.Deliver(peer.Next("OPTIONS").Respond("401 Unauthorized", headers: $"WWW-Authenticate: {Challenge}\r\n"));
        }

        peer.Silence();
        Assert.Equal("401", LoadGen.Metrics.Cause.FromKey(Assert.Single(peer.Counters.Failures).Key).ToString());
    }

    [Fact]
    public void The_first_challenge_that_is_understood_is_answered()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Options) with { Password = "secret" });
        peer.Begin(Profile.Options);
        peer.Deliver(peer.Next("OPTIONS").Respond("401 Unauthorized", headers:
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256\r\n"
            + "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth-int,auth\"\r\n"
            + $"WWW-Authenticate: {Challenge}\r\n"));
        Assert.Contains("algorithm=SHA-256,", peer.Next("OPTIONS")["Authorization"], StringComparison.Ordinal);
    }

    /// <summary>Recomputes the response of RFC 2617 §3.2.2.1 from what the header says.</summary>
    private static void AssertRight(string header, string user, string password, string method, string uri, string nc)
    {
        var parameters = header["Digest ".Length..].Split(", ").Select(part => part.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
        Assert.Equal((user, uri, nc), (parameters["username"], parameters["uri"], parameters["nc"]));
        var expected = Hash($"{Hash($"{user}:{parameters["realm"]}:{password}")}:{parameters["nonce"]}:{nc}:{parameters["cnonce"]}:auth:"
            + Hash($"{method}:{uri}"));
        Assert.Equal(expected, parameters["response"]);
    }

#pragma warning disable CA5351 // the RFC's hash
    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(text)));
#pragma warning restore CA5351
}
