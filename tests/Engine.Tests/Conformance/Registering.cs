using System.Globalization;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group K of the checklist: the registrar (RFC 3261 §10.3).</summary>
public class Registering : ConformanceTest
{
    private const string AtB = "<sip:b@127.0.0.3:5060>";
    private const string AtC = "<sip:b@127.0.0.4:5060>";

    [Fact]
    public void C102_the_200_lists_all_bindings_with_their_expiry()
    {
        Register(B, "b", AtB);
        var ok = Register(C, "b", AtC, "<sip:b@127.0.0.5:5060>");
        var contacts = ok.All("Contact");
        Assert.Equal(
            ["sip:b@127.0.0.3:5060", "sip:b@127.0.0.4:5060", "sip:b@127.0.0.5:5060"], contacts.Select(WireText.Uri).Order(StringComparer.Ordinal));
        Assert.All(contacts, static c => Assert.InRange(Expires(c), 1, 7200));
        Assert.EndsWith(" GMT", ok["Date"]);
        Assert.NotNull(ok.ToTag);
    }

    [Theory]
    [InlineData(";expires=100", "500", 100)]
    [InlineData("", "500", 500)]
    [InlineData("", null, 3600)]
    [InlineData(";expires=100000", null, 7200)]
    [InlineData(";expires=4294967295", null, 7200)]
    public void C103_the_parameter_counts_before_the_header_before_the_default(string parameter, string? header, int expected)
    {
        var request = RegisterRequest(B, "b", AtB + parameter);
        if (header is not null)
        {
            request.Set("Expires", header);
        }

        B.Send(request);
        Assert.Equal(expected, Expires(B.Expect(200).All("Contact").Single()));
    }

    [Theory]
    [InlineData(60, 1, true)]
    [InlineData(60, 59, true)]
    [InlineData(60, 60, false)]
    [InlineData(3600, 3599, true)]
    [InlineData(3600, 3600, false)]
    [InlineData(3600, 7200, false)]
    public void C104_too_brief_gets_423(int minimum, int asked, bool tooBrief)
    {
        Start(options => options.MinExpires = minimum);
        B.Send(RegisterRequest(B, "b", $"{AtB};expires={asked}"));
        var answer = B.Next();
        Assert.Equal(tooBrief ? 423 : 200, answer.Status);
        Assert.Equal(tooBrief ? minimum.ToString(CultureInfo.InvariantCulture) : null, answer.Find("Min-Expires"));
        Assert.Equal(tooBrief ? 0 : 1, Bindings("b").Count);
    }

    [Fact]
    public void C104_an_expiry_of_0_removes()
    {
        RegisterB();
        Assert.Empty(Register(B, "b", AtB + ";expires=0").All("Contact"));
        Assert.Empty(Bindings("b"));
    }

    [Fact]
    public void C105_a_star_removes_all()
    {
        Register(B, "b", AtB, AtC);
        B.Send(RegisterRequest(B, "b", "*").Set("Expires", "0"));
        Assert.Empty(B.Expect(200).All("Contact"));
        Assert.Empty(Bindings("b"));
    }

