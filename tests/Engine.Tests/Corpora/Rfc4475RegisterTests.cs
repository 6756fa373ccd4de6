using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>The REGISTERs of RFC 4475 at the registrar of example.com: what is bound, and what is not.</summary>
public sealed class Rfc4475RegisterTests
{
    private readonly TortureBed _bed = TortureBed.Home();
    private int _fetches;

    [Fact]
    public void S3_1_1_4_escnull_binds_two_users_whose_names_are_NULs()
    {
        Assert.Equal("200", _bed.Send(Rfc4475Cases.Read("escnull")));
        string[] contacts = ["<sip:%00@host5.example.com>;expires=3600", "<sip:%00%00@host5.example.com>;expires=3600"];
        Assert.Equal(contacts, _bed.Answer().All("Contact").Order(StringComparer.Ordinal).Reverse());

        // A name that ends at the first NUL would be one of these.
        Assert.Empty(Fetch("sip:null-@example.com"));
        Assert.Empty(Fetch("sip:null-%00@example.com"));
        Assert.Equal(2, Fetch("sip:null-%00-null@example.com").Count);
    }

    [Fact]
    public void S3_1_1_5_esc02_is_no_REGISTER_and_binds_nothing()
    {
        Assert.Equal("forwarded", _bed.Send(Rfc4475Cases.Read("esc02")));
        Assert.Empty(Fetch("sip:resource@example.com"));
    }

    [Theory]
    [InlineData("scalar02", "sip:user@example.com", 1)]
    [InlineData("regbadct", "sip:user@example.com", 1)]
    [InlineData("unksm2", "sip:name@example.com", 0)]
    public void What_is_refused_binds_nothing(string file, string user, int before)
    {
        Assert.Equal(before, Fetch(user).Count);
        Assert.Equal("400", _bed.Send(Rfc4475Cases.Read(file)));
        Assert.Equal(before, Fetch(user).Count);
    }

    [Theory]
    [InlineData("cparam01", "<sip:+19725552222@gw1.example.net>;expires=3600")]
    [InlineData("cparam02", "<sip:+19725552222@gw1.example.net;unknownparam>;expires=3600")]
    public void S3_3_12_13_a_parameter_belongs_to_the_URI_only_inside_the_brackets(string file, string contact)
    {
        Assert.Equal("200", _bed.Send(Rfc4475Cases.Read(file)));
        Assert.Equal([contact], Fetch("sip:watson@example.com").Select(WithoutUnknown));

        // A call to the binding has in its Request-URI what was inside the brackets.
        var caller = new SimUserAgent(_bed.Bed, _bed.Sender(5071), "caller");
        caller.Ask("MESSAGE", "sip:watson@example.com");
        _bed.Bed.Pass(100);
        var sent = _bed.Bed.Engine.Sent.Select(static s => System.Text.Encoding.Latin1.GetString(s.Octets)).First(static t => t.StartsWith("MESSAGE ", StringComparison.Ordinal));
        Assert.Equal(WireText.Uri(contact), sent.Split(' ')[1]);

        string WithoutUnknown(string value)
        {
            // Whether the registrar shows a contact parameter that it does not know is its own affair.
            var end = value.IndexOf('>', StringComparison.Ordinal) + 1;
            return value[..end] + value[end..].Replace(";unknownparam", "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void S3_3_14_regescrt_keeps_its_escaped_header_and_no_Request_URI_shows_it()
    {
        Assert.Equal("200", _bed.Send(Rfc4475Cases.Read("regescrt")));
        Assert.Contains("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;expires=3600", Fetch("sip:user@example.com"));

        // RFC 3261 §16.6 step 2. The binding names us again, so the request spirals; what left first is what counts.
        var caller = new SimUserAgent(_bed.Bed, _bed.Sender(5071), "caller");
        caller.Ask("MESSAGE", "sip:user@example.com");
        _bed.Bed.Pass(100);
        var uris = _bed.Bed.Engine.Sent.Select(static s => System.Text.Encoding.Latin1.GetString(s.Octets)).Where(static t => t.StartsWith("MESSAGE ", StringComparison.Ordinal))
            .Select(static t => t.Split(' ')[1]).ToHashSet();
        Assert.Equal(["sip:user@203.0.113.9:5060", "sip:user@example.com"], uris.Order(StringComparer.Ordinal));
        Assert.All(_bed.Bed.Engine.Sent, static s => Assert.DoesNotContain("\r\nRoute:", System.Text.Encoding.Latin1.GetString(s.Octets)));
    }

    private List<string> Fetch(string user)
    {
        var agent = new SimUserAgent(_bed.Bed, _bed.Sender(5072), "fetch");
        agent.Send(agent.Request("REGISTER", "sip:example.com").Set("To", $"<{user}>").Set("From", $"<{user}>;tag=f{++_fetches}")
            .Set("Call-ID", $"fetch-{_fetches}").Set("Via", $"SIP/2.0/UDP {agent.Address};branch=z9hG4bK-fetch-{_fetches}"));
        return agent.Expect(200, "REGISTER").All("Contact");
    }
}
