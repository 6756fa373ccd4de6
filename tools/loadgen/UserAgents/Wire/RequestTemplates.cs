namespace ImsSipFast.LoadGen.Wire;

/// <summary>
/// The requests of one side. Outside a dialog everything follows from the numbers of leg and users; inside one, the
/// dialog's own words are used.
/// </summary>
internal sealed class RequestTemplates
{
    private readonly string _local;
    private readonly string _host;
    private readonly string _domain;

    /// <param name="local">host:port of the side's socket.</param>
    /// <param name="domain">Domain of the addresses-of-record.</param>
    /// <param name="user">The letter that the side's users begin with.</param>
    /// <param name="forkContacts">Contacts that a user called in parallel registers.</param>
    /// <param name="messageBytes">Octets of the text of a MESSAGE.</param>
    public RequestTemplates(string local, string domain, char user, int forkContacts, int messageBytes)
    {
        _local = local;
        _host = local[..local.LastIndexOf(':')];
        _domain = domain;
        var sdp = SessionDescription.Text(_host);
        var offer = Body("application/sdp", sdp);
        Invite = Initial("INVITE", user, 'b', "", offer);
        ForkInvite = Initial("INVITE", user, 'f', "", offer);
        Message = Initial("MESSAGE", user, 'b', "", Body("text/plain", new string('x', messageBytes)));
        Options = Initial("OPTIONS", user, 'b', "Accept: application/sdp\n", "Content-Length: 0\n\n");
        Subscribe = Initial("SUBSCRIBE", user, 'b', "Event: presence\nExpires: {Number}\n", "Content-Length: 0\n\n");
        Cancel = Bare("CANCEL", $"sip:b{{Remote}}@{domain}", user, 'b');
        ForkCancel = Bare("CANCEL", $"sip:f{{Remote}}@{domain}", user, 'f');
        Register = Registration(user, Contact($"{user}{{Local}}"));
        ForkRegister = Registration('f', string.Concat(Enumerable.Range(1, forkContacts).Select(n => Contact($"f{{Local}}-{n}"))));
        InDialog =
        [
            null,
            Within("INVITE", "Contact: <sip:{User}@" + local + ">\n", offer),
            Within("ACK", "", "Content-Length: 0\n\n"),
            Within("BYE", "", "Content-Length: 0\n\n"),
            null,
            null,
            null,
            null,
            Within("SUBSCRIBE", "Contact: <sip:{User}@" + local + ">\nEvent: presence\nExpires: {Number}\n", "Content-Length: 0\n\n"),
            Within("NOTIFY", "Contact: <sip:{User}@" + local + ">\nEvent: presence\nSubscription-State: active;expires={Number}\n", "Content-Length: 0\n\n"),
        ];
        LastNotify = Within("NOTIFY", "Contact: <sip:{User}@" + local + ">\nEvent: presence\nSubscription-State: terminated;reason=timeout\n", "Content-Length: 0\n\n");
    }

    public Template Invite { get; }

    public Template ForkInvite { get; }

    public Template Message { get; }

    public Template Options { get; }

    public Template Subscribe { get; }

    /// <summary>RFC 3261 §9.1: everything that identifies the transaction is that of the INVITE.</summary>
    public Template Cancel { get; }

    public Template ForkCancel { get; }

    public Template Register { get; }

    /// <summary>The registration of a user with several contacts.</summary>
    public Template ForkRegister { get; }

    /// <summary>By <see cref="Method"/>.</summary>
    public Template?[] InDialog { get; }

    /// <summary>The NOTIFY that ends a subscription.</summary>
    public Template LastNotify { get; }

    private static string Body(string type, string text) =>
        $"Content-Type: {type}\nContent-Length: {text.ReplaceLineEndings("\r\n").Length}\n\n{text}";

    private string Contact(string user) => $"Contact: <sip:{user}@{_local}>\n";

    private Template Initial(string method, char from, char to, string headers, string end) => new(
        $"{method} sip:{to}{{Remote}}@{_domain} SIP/2.0\n"
        + Start()
        + $"From: <sip:{from}{{Local}}@{_domain}>;tag={{Leg}}\nTo: <sip:{to}{{Remote}}@{_domain}>\nCall-ID: {{Leg}}@{_host}\n"
        + $"CSeq: {{CSeq}} {method}\n{Contact($"{from}{{Local}}")}{headers}{{Credentials}}{end}");

    private Template Bare(string method, string uri, char from, char to) => new(
        $"{method} {uri} SIP/2.0\n"
        + Start()
        + $"From: <sip:{from}{{Local}}@{_domain}>;tag={{Leg}}\nTo: <sip:{to}{{Remote}}@{_domain}>\nCall-ID: {{Leg}}@{_host}\n"
        + $"CSeq: {{CSeq}} {method}\nContent-Length: 0\n\n");

    private Template Registration(char user, string contacts) => new(
        $"REGISTER sip:{_domain} SIP/2.0\n"
        + Start()
        + $"From: <sip:{user}{{Local}}@{_domain}>;tag={{Leg}}\nTo: <sip:{user}{{Local}}@{_domain}>\nCall-ID: {{Leg}}@{_host}\n"
        + $"CSeq: {{CSeq}} REGISTER\n{contacts}Expires: {{Number}}\n{{Credentials}}Content-Length: 0\n\n");

    private Template Within(string method, string headers, string end) => new(
        $"{method} {{Target}} SIP/2.0\n"
        + Start()
        + $"{{Routes}}From: {{LocalParty}}\nTo: {{RemoteParty}}\nCall-ID: {{CallId}}\nCSeq: {{CSeq}} {method}\n{headers}{{Credentials}}{end}");

    private string Start() => $"Via: SIP/2.0/UDP {_local};branch=z9hG4bK{{Leg}}{{Transaction}};rport\nMax-Forwards: 70\n";
}
