using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Shards;

/// <summary>
/// The flows of a working day through one shard, message by message as two user agents would send them. The agents may
/// allocate what they like; what the shard allocates is counted by the bench.
/// </summary>
internal sealed class AllocationFlows
{
    private readonly ShardBench _bench;
    private readonly PeerAddress _caller;
    private readonly PeerAddress _callee;
    private readonly string _host;
    private readonly string _calleeHost;
    private int _number;

    public AllocationFlows(ShardBench bench, PeerAddress caller, PeerAddress callee)
    {
        _bench = bench;
        (_caller, _callee) = (caller, callee);
        (_host, _calleeHost) = (caller.ToString(), callee.ToString());
        Register();
        RegisterFork();
    }

    /// <summary>Each flow by its name; each leaves the shard as it found it, once its timers have run.</summary>
    public IReadOnlyDictionary<string, Action> All => new Dictionary<string, Action>
    {
        ["call"] = Call,
        ["call hung up by the callee"] = CallHungUpByTheCallee,
        ["busy"] = Busy,
        ["cancel"] = Cancel,
        ["message"] = Message,
        ["register refresh"] = Register,
        ["options to the proxy"] = OptionsToTheProxy,
        ["options to the callee"] = OptionsToTheCallee,
        ["request sent again"] = RequestSentAgain,
        ["timers that send again"] = TimersThatSendAgain,
        ["nobody answers"] = NobodyAnswers,
        ["refused"] = Refused,
        ["dropped"] = Dropped,
        ["subscribe and notify"] = SubscribeAndNotify,
        ["fork"] = Fork,
        ["challenged by every branch"] = Challenged,
    };

    private void Call()
    {
        var (invite, atCallee, ok) = Answered();
        In(Dialog("BYE", invite, ok), _caller);
        Reply(_bench.TakeOne(_callee), 200);
        _bench.TakeOne(_caller);
    }

    private void CallHungUpByTheCallee()
    {
        var (_, atCallee, ok) = Answered();
        var bye = new WireMessage($"BYE {WireText.Uri(atCallee["Contact"])} SIP/2.0").Add("Via", Via(_calleeHost)).Add("Max-Forwards", "70");
        atCallee.All("Record-Route").ForEach(route => bye.Add("Route", route));
        bye.Add("From", ok["To"]).Add("To", ok["From"]).Add("Call-ID", ok["Call-ID"]).Add("CSeq", "9 BYE").Add("Content-Length", "0");
        In(bye, _callee);
        In(WireMessage.ResponseTo(_bench.TakeOne(_caller), 200, "OK").Add("Content-Length", "0"), _caller);
        _bench.TakeOne(_callee);
    }

    private void Busy()
    {
        var (invite, atCallee) = Invited();
        Reply(atCallee, 180);
        _bench.TakeOne(_caller);
        Reply(atCallee, 486);
        In(Ack(invite, Failed(486)), _caller);
    }

    private void Cancel()
    {
        var (invite, atCallee) = Invited();
        Reply(atCallee, 180);
        _bench.TakeOne(_caller);
        In(Hop("CANCEL", invite, invite["To"]), _caller);
        Assert.Equal(2, _bench.Count);
        var cancel = WireMessage.Parse(_bench.Sent(1).ToArray());
        _bench.Forget();
        In(WireMessage.ResponseTo(cancel, 200, "OK").Add("Content-Length", "0"), _callee);
        Reply(atCallee, 487);
        In(Ack(invite, Failed(487)), _caller);
    }

    private void Message()
    {
        In(Request("MESSAGE", "sip:b@home.test").With("hello", "text/plain"), _caller);
        Reply(_bench.TakeOne(_callee), 200);
        Assert.Equal(200, _bench.TakeOne(_caller).Status);
    }

    private void Register() => Register(_callee, $"<sip:b@{_calleeHost}>", 3600);

    private void Register(PeerAddress from, string contact, int expires)
    {
        var request = Request("REGISTER", "sip:home.test", from.ToString()).Set("To", "<sip:b@home.test>").Set("From", "<sip:b@home.test>;tag=r")
            .Set("Call-ID", $"register@{from}").Set("CSeq", $"{++_number} REGISTER").Add("Contact", contact).Add("Expires", $"{expires}");
        In(request, from);
        Assert.Equal(200, _bench.TakeOne(from).Status);
    }

    private void OptionsToTheProxy()
    {
        In(Request("OPTIONS", "sip:home.test"), _caller);
        Assert.Equal(200, _bench.TakeOne(_caller).Status);
    }

    private void OptionsToTheCallee()
    {
        In(Request("OPTIONS", "sip:b@home.test"), _caller);
        Reply(_bench.TakeOne(_callee), 200);
        Assert.Equal(200, _bench.TakeOne(_caller).Status);
    }

    private void RequestSentAgain()
    {
        var (invite, atCallee) = Invited();
        In(invite, _caller);
        Assert.Equal(100, _bench.TakeOne(_caller).Status);
        Reply(atCallee, 486);
        var busy = Failed(486);
        In(invite, _caller);
        Assert.Equal(486, _bench.TakeOne(_caller).Status);
        Reply(atCallee, 486);
        Assert.Equal("ACK", _bench.TakeOne(_callee).Method);
        In(Ack(invite, busy), _caller);
        In(Ack(invite, busy), _caller);
        Assert.Equal(0, _bench.Count);
    }

