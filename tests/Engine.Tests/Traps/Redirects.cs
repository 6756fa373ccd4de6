using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>RFC 3261 §16.5, §16.7 step 4: the Contacts of a 3xx taken into the target set, when that is switched on.</summary>
public sealed class Redirects : ConformanceTest
{
    protected override void Configure(SipEngineOptions options) => options.RecurseRedirects = true;

    [Fact]
    public void A_redirect_is_followed_and_not_passed_on()
    {
        RegisterB();
        var (invite, atB) = Invite();
        Redirect(atB, "<sip:c@127.0.0.4:5060>");
        var atC = C.Expect("INVITE");
        Assert.Equal("sip:c@127.0.0.4:5060", atC.RequestUri);
        C.Reply(atC, 200);
        A.Ack(invite, A.Expect(200, "INVITE"));
        C.Expect("ACK");
    }

    [Fact]
    public void Its_Contacts_are_tried_in_the_order_of_their_q()
    {
        RegisterB();
        var (_, atB) = Invite();
        Redirect(atB, "<sip:d@127.0.0.5:5060>;q=0.2, <sip:c@127.0.0.4:5060>;q=0.7");
        C.Reply(C.Expect("INVITE"), 404);
        C.Expect("ACK");
        D.Reply(D.Expect("INVITE"), 200);
        A.Expect(200, "INVITE");
    }

    [Fact]
    public void A_circle_of_redirects_ends()
    {
        RegisterB();
        var (invite, atB) = Invite();
        Redirect(atB, "<sip:c@127.0.0.4:5060>");
        var atC = C.Expect("INVITE");
        C.Send(C.Answer(atC, 302).Add("Contact", "<sip:b@127.0.0.3:5060>"));
        C.Expect("ACK");
        ExpectFinal(invite, 302);
        B.Silence();
    }

    [Theory]
    [InlineData("<tel:+12015550123>")]
    [InlineData("<mailto:b@home.test>, <sip:c@127.0.0.4:5060>")]
    [InlineData(null)]
    public void What_cannot_be_followed_goes_to_the_caller(string? contact)
    {
        RegisterB();
        var (invite, atB) = Invite();
        Redirect(atB, contact);
        if (contact?.Contains("sip:c", StringComparison.Ordinal) == true)
        {
            // Following the SIP part only is allowed too; then the rest waits in the response (§16.7 step 4).
            if (C.Endpoint.Take(100) is { } arrival)
            {
                C.Reply(WireMessage.Read(arrival), 404);
                C.Expect("ACK");
            }
        }

        var final = A.Next();
        Assert.InRange(final.Status, 300, 499);
        A.AckNon2xx(invite, final);
        B.Silence(300);
    }

    [Fact]
    public void After_a_CANCEL_nothing_is_followed()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        A.Cancel(invite);
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        Redirect(atB, "<sip:c@127.0.0.4:5060>");
        var final = A.Next();
        Assert.Contains(final.Status, (int[])[302, 487]);
        A.AckNon2xx(invite, final);
        C.Silence();
    }

    /// <summary>RFC 3261 §16.7 step 4: the Contacts are tried as they come, while C still rings.</summary>
    [Fact]
    public void A_redirect_in_one_branch_waits_for_nothing()
    {
        var (_, atB, atC) = InviteFork();
        C.Reply(atC, 180);
        A.Expect(180);
        Redirect(atB, "<sip:d@127.0.0.5:5060>");
        var atD = D.Expect("INVITE");
        C.Reply(atC, 486);
        C.Expect("ACK");
        D.Reply(atD, 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>RFC 5393 §5.3.3: what is tried beside a phone that rings shares the breadth with it.</summary>
    [Fact]
    public void What_is_tried_beside_a_ringing_phone_has_the_breadth_of_the_branch_that_redirected()
    {
        RegisterFork();
        var (_, atB) = Invite(A.Request("INVITE", "sip:fork@home.test").Add("Max-Breadth", "2"));
        var atC = C.Expect("INVITE");
        C.Reply(atC, 180);
        A.Expect(180);
        Redirect(atB, "<sip:d@127.0.0.5:5060>, <sip:e@127.0.0.6:5060>");
        var atD = D.Expect("INVITE");
        Assert.Equal("1", atD["Max-Breadth"]);
        var e = Agent("e", "127.0.0.6:5060");
        e.Silence(100);
        D.Reply(atD, 486);
        D.Expect("ACK");
        var atE = e.Expect("INVITE");
        C.Reply(atC, 486);
        C.Expect("ACK");
        e.Reply(atE, 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>A binding of lower q still waits until nothing rings any more.</summary>
    [Fact]
    public void A_redirect_does_not_hurry_a_binding_of_lower_q()
    {
        Register(B, "fork", "<sip:b@127.0.0.3:5060>");
        Register(C, "fork", "<sip:c@127.0.0.4:5060>");
        var e = Agent("e", "127.0.0.6:5060");
        Register(e, "fork", "<sip:e@127.0.0.6:5060>;q=0.5");
        var (_, atB) = Invite("sip:fork@home.test");
        var atC = C.Expect("INVITE");
        Redirect(atB, "<sip:d@127.0.0.5:5060>");
        var atD = D.Expect("INVITE");
        e.Silence(100);
        D.Reply(atD, 486);
        D.Expect("ACK");
        e.Silence(100);
        C.Reply(atC, 486);
        C.Expect("ACK");
        e.Reply(e.Expect("INVITE"), 200);
        A.Expect(200, "INVITE");
    }

    /// <summary>RFC 5630 §5.3: a proxy MUST NOT recurse from sip to sips.</summary>
    [Fact]
    public void A_sips_Contact_is_not_followed_by_a_sip_request()
    {
        RegisterB();
        var (invite, atB) = Invite();
        Redirect(atB, "<sips:c@127.0.0.4:5060>");
        ExpectFinal(invite, 302);
        C.Silence(100);
    }

    private void Redirect(WireMessage request, string? contact)
    {
        var response = B.Answer(request, 302);
        if (contact is not null)
        {
            response.Add("Contact", contact);
        }

        B.Send(response);
        B.Expect("ACK");
    }
}
