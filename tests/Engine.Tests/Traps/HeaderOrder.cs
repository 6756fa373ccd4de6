using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>RFC 3261 §7.3.1: the order of header fields with different names says nothing, so every order is served alike.</summary>
public class HeaderOrder : ConformanceTest
{
    [Theory]
    [InlineData(401, "WWW-Authenticate")]
    [InlineData(407, "Proxy-Authenticate")]
    [InlineData(401, "Proxy-Authenticate")]
    public void A_challenge_above_the_Vias_reaches_the_caller(int status, string name)
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Send(B.Answer(atB, status)
            .AddFirst(name, "Digest realm=\"first\", nonce=\"1\"")
            .Add(name, "Digest realm=\"last\", nonce=\"2\""));
        B.Expect("ACK");
        var final = ExpectFinal(invite, status);
        Assert.Equal(["Digest realm=\"first\", nonce=\"1\"", "Digest realm=\"last\", nonce=\"2\""], final.Lines(name));
        Assert.Single(final.Lines("Via"));
    }

    [Fact]
    public void Challenges_of_two_phones_above_their_Vias_reach_the_caller_in_one_response()
    {
        var (invite, atB, atC) = InviteFork();
        B.Send(B.Answer(atB, 401).AddFirst("WWW-Authenticate", "Digest realm=\"b\", nonce=\"1\""));
        C.Send(C.Answer(atC, 407).AddFirst("Proxy-Authenticate", "Digest realm=\"c\", nonce=\"2\""));
        B.Expect("ACK");
        C.Expect("ACK");
        var final = A.Next();
        A.AckNon2xx(invite, final);
        Assert.Equal(["Digest realm=\"b\", nonce=\"1\""], final.Lines("WWW-Authenticate"));
        Assert.Equal(["Digest realm=\"c\", nonce=\"2\""], final.Lines("Proxy-Authenticate"));
    }
}
