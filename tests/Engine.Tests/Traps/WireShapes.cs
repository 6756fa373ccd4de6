using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>The same message in the shapes that other stacks give it: joined and folded lists, compact names, no blanks.</summary>
public sealed class WireShapes : ConformanceTest
{
    [Fact]
    public void Vias_joined_on_one_line_are_taken_apart_in_a_response()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Add("Via", "SIP/2.0/UDP below.test;branch=z9hG4bKb;x=\"a,b\""));
        var atB = B.Expect("MESSAGE");
        B.Send(B.Answer(atB, 200).Remove("Via").AddFirst("v", string.Join(",", atB.Vias)));
        Assert.Equal(atB.Vias[1..], A.Expect(200).Vias);
    }

    [Fact]
    public void Vias_folded_in_a_response_are_taken_apart()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        B.Send(B.Answer(atB, 200).Remove("Via").AddFirst("VIA", string.Join("\r\n , ", atB.Vias)));
        Assert.Equal(atB.Vias[1..], A.Expect(200).Vias);
    }

    [Fact]
    public void Vias_joined_on_one_line_get_received_and_rport_at_the_first()
    {
        RegisterB();
        var via = "SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bKw1";
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Via", via + " , SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKw2"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal(3, atB.Vias.Count);
        Assert.Equal("127.0.0.2", WireText.Param(atB.Vias[1], "received"));
        Assert.Equal("5060", WireText.Param(atB.Vias[1], "rport"));
        Assert.Equal("SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKw2", atB.Vias[2]);
        B.Reply(atB, 200);
        Assert.Equal(2, A.Expect(200).Vias.Count);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP 127.0.0.2:5060 ; branch = z9hG4bKs1")]
    [InlineData("SIP / 2.0 / UDP  127.0.0.2 : 5060;branch=z9hG4bKs2")]
    [InlineData("sip/2.0/udp 127.0.0.2:5060;BRANCH=z9hG4bKs3")]
    [InlineData("SIP/2.0/UDP\r\n 127.0.0.2:5060\r\n\t;branch=z9hG4bKs4")]
    [InlineData("SIP/2.0/UDP 127.0.0.2:5060;x=\"z;branch=no\";branch=z9hG4bKs5")]
    public void A_Via_with_blanks_is_answered_and_matched(string via)
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Set("Via", via));
        A.Send(invite);
        A.Expect(100);
        B.Reply(atB, 486);
        B.Expect("ACK");
        A.Expect(486);
        A.Send(A.AckNon2xxOf(invite, invite).Set("To", invite["To"] + ";tag=" + B.Tag));
        A.Silence(5000);
    }

    [Fact]
    public void A_message_with_bare_line_feeds_is_read_or_refused_but_never_half_read()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").ToString().Replace("\r\n", "\n", StringComparison.Ordinal));
        if (B.Endpoint.Take(300) is { } arrival)
        {
            // What is sent on must be right whatever came in.
            Assert.DoesNotContain("[^\r]\n", System.Text.Encoding.Latin1.GetString(arrival.Octets));
        }
    }

    [Fact]
    public void Leading_empty_lines_are_skipped()
    {
        RegisterB();
        A.Send("\r\n\r\n" + A.Request("MESSAGE", "sip:b@home.test"));
        var atB = B.Expect("MESSAGE");
        B.Send("\r\n" + B.Answer(atB, 200));
        A.Expect(200);
    }

    [Fact]
    public void A_request_without_Content_Length_has_all_the_rest_as_body()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").With("all of it", "text/plain").Remove("Content-Length"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("all of it", atB.Body);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void Challenges_that_fit_no_datagram_end_the_call_all_the_same()
    {
        var (invite, atB, atC) = InviteFork();
        B.Send(B.Answer(atB, 401).Add("WWW-Authenticate", $"Digest realm=\"{new string('b', 40_000)}\""));
        B.Expect("ACK");
        C.Send(C.Answer(atC, 407).Add("Proxy-Authenticate", $"Digest realm=\"{new string('c', 40_000)}\""));
        C.Expect("ACK");
        var final = A.Next();
        Assert.InRange(final.Status, 400, 599);
        A.AckNon2xx(invite, final);
    }
}
