using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>RFC 3261 §10.3 step by step: group K of the conformance checklist, as far as the registrar itself decides.</summary>
public sealed class RegistrarStepsTests
{
    private const string One = "sip:b@127.0.0.3:5060";
    private const string Two = "sip:b@127.0.0.4:5060";

    private readonly RegistrarFixture _registrar = new();

    [Fact]
    public void C102_the_200_lists_all_bindings_each_with_expires_and_a_date()
    {
        var reply = _registrar.Register($"Contact: <{One}>;expires=100, <{Two}>;expires=200", 1);

        Assert.Equal(200, reply.Status);
        Assert.Equal([$"<{One}>;expires=100", $"<{Two}>;expires=200"], reply.Contacts);
        Assert.Equal("Fri, 02 Jan 2026 03:04:05 GMT", reply.Header("Date"));
        Assert.Equal(2, reply.Verdict.Bindings);
        Assert.Equal("<sip:b@home.test>;tag=to-tag", reply.Header("To"));

        _registrar.Advance(30);
        reply = _registrar.Register("Contact: <sip:c@127.0.0.5>;expires=60", 1, callId: "other");
        Assert.Equal([$"<{One}>;expires=70", $"<{Two}>;expires=170", "<sip:c@127.0.0.5>;expires=60"], reply.Contacts);
        Assert.Equal("Fri, 02 Jan 2026 03:04:35 GMT", reply.Header("Date"));
    }

    [Fact]
    public void The_Date_goes_with_the_clock_of_the_system_when_that_steps()
    {
        _registrar.Advance(30);
        _registrar.Wall.Adjust(RegistrarFixture.UnixMillisecondsAtTickZero + 30_000 + 3_600_000, _registrar.Now);
        Assert.Equal("Fri, 02 Jan 2026 04:04:35 GMT", _registrar.Register($"Contact: <{One}>", 1).Header("Date"));
    }

    [Theory]
    [InlineData(";expires=100", "Expires: 500", 100)]
    [InlineData("", "Expires: 500", 500)]
    [InlineData("", "", 3600)]
    [InlineData(";expires=99999999999999999999", "", 7200)]
    [InlineData(";expires=abc", "Expires: 500", 3600)]
    [InlineData(";expires=-5", "Expires: 500", 3600)]
    [InlineData(";expires", "Expires: 500", 3600)]
    [InlineData(";expires=", "Expires: 500", 3600)]
    [InlineData("", "Expires: soon", 3600)]
    [InlineData("", "Expires: 4294967296", 7200)]
    [InlineData(";EXPIRES=100", "", 100)]
    public void C103_expires_comes_from_the_parameter_then_the_header_then_the_default(string parameter, string header, int seconds)
    {
        var reply = _registrar.Register($"Contact: <{One}>{parameter}\n{header}", 1);

        Assert.Equal([$"<{One}>;expires={seconds}"], reply.Contacts);
        _registrar.Advance(seconds - 0.001);
        Assert.Equal([One], _registrar.Targets());
        _registrar.Advance(0.001);
        Assert.Empty(_registrar.Targets());
    }

