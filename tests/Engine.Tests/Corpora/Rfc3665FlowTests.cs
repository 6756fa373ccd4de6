using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// The call flows of RFC 3665 from end to end: the user agents send what the RFC prints, and every message of every
/// proxy is the one that the RFC prints there, in its order, and no other.
/// </summary>
public sealed class Rfc3665FlowTests
{
    private readonly Rfc3665World _world = new();

    /// <summary>Where Via, Record-Route and Route of this run stand for those of the RFC: the last request that each user agent got.</summary>
    private readonly Dictionary<(string Agent, string Method), WireMessage> _received = [];

    private readonly Dictionary<string, string> _recordRoutes = [];

    // The first messages of some flows are about digest authentication by a proxy, which is not there: the flow begins
    // with the request that has passed it. The direct calls of 3.1, the rest of 3.7 and the back-to-back agent of 3.5
    // have no proxy in them.
    [Theory]
    [InlineData("3.2", 4, 23)]
    [InlineData("3.3", 11, 21)]
    [InlineData("3.4", 11, 23)]
    [InlineData("3.6", 4, 16)]
    [InlineData("3.7", 1, 7)]
    [InlineData("3.8", 1, 20)]
    [InlineData("3.9", 1, 11)]
    [InlineData("3.11", 1, 14)]
    public void Every_message_of_a_proxy_is_as_printed(string flow, int first, int last)
    {
        var messages = Rfc3665Message.Read(flow).Where(m => m.Number >= first && m.Number <= last).ToList();
        Register("Bob", "Proxy-2", "sip:bob@biloxi.example.com", "<sip:bob@client.biloxi.example.com>");
        Register("Bob in Chicago", "Proxy-3", "sip:bob@chicago.example.com", "<sip:bob@client.chicago.example.com>");
        foreach (var message in messages)
        {
            if (message.IsFromProxy)
            {
                var sent = _world.Take(message.From, message.To);
                Rfc3665Golden.Check(message, sent);
                Remember(message.To, sent);
            }
            else
            {
                _world.Send(message.From, message.To, Live(message).ToOctets());
            }
        }

        Assert.Empty(_world.Wire);
        _world.Verify();
    }

    [Fact]
    public void F3_10_no_response_is_asked_for_seven_times_and_then_given_up()
    {
        // The RFC's proxy says 480 after its retransmissions; RFC 3261 §16.7 step 6 has a 408 for a timer that fired.
        var messages = Rfc3665Message.Read("3.10");
        Register("Bob", "Proxy-2", "sip:bob@biloxi.example.com", "<sip:bob@client.biloxi.example.com>");
        _world.Send("Alice", "Proxy-1", messages[0].Octets);
        foreach (var message in messages.Where(static m => m.Number is > 1 and <= 5))
        {
            Rfc3665Golden.Check(message, _world.Take(message.From, message.To));
        }

        _world.Run(32_000);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal("INVITE", _world.Take("Proxy-2", "Bob").Method);
        }

        Assert.Equal(408, _world.Take("Proxy-2", "Proxy-1").Status);
        Rfc3665Golden.Check(messages.Single(static m => m.Number == 13), WithTag(_world.Take("Proxy-1", "Proxy-2")));
        var final = _world.Take("Proxy-1", "Alice");
        Assert.Equal(408, final.Status);
        _world.Send("Alice", "Proxy-1", messages.Single(static m => m.Number == 15).Parse().Set("To", final["To"]).ToOctets());
        Assert.Empty(_world.Wire);
        _world.Verify();

        // The tag of whoever made the final response.
        static WireMessage WithTag(WireMessage ack) => ack.Set("To", "Bob <sip:bob@biloxi.example.com>;tag=314159");
    }

    /// <summary>The message of a user agent, answering what it really got and on the routes that were really recorded.</summary>
    private WireMessage Live(Rfc3665Message message)
    {
        var live = message.Parse();
        if (!live.IsRequest)
        {
            var request = _received[(message.From, live.CSeqMethod)];
            Replace(live, "Via", request.Vias);
            if (live.Has("Record-Route"))
            {
                Replace(live, "Record-Route", request.All("Record-Route"));
            }
        }
        else if (live.ToTag is not null && live.Has("Route"))
        {
            Replace(live, "Route", [.. live.All("Route").Select(route => _recordRoutes[WireText.HostPort(WireText.Uri(route))])]);
        }

        return live;
    }

    private void Remember(string agent, WireMessage message)
    {
        message.All("Record-Route").ForEach(route => _recordRoutes[WireText.HostPort(WireText.Uri(route))] = route);
        if (message.IsRequest)
        {
            _received[(agent, message.Method)] = message;
        }
    }

    private void Register(string agent, string registrar, string user, string contact)
    {
        var host = agent == "Bob" ? "client.biloxi.example.com" : "client.chicago.example.com";
        _world.Send(agent, registrar, new WireMessage($"REGISTER {user.Replace("bob@", "", StringComparison.Ordinal)} SIP/2.0")
            .Add("Via", $"SIP/2.0/UDP {host}:5060;branch=z9hG4bKregister").Add("Max-Forwards", "70").Add("From", $"<{user}>;tag=register")
            .Add("To", $"<{user}>").Add("Call-ID", "register").Add("CSeq", "1 REGISTER").Add("Contact", contact).Add("Content-Length", "0").ToOctets());
        Assert.Equal(200, _world.Take(registrar, agent).Status);
    }

    private static void Replace(WireMessage message, string name, List<string> values)
    {
        message.Remove(name);
        for (var i = values.Count - 1; i >= 0; i--)
        {
            message.AddFirst(name, values[i]);
        }
    }
}