    [Theory]
    [InlineData("10", "*")]
    [InlineData("0", "*", AtC)]
    [InlineData("0", AtC, "*")]
    [InlineData(null, "*")]
    [InlineData(null, "*;expires=0")]
    public void C105_a_star_in_any_other_way_is_refused_and_removes_nothing(string? expires, params string[] contacts)
    {
        RegisterB();
        var request = RegisterRequest(B, "b", contacts);
        if (expires is not null)
        {
            request.Set("Expires", expires);
        }

        B.Send(request);
        B.Expect(400);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Bindings("b"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9)]
    public void C106_the_same_Call_ID_needs_a_higher_CSeq(int cseq)
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("CSeq", "10 REGISTER"));
        B.Expect(200);
        B.Send(RegisterRequest(B, "b", AtB + ";expires=0").Set("CSeq", $"{cseq} REGISTER"));
        B.Expect(500);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Bindings("b"));
        B.Send(RegisterRequest(B, "b", AtB + ";expires=200").Set("CSeq", "11 REGISTER"));
        Assert.Equal(200, Expires(B.Expect(200).All("Contact").Single()));
    }

    [Fact]
    public void C106_another_Call_ID_may_have_a_lower_CSeq()
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("CSeq", "10 REGISTER"));
        B.Expect(200);
        B.Send(RegisterRequest(B, "b", AtB + ";expires=300").Set("CSeq", "1 REGISTER").Set("Call-ID", "after-a-restart"));
        Assert.Equal(300, Expires(B.Expect(200).All("Contact").Single()));
    }

    /// <summary>RFC 3261 §10.3 step 7: all updates and additions, or none of them.</summary>
    [Fact]
    public void C107_a_REGISTER_is_all_or_nothing()
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("CSeq", "10 REGISTER"));
        B.Expect(200);
        B.Send(RegisterRequest(B, "b", "<sip:new@127.0.0.5:5060>", AtB).Set("CSeq", "5 REGISTER"));
        B.Expect(500);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Bindings("b"));

        B.Send(RegisterRequest(B, "b", "<sip:new@127.0.0.5:5060>", AtB + ";expires=1").Set("CSeq", "12 REGISTER"));
        B.Expect(423);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Bindings("b"));
    }

    /// <summary>RFC 3261 §10.3 step 7: an update changes expiry and q of the binding it names and of no other.</summary>
    [Fact]
    public void C107_an_update_touches_only_the_binding_it_names()
    {
        Register(B, "b", AtB + ";q=0.2;expires=100", AtC + ";q=0.3;expires=200");
        var contacts = Register(B, "b", AtB + ";q=0.9;expires=300").All("Contact").ToDictionary(WireText.Uri);
        Assert.Equal(300, Expires(contacts["sip:b@127.0.0.3:5060"]));
        Assert.Equal(0.9, double.Parse(WireText.Param(contacts["sip:b@127.0.0.3:5060"], "q")!, CultureInfo.InvariantCulture));
        Assert.InRange(Expires(contacts["sip:b@127.0.0.4:5060"]), 199, 200);
    }

    /// <summary>RFC 3261 §19.1.4: which URIs are one binding and which are two.</summary>
    [Theory]
    [InlineData("<sip:b@127.0.0.3:5060>", "<sip:%62@127.0.0.3:5060>", 1)]
    [InlineData("<sip:b@Host.test;transport=udp>", "<SIP:b@host.TEST;TRANSPORT=UDP>", 1)]
    [InlineData("<sip:b@127.0.0.3;a=1;b=2>", "<sip:b@127.0.0.3;b=2;a=1>", 1)]
    [InlineData("<sip:b@127.0.0.3;x-only-here=1>", "<sip:b@127.0.0.3>", 1)]
    [InlineData("<sip:b@127.0.0.3>;q=0.1", "sip:b@127.0.0.3", 1)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:b@127.0.0.3:5060>", 2)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:B@127.0.0.3>", 2)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:127.0.0.3>", 2)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:b@127.0.0.3;transport=udp>", 2)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:b@127.0.0.3;user=phone>", 2)]
    [InlineData("<sip:b@127.0.0.3;a=1>", "<sip:b@127.0.0.3;a=2>", 2)]
    [InlineData("<sip:b@127.0.0.3>", "<sip:b@127.0.0.3?Subject=x>", 2)]
    public void C108_Contacts_are_compared_as_URIs(string first, string second, int bindings)
    {
        Register(B, "b", first);
        Register(B, "b", second);
        Assert.Equal(bindings, Bindings("b").Count);
    }

    [Fact]
    public void C109_an_address_of_record_of_another_domain_gets_404()
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("To", "<sip:x@other.test>"));
        B.Expect(404);
    }

    [Fact]
    public void C110_the_address_of_record_is_canonical()
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("To", "\"B\" <sip:%62@home.test;user=phone;tag2=1>"));
        B.Expect(200);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Bindings("b"));
        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE"), 200);
        A.Expect(200);
    }

    [Fact]
    public void C112_an_unknown_Require_gets_420()
    {
        B.Send(RegisterRequest(B, "b", AtB).Set("Require", "foo"));
        Assert.Equal(["foo"], B.Expect(420).All("Unsupported"));
        Assert.Empty(Bindings("b"));
    }

    /// <summary>The Contact URIs that a REGISTER without Contact shows.</summary>
    private List<string> Bindings(string user) => [.. Register(D, user).All("Contact").Select(WireText.Uri)];

    private static int Expires(string contact) => int.Parse(WireText.Param(contact, "expires")!, CultureInfo.InvariantCulture);
}