    [Theory]
    [InlineData(60, 1, 423)]
    [InlineData(60, 59, 423)]
    [InlineData(60, 60, 200)]
    [InlineData(60, 0, 200)]
    [InlineData(60, 7200, 200)]
    [InlineData(3600, 3599, 423)]
    [InlineData(3600, 3600, 200)]
    public void C104_too_brief_an_interval_gets_423_with_Min_Expires(int minimum, int seconds, int status)
    {
        var registrar = new RegistrarFixture(o => o.MinExpires = minimum);
        var reply = registrar.Register($"Contact: <{One}>;expires={seconds}", 1);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 423 ? minimum.ToString() : null, reply.Header("Min-Expires"));
        Assert.Equal(status == 423 || seconds == 0 ? [] : [One], registrar.Targets());
    }

    [Fact]
    public void C104_one_hour_is_never_too_brief_though_the_minimum_be_higher()
    {
        var registrar = new RegistrarFixture(o => o.MinExpires = o.MaxExpires = 7200);
        Assert.Equal([$"<{One}>;expires=3600"], registrar.Register($"Contact: <{One}>;expires=3600", 1).Contacts);
        Assert.Equal(423, registrar.Register($"Contact: <{One}>;expires=3599", 2).Status);
    }

    [Fact]
    public void C104_expires_0_removes_one_binding()
    {
        _registrar.Register($"Contact: <{One}>, <{Two}>", 1);
        var reply = _registrar.Register($"Contact: <{One}>;expires=0", 2);
        Assert.Equal([$"<{Two}>;expires=3600"], reply.Contacts);
        Assert.Equal([Two], _registrar.Targets());

        Assert.Empty(_registrar.Register($"Contact: <{Two}>\nExpires: 0", 3).Contacts);
        Assert.Empty(_registrar.Targets());
        Assert.Equal(0, _registrar.Wheel.Count);
        Assert.Equal(0, _registrar.Location.Bindings);
    }

    [Fact]
    public void C105_a_star_with_Expires_0_removes_all()
    {
        _registrar.Register($"Contact: <{One}>, <{Two}>", 1);
        var reply = _registrar.Register("Contact: *\nExpires: 0", 2);

        Assert.Equal(200, reply.Status);
        Assert.Empty(reply.Contacts);
        Assert.Empty(_registrar.Targets());
        Assert.Equal(0, _registrar.Wheel.Count);
    }

    [Theory]
    [InlineData("Contact: *\nExpires: 10")]
    [InlineData("Contact: *")]
    [InlineData("Contact: *\nExpires: none")]
    [InlineData("Contact: *;expires=0")]
    [InlineData("Contact: *, <sip:b@127.0.0.5>\nExpires: 0")]
    [InlineData("Contact: <sip:b@127.0.0.5>, *\nExpires: 0")]
    [InlineData("Contact: *\nContact: <sip:b@127.0.0.5>\nExpires: 0")]
    [InlineData("Contact: *\nContact: *\nExpires: 0")]
    public void C105_any_other_star_gets_400_and_removes_nothing(string headers)
    {
        _registrar.Register($"Contact: <{One}>", 1);
        Assert.Equal(400, _registrar.Register(headers, 2).Status);
        Assert.Equal([One], _registrar.Targets());
    }

    [Fact]
    public void C105_a_star_of_another_Call_ID_removes_whatever_its_CSeq()
    {
        _registrar.Register($"Contact: <{One}>", 100);
        Assert.Equal(200, _registrar.Register("Contact: *\nExpires: 0", 1, callId: "other").Status);
        Assert.Empty(_registrar.Targets());
    }

    [Fact]
    public void C105_a_star_out_of_order_for_one_binding_removes_none()
    {
        _registrar.Register($"Contact: <{One}>", 1);
        _registrar.Register($"Contact: <{Two}>", 9, callId: "other");
        Assert.Equal(500, _registrar.Register("Contact: *\nExpires: 0", 9, callId: "other").Status);
        Assert.Equal([One, Two], _registrar.Targets());
    }

    [Theory]
    [InlineData(5, "call-1", 500)]
    [InlineData(4, "call-1", 500)]
    [InlineData(6, "call-1", 200)]
    [InlineData(1, "call-2", 200)]
    public void C106_a_REGISTER_of_the_same_Call_ID_needs_a_higher_CSeq(int cseq, string callId, int status)
    {
        _registrar.Register($"Contact: <{One}>;q=0.5", 5);
        var reply = _registrar.Register($"Contact: <{One}>;q=0.7", cseq, callId);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? 700 : 500, Assert.Single(_registrar.Bindings()).QValue);
    }

    [Theory]
    [InlineData("Contact: <sip:new@127.0.0.9>, <sip:b@127.0.0.3:5060>;expires=0", 3, 500)]
    [InlineData("Contact: <sip:new@127.0.0.9>, <sip:b@127.0.0.3:5060>, <sip:x>;q=2", 9, 400)]
    [InlineData("Contact: <sip:new@127.0.0.9>, <sip:b@127.0.0.3:5060>;expires=30", 9, 423)]
    [InlineData("Contact: <sip:new@127.0.0.9>, <>", 9, 400)]
    [InlineData("Contact: <sip:b@127.0.0.3:5060>;expires=0, <sip:new@>", 9, 400)]
    public void C107_one_contact_that_fails_fails_them_all(string headers, int cseq, int status)
    {
        _registrar.Register($"Contact: <{One}>", 5);
        Assert.Equal(status, _registrar.Register(headers, cseq).Status);
        Assert.Equal([One], _registrar.Targets());
        Assert.Equal([$"<{One}>;expires=3600"], _registrar.Register("", 10).Contacts);
    }

    [Theory]
    [InlineData("sip:%62@127.0.0.3:5060", true)]
    [InlineData("SIP:b@127.0.0.3:5060", true)]
    [InlineData("sip:b@127.0.0.3:5060;ob", true)]
    [InlineData("sip:B@127.0.0.3:5060", false)]
    [InlineData("sip:b@127.0.0.3", false)]
    [InlineData("sip:b@127.0.0.3:5060;transport=udp", false)]
    [InlineData("SIP:b@127.0.0.3:5061", false)]
    public void C108_contacts_are_the_same_by_uri_comparison(string contact, bool same)
    {
        _registrar.Register($"Contact: <{One}>", 1);
        _registrar.Register($"Contact: <{contact}>", 2);
        Assert.Equal(same ? [contact] : [One, contact], _registrar.Targets());
    }

    [Fact]
    public void C108_of_two_equivalent_bindings_the_one_written_the_same_is_meant()
    {
        _registrar.Register("Contact: <sip:c@h;security=on>", 1);
        _registrar.Register("Contact: <sip:c@h;security=off>", 2);
        _registrar.Register("Contact: <sip:c@h;security=off>;expires=0", 3);
        Assert.Equal(["sip:c@h;security=on"], _registrar.Targets());
    }

    [Fact]
    public void C110_the_address_of_record_is_taken_from_To_in_canonical_form()
    {
        var reply = _registrar.Register($"Contact: <{One}>", 1, to: "\"B\" <sip:%62@home.test;user=phone;tag2=1>");
        Assert.Equal(200, reply.Status);
        Assert.Equal([One], _registrar.Targets("sip:b@HOME.TEST"));
        Assert.Empty(_registrar.Targets("sip:B@home.test"));
    }

    [Theory]
    [InlineData("<tel:+12125550101>")]
    [InlineData("<mailto:b@home.test>")]
    public void C110_a_To_that_is_no_SIP_URI_gets_400(string to) =>
        Assert.Equal(400, _registrar.Register($"Contact: <{One}>", 1, to: to).Status);

    [Theory]
    [InlineData("Require: foo", "foo")]
    [InlineData("Require: foo, path\nRequire: bar", "foo, bar")]
    [InlineData("Require: gruu, outbound", "gruu, outbound")]
    public void C112_what_is_required_and_not_understood_gets_420(string require, string unsupported)
    {
        var reply = _registrar.Register($"Contact: <{One}>\n{require}", 1);
        Assert.Equal(420, reply.Status);
        Assert.Equal(unsupported, reply.Header("Unsupported"));
        Assert.Empty(_registrar.Targets());
    }

    [Fact]
    public void C112_path_is_understood() =>
        Assert.Equal(200, _registrar.Register($"Contact: <{One}>\nRequire: Path", 1).Status);

    [Fact]
    public void C161_a_REGISTER_without_Contact_shows_the_bindings_and_changes_nothing()
    {
        Assert.Empty(_registrar.Register("", 1).Contacts);
        _registrar.Register($"Contact: <{One}>;q=0.3", 2);
        _registrar.Advance(10);

        // An Expires header of its own has no Contact to act on.
        var reply = _registrar.Register("Expires: 0", 1);
        Assert.Equal(200, reply.Status);
        Assert.Equal([$"<{One}>;q=0.3;expires=3590"], reply.Contacts);
        Assert.Equal([One], _registrar.Targets());
        Assert.Equal(200, _registrar.Register($"Contact: <{One}>", 3).Status);
    }

    [Fact]
    public void C163_Record_Route_is_ignored_and_none_comes_back()
    {
        var reply = _registrar.Register($"Contact: <{One}>\nRecord-Route: <sip:p.test;lr>", 1);
        Assert.Equal(200, reply.Status);
        Assert.DoesNotContain("Record-Route", reply.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void C164_each_REGISTER_is_served_by_itself_in_the_order_it_came()
    {
        _registrar.Register($"Contact: <{One}>", 1, callId: "phone");
        _registrar.Register($"Contact: <{Two}>", 1, callId: "desk");
        _registrar.Register($"Contact: <{One}>;expires=0", 2, callId: "phone");
        Assert.Equal([Two], _registrar.Targets());
        _registrar.Register($"Contact: <{One}>", 3, callId: "phone");
        Assert.Equal([Two, One], _registrar.Targets());
    }

    [Fact]
    public void C165_a_binding_is_gone_when_its_time_is_over()
    {
        var registrar = new RegistrarFixture(o => o.MinExpires = 1);
        registrar.Register($"Contact: <{One}>;expires=3", 1);

        Assert.Empty(registrar.Advance(2.999));
        Assert.Equal([One], registrar.Targets());
        Assert.Equal(["1 for sip:b@home.test"], registrar.Advance(0.001));
        Assert.Empty(registrar.Targets());
    }

    [Fact]
    public void C166_parameters_come_back_as_written_and_q_orders_the_targets()
    {
        const string Instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"";
        var reply = _registrar.Register(
            $"Contact: <{One}>;q=0.5;expires=100{Instance};Unknown=\"a;b, c\" ; flag, \"Desk, B\" <{Two}> ; Q=0.9", 1);

        Assert.Equal([$"<{Two}>;Q=0.9;expires=3600", $"<{One}>;q=0.5{Instance};Unknown=\"a;b, c\";flag;expires=100"], reply.Contacts);
        Assert.Equal([Two, One], _registrar.Targets());
        Assert.Equal([900, 500], _registrar.Bindings().Select(b => b.QValue));
    }

    [Theory]
    [InlineData("q=1.1")]
    [InlineData("q=0.1234")]
    [InlineData("q=-1")]
    [InlineData("q=")]
    [InlineData("q")]
    [InlineData("q=abc")]
    public void C166_a_q_that_is_none_gets_400(string q) =>
        Assert.Equal(400, _registrar.Register($"Contact: <{One}>;{q}", 1).Status);

    [Theory]
    [InlineData("mailto:b@home.test")]
    [InlineData("tel:+1-212-555-0101;phone-context=+1")]
    [InlineData("urn:service:sos")]
    [InlineData("sip:b@127.0.0.3?Route=%3Csip:evil.test%3E&Subject=x")]
    public void C167_a_contact_may_be_any_uri_and_is_kept_as_written(string uri)
    {
        Assert.Equal([$"<{uri}>;expires=3600"], _registrar.Register($"Contact: <{uri}>", 1).Contacts);
        Assert.Equal([uri], _registrar.Targets());
        Assert.Empty(_registrar.Register($"Contact: <{uri}>;expires=0", 2).Contacts);
    }

    [Fact]
    public void C167_a_bare_contact_has_header_parameters_only()
    {
        var reply = _registrar.Register("m: sip:b@127.0.0.3;expires=70;transport=udp", 1);
        Assert.Equal(["<sip:b@127.0.0.3>;transport=udp;expires=70"], reply.Contacts);
        Assert.Equal(["sip:b@127.0.0.3"], _registrar.Targets());
    }

    [Fact]
    public void A_binding_remembers_where_its_REGISTER_came_from()
    {
        _registrar.Register($"Contact: <{One}>", 1);
        Assert.Equal(_registrar.Source, Assert.Single(_registrar.Bindings()).Source.Remote);

        // The same contact from behind another NAT binding.
        _registrar.Source = PeerAddress.FromV4(0xC0000201, 40_000);
        _registrar.Register($"Contact: <{One}>", 2);
        var binding = Assert.Single(_registrar.Bindings());
        Assert.Equal(_registrar.Source, binding.Source.Remote);
        Assert.Equal(1, _registrar.Wheel.Count);
    }

    [Fact]
    public void The_last_of_two_equal_contacts_in_one_request_counts()
    {
        Assert.Equal([$"<{One}>;q=0.2;expires=200"], _registrar.Register($"Contact: <{One}>;q=0.1;expires=100, <{One}>;q=0.2;expires=200", 1).Contacts);
        Assert.Empty(_registrar.Register($"Contact: <{One}>, <{One}>;expires=0", 2).Contacts);
        Assert.Equal([One], _registrar.Register($"Contact: <{One}>;expires=0, <{One}>", 3).Contacts.Select(c => c[1..^14]));
        Assert.Equal(1, _registrar.Location.Bindings);
        Assert.Equal(1, _registrar.Metrics.BindingsAlive);
    }

    [Fact]
    public void A_user_with_a_NUL_is_not_the_user_before_the_NUL()
    {
        // RFC 4475 §3.1.1.4 and §3.1.1.5: escnull.
        _registrar.Register("Contact: <sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>", 1, to: "sip:null-%00-null@example.com");
        Assert.Equal(["sip:%00@host5.example.com", "sip:%00%00@host5.example.com"], _registrar.Targets("sip:null-%00-null@example.com"));
        Assert.Empty(_registrar.Targets("sip:null-@example.com"));
    }

    [Fact]
    public void The_response_goes_by_Via_and_keeps_the_ids_of_the_request()
    {
        var reply = _registrar.Register($"Contact: <{One}>", 7, callId: "id-7", branch: "x");
        Assert.Equal("SIP/2.0/UDP 127.0.0.3:5060;branch=z9hG4bKx", reply.Header("Via"));
        Assert.Equal("id-7", reply.Header("Call-ID"));
        Assert.Equal("7 REGISTER", reply.Header("CSeq"));
        Assert.EndsWith("Content-Length: 0\r\n\r\n", reply.Text, StringComparison.Ordinal);
        Assert.Equal(Encoding.Latin1.GetByteCount(reply.Text), reply.Text.Length);
    }
}
