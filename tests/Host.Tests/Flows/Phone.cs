using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>What a phone does before and between calls, by a user agent of raw octets.</summary>
internal static class Phone
{
    /// <summary>Registers the name of the agent at home.test, at its own address unless told otherwise.</summary>
    public static void Register(SimUserAgent agent, string? user = null, string? contact = null) =>
        Expect200(agent, user, static (request, c) => request.Add("Contact", c), contact ?? agent.Contact, bindings: 1);

    /// <summary>Takes every contact away.</summary>
    public static void Unregister(SimUserAgent agent) =>
        Expect200(agent, null, static (request, c) => request.Add("Contact", c).Add("Expires", "0"), "*", bindings: 0);

    /// <summary>Alice calls bob, who is registered: the INVITE, its copy at bob, and the 200 as it arrived.</summary>
    public static (WireMessage Invite, WireMessage AtBob, WireMessage Ok) Call(SimUserAgent alice, SimUserAgent bob)
    {
        var invite = alice.Ask("INVITE", "sip:bob@home.test");
        alice.Expect(100);
        var atBob = bob.Expect("INVITE");
        bob.Reply(atBob, 200, "OK");
        var ok = alice.Expect(200, "INVITE");
        alice.Ack(invite, ok);
        bob.Expect("ACK");
        return (invite, atBob, ok);
    }

    private static void Expect200(SimUserAgent agent, string? user, Func<WireMessage, string, WireMessage> change, string contact, int bindings)
    {
        var request = agent.Request("REGISTER", "sip:home.test");
        if (user is not null)
        {
            request.Set("To", $"<sip:{user}@home.test>");
        }
        else
        {
            request.Set("To", request["From"].Split(';')[0]);
        }

        agent.Send(change(request, contact));
        Assert.Equal(bindings, agent.Expect(200, "REGISTER").All("Contact").Count);
    }
}
