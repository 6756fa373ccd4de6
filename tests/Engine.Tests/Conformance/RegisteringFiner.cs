using System.Globalization;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Groups K and L of the checklist: finer points of the registrar, and Path (RFC 3327).</summary>
public class RegisteringFiner : ConformanceTest
{
    [Fact]
    public void C113_the_Path_is_stored_returned_and_used_as_Route()
    {
        Bed.SetHost("p2.test", D.Host);
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Set("Supported", "path").Add("Path", "<sip:p2.test;lr>, <sip:p1.test;lr>"));
        Assert.Equal(["<sip:p2.test;lr>", "<sip:p1.test;lr>"], B.Expect(200).All("Path"));
        A.Ask("MESSAGE", "sip:b@home.test");
        var atEdge = D.Expect("MESSAGE");
        Assert.Equal(["<sip:p2.test;lr>", "<sip:p1.test;lr>"], atEdge.All("Route"));
        Assert.Equal("sip:b@127.0.0.3:5060", atEdge.RequestUri);
        D.Reply(atEdge, 200);
        A.Expect(200);
        B.Silence(100);
    }

    /// <summary>RFC 3327 §5.3: the path belongs to its binding; an update without Path takes it away.</summary>
    [Fact]
    public void C115_each_binding_has_its_own_Path_and_an_update_replaces_it()
    {
        Bed.SetHost("p1.test", D.Host);
        Register(C, "b", "<sip:c@127.0.0.4:5060>");
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Set("Supported", "path").Add("Path", "<sip:p1.test;lr>"));
        B.Expect(200);
        A.Ask("MESSAGE", "sip:b@home.test");
        Assert.Empty(C.Expect("MESSAGE").All("Route"));
        Assert.Equal(["<sip:p1.test;lr>"], D.Expect("MESSAGE").All("Route"));
        Bed.Pass(60_000);
        C.Drain(0);
        D.Drain(0);
        A.Drain(0);

        Assert.Empty(Register(B, "b", "<sip:b@127.0.0.3:5060>").All("Path"));
        A.Ask("MESSAGE", "sip:b@home.test");
        Assert.Empty(B.Expect("MESSAGE").All("Route"));
        D.Silence(100);
    }

    [Fact]
    public void C161_a_REGISTER_without_Contact_shows_and_changes_nothing()
    {
        RegisterB();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(["sip:b@127.0.0.3:5060"], Register(C, "b").All("Contact").Select(WireText.Uri));
        }

        Assert.Empty(Register(C, "nobody-at-all").All("Contact"));
    }

    [Fact]
    public void C162_a_REGISTER_for_a_foreign_domain_is_forwarded()
    {
        Bed.SetHost("far.test", C.Host);
        var request = RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Set("To", "<sip:b@far.test>");
        request.StartLine = "REGISTER sip:far.test SIP/2.0";
        B.Send(request);
        var there = C.Expect("REGISTER");
        Assert.Equal("sip:far.test", there.RequestUri);
        Assert.Equal(["<sip:b@127.0.0.3:5060>"], there.Lines("Contact"));
        C.Reply(there, 200);
        B.Expect(200);
    }

    [Fact]
    public void C163_Record_Route_in_a_REGISTER_is_ignored()
    {
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Add("Record-Route", "<sip:evil.test;lr>"));
        Assert.False(B.Expect(200).Has("Record-Route"));
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        Assert.Empty(atB.All("Route"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §10.3: REGISTERs of one address-of-record are processed in the order they came, each as a whole.</summary>
    [Fact]
    public void C164_REGISTERs_are_processed_in_order()
    {
        B.Send(RegisterRequest(B, "b", "<sip:one@127.0.0.3>"));
        B.Send(RegisterRequest(B, "b", "<sip:two@127.0.0.3>"));
        B.Send(RegisterRequest(B, "b", "<sip:one@127.0.0.3>;expires=0"));
        int[] counts = [.. Enumerable.Range(0, 3).Select(_ => B.Expect(200).All("Contact").Count)];
        Assert.Equal([1, 2, 1], counts);
        Assert.Equal(["sip:two@127.0.0.3"], Register(C, "b").All("Contact").Select(WireText.Uri));
    }

    /// <summary>A copy of a REGISTER (same branch) is no second REGISTER: the same answer, not a CSeq failure (§17.2.2).</summary>
    [Fact]
    public void C164_a_retransmitted_REGISTER_gets_its_200_again()
    {
        var request = B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>"));
        B.Expect(200);
        B.Send(request);
        B.Expect(200);
    }

    [Fact]
    public void C165_a_binding_is_gone_when_it_expires()
    {
        Start(static options => options.MinExpires = 1);
        Register(B, "b", "<sip:b@127.0.0.3:5060>;expires=3");
        Bed.Pass(2900);
        A.Ask("MESSAGE", "sip:b@home.test");
        B.Reply(B.Expect("MESSAGE", 20), 200);
        A.Expect(200);
        Bed.Pass(100);
        A.Ask("INVITE", "sip:b@home.test");
        A.Expect(480, "INVITE");
        B.Silence();
        Assert.Empty(Register(C, "b").All("Contact"));
    }

    [Fact]
    public void C166_the_parameters_of_a_Contact_come_back()
    {
        const string Contact = "<sip:b@127.0.0.3:5060;ob>;q=0.7;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";methods=\"INVITE, BYE\";x-flag";
        var back = Register(B, "b", Contact).All("Contact").Single();
        Assert.Equal("sip:b@127.0.0.3:5060;ob", WireText.Uri(back));
        Assert.Equal(0.7, double.Parse(WireText.Param(back, "q")!, CultureInfo.InvariantCulture));
        Assert.Equal("\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"", WireText.Param(back, "+sip.instance"));
        Assert.Equal("\"INVITE, BYE\"", WireText.Param(back, "methods"));
        Assert.Equal("", WireText.Param(back, "x-flag"));
    }

    [Fact]
    public void C166_the_greater_q_is_tried_first_whatever_the_order()
    {
        Register(C, "seq", "<sip:c@127.0.0.4:5060>;q=0.5");
        Register(B, "seq", "<sip:b@127.0.0.3:5060>;q=0.9");
        Register(D, "seq", "<sip:d@127.0.0.5:5060>");
        A.Ask("MESSAGE", "sip:seq@home.test");

        // No q counts as 1.0 here (RFC 3261 §20.10 leaves it open; a phone that says nothing wants to ring).
        foreach (var callee in (SimUserAgent[])[D, B, C])
        {
            callee.Reply(callee.Expect("MESSAGE"), 404);
        }

        A.Expect(404);
    }

    /// <summary>RFC 3261 §20.10: without angle brackets, parameters are the header's and not the URI's.</summary>
    [Fact]
    public void C167_parameters_without_brackets_are_header_parameters()
    {
        var back = Register(B, "b", "sip:b@127.0.0.3:5060;expires=100;q=0.5").All("Contact").Single();
        Assert.Equal("sip:b@127.0.0.3:5060", WireText.Uri(back));
        Assert.Equal("100", WireText.Param(back, "expires"));
    }

    /// <summary>RFC 3261 §20.10, §10.2.1.1: a malformed expires counts as 3600.</summary>
    [Theory]
    [InlineData("<sip:b@127.0.0.3:5060>;expires=soon", null)]
    [InlineData("<sip:b@127.0.0.3:5060>;expires=\"\"", null)]
    [InlineData("<sip:b@127.0.0.3:5060>", "soon")]
    public void C167_a_malformed_expiry_counts_as_3600(string contact, string? header)
    {
        var request = RegisterRequest(B, "b", contact);
        if (header is not null)
        {
            request.Set("Expires", header);
        }

        B.Send(request);
        Assert.Equal("3600", WireText.Param(B.Expect(200).All("Contact").Single(), "expires"));
    }

    /// <summary>RFC 3261 §10.3 step 6 allows any number of Contact lines and lists; each value is one binding.</summary>
    [Fact]
    public void C167_Contact_lists_and_lines_are_the_same()
    {
        var ok = Register(B, "b", "<sip:one@127.0.0.3>, \"Two, too\" <sip:two@127.0.0.3>;q=0.1", "<sip:three@127.0.0.3>");
        Assert.Equal(3, ok.All("Contact").Count);
    }

    /// <summary>RFC 3327 §5.3: policy. A Path that the user agent does not know of is accepted or refused with 420, and never half of each.</summary>
    [Fact]
    public void C168_a_Path_without_Supported_is_accepted_or_refused()
    {
        B.Send(RegisterRequest(B, "b", "<sip:b@127.0.0.3:5060>").Add("Path", "<sip:p1.test;lr>"));
        var answer = B.Next();
        Assert.Contains(answer.Status, (int[])[200, 420]);
        Assert.Equal(answer.Status == 200 ? 1 : 0, Register(C, "b").All("Contact").Count);
    }
}