    private void TimersThatSendAgain()
    {
        // A on the way to the callee, E on the way of a MESSAGE, G on the way back.
        var (invite, atCallee) = Invited();
        _bench.Pass(3600);
        Assert.Equal(3, _bench.Take(_callee).Length);
        In(Request("MESSAGE", "sip:b@home.test"), _caller);
        var message = _bench.TakeOne(_callee);
        _bench.Pass(3000);
        Assert.Equal(2, _bench.Take(_callee).Length);
        Reply(message, 200);
        _bench.TakeOne(_caller);
        Reply(atCallee, 603);
        var declined = Failed(603);
        _bench.Pass(3600);
        Assert.Equal(3, _bench.Take(_caller).Length);
        In(Ack(invite, declined), _caller);
    }

    private void NobodyAnswers()
    {
        Register();
        Invited();
        In(Request("MESSAGE", "sip:b@home.test"), _caller);
        _bench.Forget();
        _bench.Pass(70_000);
        _bench.Forget();
    }

    private void Refused()
    {
        Refused(Request("INVITE", "sip:nobody@home.test"), 404);
        Refused(Request("MESSAGE", "sip:b@home.test").Set("Max-Forwards", "0"), 483);
        Refused(Request("MESSAGE", "sip:b@home.test").Set("CSeq", "x MESSAGE"), 400);
        Refused(Request("OPTIONS", "tel:+1234"), 416);
        Refused(Request("OPTIONS", "sip:b@home.test").Add("Proxy-Require", "foo"), 420);
        Refused(Request("BYE", "sip:b@home.test").Set("Content-Length", "100"), 400);
    }

    private void Refused(WireMessage request, int status)
    {
        In(request, _caller);
        Assert.Equal(status, _bench.TakeOne(_caller).Status);
    }

    private void Dropped()
    {
        In("\r\n\r\n"u8, _caller);
        In("hello\r\n\r\n"u8, _caller);
        In(WireMessage.ResponseTo(Request("MESSAGE", "sip:b@home.test"), 200, "OK"), _callee);
        In(Request("ACK", "sip:nobody@home.test"), _caller);
        Assert.Equal(0, _bench.Count);
    }

    private void SubscribeAndNotify()
    {
        var subscribe = Request("SUBSCRIBE", "sip:b@home.test").Add("Contact", $"<sip:a@{_host}>").Add("Event", "presence");
        In(subscribe, _caller);
        var atCallee = _bench.TakeOne(_callee);
        Reply(atCallee, 202);
        _bench.TakeOne(_caller);
        var notify = new WireMessage($"NOTIFY {WireText.Uri(atCallee["Contact"])} SIP/2.0").Add("Via", Via(_calleeHost)).Add("Max-Forwards", "70");
        atCallee.All("Record-Route").ForEach(route => notify.Add("Route", route));
        notify.Add("From", subscribe["To"] + ";tag=callee").Add("To", subscribe["From"]).Add("Call-ID", subscribe["Call-ID"]).Add("CSeq", "9 NOTIFY")
            .Add("Content-Length", "0");
        In(notify, _callee);
        In(WireMessage.ResponseTo(_bench.TakeOne(_caller), 200, "OK").Add("Content-Length", "0"), _caller);
        Assert.Equal(200, _bench.TakeOne(_callee).Status);
    }

    private void Fork()
    {
        var (invite, first, second) = Forked();
        Reply(first, 180);
        Reply(second, 180);
        Assert.Equal(2, _bench.Take(_caller).Length);
        Reply(first, 200);

        // The 200 goes up and the other branch is cancelled.
        Assert.Equal((2, _caller, _callee), (_bench.Count, _bench.SentTo(0), _bench.SentTo(1)));
        var (ok, cancel) = (WireMessage.Parse(_bench.Sent(0).ToArray()), WireMessage.Parse(_bench.Sent(1).ToArray()));
        _bench.Forget();
        In(WireMessage.ResponseTo(cancel, 200, "OK").Add("Content-Length", "0"), _callee);
        Reply(second, 487);
        Assert.Equal("ACK", _bench.TakeOne(_callee).Method);
        In(Dialog("ACK", invite, ok), _caller);
        In(Dialog("BYE", invite, ok), _caller);
        Reply(_bench.Take(_callee)[1], 200);
        _bench.Forget();
    }

    private void Challenged()
    {
        var (invite, first, second) = Forked();
        Reply(first, 401, "WWW-Authenticate");
        Assert.Equal("ACK", _bench.TakeOne(_callee).Method);
        Reply(second, 407, "Proxy-Authenticate");
        var challenge = Failed(401);
        Assert.True(challenge.Has("WWW-Authenticate") && challenge.Has("Proxy-Authenticate"));
        In(Ack(invite, challenge), _caller);
    }

