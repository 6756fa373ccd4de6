using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>Reports about what a proxy does with a message, whatever the network.</summary>
public sealed class ProxyRules : FieldTest
{
    /// <summary>RFC 3261 §16.3 item 2, §16.6 items 6 and 7: a Route leads on, so the scheme need not be understood here.</summary>
    [Fact]
    public void A_tel_URI_goes_along_its_Route_untouched()
    {
        var exchange = new FieldExchange("tel-uri-with-route");
        var invite = SendInvite(exchange, 1, Caller);
        var atCallee = Callee.Expect("INVITE");
        Assert.Equal(invite.RequestUri, atCallee.RequestUri);
        Assert.Equal(["<sip:127.0.0.3:27103;lr>"], atCallee.All("Route"));
        Callee.Reply(atCallee, 486);
        Callee.Expect("ACK");
        ExpectFinal(Caller, invite, 486);
    }

    /// <summary>RFC 3261 §16.3 item 3 (MAY), §11: it goes no further, and monitors of trunks ask so.</summary>
    [Fact]
    public void OPTIONS_for_the_proxy_itself_is_answered_at_Max_Forwards_0()
    {
        Send(new FieldExchange("options-at-zero"), 1, Caller);
        Caller.Expect(200, "OPTIONS");
    }

    /// <summary>RFC 6665 §4.3: no Record-Route in a NOTIFY whose SUBSCRIBE was not record-routed here.</summary>
    [Fact]
    public void A_NOTIFY_without_our_Route_gets_no_Record_Route()
    {
        var exchange = new FieldExchange("notify-without-route");
        _ = Caller;
        Send(exchange, 1, Callee);
        Assert.False(Caller.Expect("NOTIFY").Has("Record-Route"));
    }

    /// <summary>With our Route the SUBSCRIBE was record-routed, and the NOTIFY, which may be what makes the dialog, is too.</summary>
    [Fact]
    public void A_NOTIFY_with_our_Route_gets_a_Record_Route()
    {
        var text = new FieldExchange("notify-without-route").Read(1);
        _ = Caller;
        Send(text.Replace("Max-Forwards: 70\r\n", $"Max-Forwards: 70\r\nRoute: <sip:{ProxyAddress};lr>\r\n", StringComparison.Ordinal), Callee);
        var atCaller = Caller.Expect("NOTIFY");
        Assert.Single(atCaller.All("Record-Route"));
        Assert.False(atCaller.Has("Route"));
    }

    /// <summary>
    /// RFC 3261 §19.1.1, table 1: the phone's Contact names our address without a port, so port 5060 and not ours. An
    /// initial request for an address-of-record at our address without a port is ours all the same.
    /// </summary>
    [Fact]
    public void A_Contact_without_a_port_is_port_5060_within_a_dialog()
    {
        // The report has 127.0.77.0/24, to be by itself; here every network is a case's own.
        var exchange = new FieldExchange("contact-without-port");
        string Here(string text) => text.Replace("127.0.77.", "127.0.0.", StringComparison.Ordinal);
        var phone = Agent("phone", "127.0.0.1:5060");
        Send(Here(exchange.Read(1)), Callee);
        Callee.Expect(200, "REGISTER");
        var invite = Send(Here(exchange.Read(2)), Caller);
        Caller.Expect(100);
        var atCallee = Callee.Expect("INVITE");
        Send(Here(exchange.Read(3, atCallee, Callee.Tag)), Callee, atCallee.From);
        var ok = Caller.Expect(200, "INVITE");

        string WithRoute(int number) => Here(exchange.Read(number)).Replace($"<sip:{ProxyAddress};lr>", ok["Record-Route"], StringComparison.Ordinal);
        Send(WithRoute(4), Caller);
        phone.Expect("ACK");
        Send(WithRoute(5), Caller);
        var bye = phone.Expect("BYE");
        Assert.Equal("sip:bob-7f@127.0.0.1", bye.RequestUri);
        phone.Reply(bye, 200);
        Caller.Expect(200, "BYE");
        Assert.Equal("sip:bob@lab.test", invite.RequestUri);
    }

    /// <summary>RFC 3261 §17.1.3: the 100 belongs to the transaction, which matches by branch and method, whatever Vias follow.</summary>
    [Fact]
    public void A_100_with_our_Via_alone_ends_the_retransmissions()
    {
        Start(static options => options.T1 = 0.1);
        var exchange = new FieldExchange("trying-one-via");
        SendRegister(exchange, 1, Callee);
        var invite = SendInvite(exchange, 2, Caller);
        var atCallee = Callee.Expect("INVITE");
        Answer(exchange, 3, Callee, atCallee);

        // 64*T1 and more: neither timer A nor timer B runs any more.
        Callee.Silence(7_000);
        Answer(exchange, 4, Callee, atCallee);
        Callee.Expect("ACK");
        ExpectFinal(Caller, invite, 486);
    }

    /// <summary>RFC 3261 §9.1: after a provisional response, of whatever form, a CANCEL may go out.</summary>
    [Fact]
    public void A_100_with_our_Via_alone_lets_the_CANCEL_out()
    {
        var exchange = new FieldExchange("trying-one-via");
        SendRegister(exchange, 1, Callee);
        var invite = SendInvite(exchange, 2, Caller);
        var atCallee = Callee.Expect("INVITE");
        Answer(exchange, 3, Callee, atCallee);
        Caller.Cancel(invite);
        Caller.Expect(200, "CANCEL");
        Callee.Reply(Callee.Expect("CANCEL"), 200);
        Callee.Reply(atCallee, 487);
        Callee.Expect("ACK");
        ExpectFinal(Caller, invite, 487);
    }

    private static void ExpectFinal(SimUserAgent caller, WireMessage invite, int status) =>
        caller.AckNon2xx(invite, caller.Expect(status, "INVITE"));
}
