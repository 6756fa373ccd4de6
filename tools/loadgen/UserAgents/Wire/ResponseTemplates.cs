namespace ImsSipFast.LoadGen.Wire;

/// <summary>The responses of one side.</summary>
internal sealed class ResponseTemplates
{
    private const string Allow = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY\n";

    private readonly Template?[] _plain = new Template?[700];

    /// <param name="local">host:port of the side's socket.</param>
    public ResponseTemplates(string local)
    {
        var contact = $"Contact: <sip:{{User}}@{local}>\n";
        var sdp = SessionDescription.Text(local[..local.LastIndexOf(':')]);
        var answer = $"Content-Type: application/sdp\nContent-Length: {sdp.ReplaceLineEndings("\r\n").Length}\n\n{sdp}";
        Ringing = new($"SIP/2.0 180 Ringing\n{{Head}}{contact}Content-Length: 0\n\n");
        SessionProgress = new($"SIP/2.0 183 Session Progress\n{{Head}}{contact}{answer}");
        Answer = new($"SIP/2.0 200 OK\n{{Head}}{contact}{Allow}{answer}");
        Subscribed = new($"SIP/2.0 200 OK\n{{Head}}{contact}Expires: {{Number}}\nContent-Length: 0\n\n");
        Unsubscribed = new("SIP/2.0 200 OK\n{Head}Expires: 0\nContent-Length: 0\n\n");
        (int Status, string Reason)[] plain =
        [
            (200, "OK"), (405, "Method Not Allowed"), (481, "Call/Transaction Does Not Exist"), (486, "Busy Here"),
            (487, "Request Terminated"), (500, "Server Internal Error"),
        ];
        foreach (var (status, reason) in plain)
        {
            _plain[status] = new($"SIP/2.0 {status} {reason}\n{{Head}}{(status is 200 or 405 ? Allow : "")}Content-Length: 0\n\n");
        }
    }

    /// <summary>180 to an INVITE.</summary>
    public Template Ringing { get; }

    /// <summary>183 to an INVITE, with a session description.</summary>
    public Template SessionProgress { get; }

    /// <summary>200 to an INVITE.</summary>
    public Template Answer { get; }

    /// <summary>200 to a SUBSCRIBE.</summary>
    public Template Subscribed { get; }

    /// <summary>200 to a SUBSCRIBE that ended a subscription before (RFC 6665 §4.2.1.1: with an expiry).</summary>
    public Template Unsubscribed { get; }

    /// <summary>A response of nothing but a status.</summary>
    public Template Plain(int status) => _plain[status]!;
}
