using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// The registrations of RFC 3665 §2, with the credentials that a registrar without authentication ignores: each 200 has
/// the Contacts that the RFC prints. How long a Contact that asks for nothing lasts is the registrar's choice.
/// </summary>
public sealed class Rfc3665RegisterTests
{
    private readonly Rfc3665World _world = new();
    private int _others;

    [Theory]
    [InlineData("2.1", 3, 4, false, false)]
    [InlineData("2.2", 1, 2, true, false)]
    [InlineData("2.3", 1, 2, true, true)]
    [InlineData("2.4", 1, 2, true, true)]
    public void A_registration_ends_as_printed(string flow, int request, int response, bool isBound, bool hasMail)
    {
        var messages = Rfc3665Message.Read(flow);
        if (isBound)
        {
            Bind("<sips:bob@client.biloxi.example.com>");
        }

        if (hasMail)
        {
            Bind("<mailto:bob@biloxi.example.com>");
        }

        var printed = messages.Single(m => m.Number == response).Parse();
        var answer = Send(messages.Single(m => m.Number == request).Parse());
        Assert.Equal(printed.StartLine, answer.StartLine);
        Assert.Equal(printed.All("Contact").Select(WireText.Uri).Order(StringComparer.Ordinal), answer.All("Contact").Select(WireText.Uri).Order(StringComparer.Ordinal));
        Assert.All(answer.All("Contact"), static contact => Assert.NotNull(WireText.Param(contact, "expires")));
        foreach (var name in (string[])["From", "Call-ID", "CSeq", "Content-Length"])
        {
            Assert.Equal(printed[name], answer[name]);
        }

        Assert.Equal("192.0.2.201", WireText.Param(Assert.Single(answer.Vias), "received"));
        Assert.NotNull(answer.ToTag);
        _world.Verify();
    }

    private void Bind(string contact)
    {
        // From another Call-ID, so that the order of CSeq numbers does not come into it (RFC 3261 §10.3 step 7).
        var request = Rfc3665Message.Read("2.1").Single(static m => m.Number == 1).Parse();
        request.Set("Call-ID", $"other-{++_others}").Set("Contact", contact).Set("Via", $"SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bK-other-{_others}");
        Assert.Equal(200, Send(request).Status);
    }

    private WireMessage Send(WireMessage request)
    {
        _world.Send("Bob", "Proxy-2", request.ToOctets(), port: 5061);
        return _world.Take("Proxy-2", "Bob");
    }
}