    private (WireMessage Invite, WireMessage First, WireMessage Second) Forked()
    {
        RegisterFork();
        var invite = Request("INVITE", "sip:fork@home.test").Add("Contact", $"<sip:a@{_host}>");
        In(invite, _caller);
        Assert.Equal(3, _bench.Count);
        var (first, second) = (WireMessage.Parse(_bench.Sent(1).ToArray()), WireMessage.Parse(_bench.Sent(2).ToArray()));
        _bench.Forget();
        return (invite, first, second);
    }

    private void RegisterFork()
    {
        In(Request("REGISTER", "sip:home.test", _calleeHost).Set("To", "<sip:fork@home.test>").Set("Call-ID", "fork").Set("CSeq", $"{++_number} REGISTER")
            .Add("Contact", $"<sip:1@{_calleeHost}>, <sip:2@{_calleeHost}>").Add("Expires", "3600"), _callee);
        Assert.Equal(200, _bench.TakeOne(_callee).Status);
    }

    private (WireMessage Invite, WireMessage AtCallee, WireMessage Ok) Answered()
    {
        var (invite, atCallee) = Invited();
        Reply(atCallee, 100);
        Assert.Equal(0, _bench.Count);
        Reply(atCallee, 180);
        Assert.Equal(180, _bench.TakeOne(_caller).Status);
        Reply(atCallee, 200);
        var ok = _bench.TakeOne(_caller);
        In(Dialog("ACK", invite, ok), _caller);
        Assert.Equal("ACK", _bench.TakeOne(_callee).Method);
        return (invite, atCallee, ok);
    }

    private (WireMessage Invite, WireMessage AtCallee) Invited()
    {
        var invite = Request("INVITE", "sip:b@home.test").Add("Contact", $"<sip:a@{_host}>").With("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n");
        In(invite, _caller);
        Assert.Equal((2, _caller, _callee), (_bench.Count, _bench.SentTo(0), _bench.SentTo(1)));
        var atCallee = WireMessage.Parse(_bench.Sent(1).ToArray());
        _bench.Forget();
        return (invite, atCallee);
    }

    /// <summary>A final failure came in from the callee: it gets its ACK, and the caller its response.</summary>
    private WireMessage Failed(int status)
    {
        Assert.Equal((2, _callee, _caller), (_bench.Count, _bench.SentTo(0), _bench.SentTo(1)));
        var response = WireMessage.Parse(_bench.Sent(1).ToArray());
        Assert.Equal(status, response.Status);
        _bench.Forget();
        return response;
    }

    private void Reply(WireMessage request, int status, string? challenge = null)
    {
        var response = WireMessage.ResponseTo(request, status, "Reason");
        if (challenge is not null)
        {
            response.Add(challenge, "Digest realm=\"r\", nonce=\"n\"");
        }

        if (status > 100 && response.ToTag is null)
        {
            response.Set("To", response["To"] + ";tag=callee");
        }

        request.Lines("Record-Route").ForEach(value => response.Add("Record-Route", value));
        In(response.Add("Contact", $"<sip:b@{_calleeHost}>").Add("Content-Length", "0"), _callee);
    }

    private WireMessage Request(string method, string uri, string? host = null)
    {
        var n = ++_number;
        return new WireMessage($"{method} {uri} SIP/2.0").Add("Via", Via(host ?? _host)).Add("Max-Forwards", "70")
            .Add("From", $"<sip:a@home.test>;tag=from{n % 7}").Add("To", "<sip:b@home.test>").Add("Call-ID", $"allocation-{n % 97}@{_host}")
            .Add("CSeq", $"{n} {method}").Add("Content-Length", "0");
    }

    private string Via(string host) => $"SIP/2.0/UDP {host};rport;branch=z9hG4bK-allocation-{++_number}";

    private WireMessage Dialog(string method, WireMessage invite, WireMessage ok)
    {
        var request = new WireMessage($"{method} {WireText.Uri(ok["Contact"])} SIP/2.0").Add("Via", Via(_host)).Add("Max-Forwards", "70");
        var routes = ok.All("Record-Route");
        routes.Reverse();
        routes.ForEach(route => request.Add("Route", route));
        var number = int.Parse(invite["CSeq"].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        return request.Add("From", invite["From"]).Add("To", ok["To"]).Add("Call-ID", invite["Call-ID"])
            .Add("CSeq", $"{(method == "ACK" ? number : number + 1)} {method}").Add("Content-Length", "0");
    }

    private static WireMessage Ack(WireMessage invite, WireMessage response) => Hop("ACK", invite, response["To"]);

    private static WireMessage Hop(string method, WireMessage request, string to) =>
        new WireMessage($"{method} {request.RequestUri} SIP/2.0").Add("Via", request.Vias[0]).Add("Max-Forwards", "70").Add("From", request["From"])
            .Add("To", to).Add("Call-ID", request["Call-ID"]).Add("CSeq", $"{request["CSeq"].Split(' ')[0]} {method}").Add("Content-Length", "0");

    private void In(WireMessage message, PeerAddress from) => In(message.ToOctets(), from);

    private void In(ReadOnlySpan<byte> octets, PeerAddress from) => _bench.Receive(octets, from);
}
