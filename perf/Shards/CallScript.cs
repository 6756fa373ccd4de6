using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Perf.Shards;

/// <summary>
/// The two agents of a call through a shard, and a user who registers or gets a MESSAGE. The first call is made in
/// text; from then on every message is the first one's with other values in it.
/// </summary>
internal sealed class CallScript
{
    // With it an INVITE has 5 KB, as in an IMS core.
    private const int LongHeader = 4_500;

    private static readonly PeerAddress s_caller = PeerAddress.FromV4(0x7F00_0002, 5060);
    private static readonly PeerAddress s_callee = PeerAddress.FromV4(0x7F00_0003, 5060);

    private readonly ShardBed _bed;
    private readonly FieldValues _values = new();
    private readonly Template _register;
    private readonly Template _invite;
    private readonly Template _longInvite;
    private readonly Template _ringing;
    private readonly Template _ok;
    private readonly Template _ack;
    private readonly Template _bye;
    private readonly Template _byeOk;
    private readonly Template _message;
    private readonly Template _messageOk;
    private readonly int _inviteBranch;
    private readonly int _inviteMark;
    private readonly int _byeBranch;
    private readonly int _messageBranch;
    private int _call = 92_000_000;

    public CallScript(ShardBed bed)
    {
        _bed = bed;
        _values.Set(Field.User, 0);
        _values.Set(Field.Call, _call);
        "[the branch of the proxy goes in here]"u8.CopyTo(_values[Field.Branch]);
        "[mark of dialog]"u8.CopyTo(_values[Field.Mark]);
        _register = new Template(RequestText("REGISTER", "sip:home.test", "127.0.0.3", $"Contact: <sip:u{User}@127.0.0.3:5060>\nExpires: 604800\n"), _values);
        Register(0);

        _invite = new Template(RequestText("INVITE", $"sip:u{User}@home.test", "127.0.0.2", "Contact: <sip:a@127.0.0.2:5060>\nContent-Type: application/sdp\n", Sdp), _values);
        _longInvite = new Template(RequestText("INVITE", $"sip:u{User}@home.test", "127.0.0.2", $"Contact: <sip:a@127.0.0.2:5060>\nP-Charging-Vector: {new string('v', LongHeader)}\nContent-Type: application/sdp\n", Sdp), _values);
        _bed.Receive(_invite.With(_values), s_caller, sends: 2);
        var atCallee = Text(1);
        (_inviteBranch, _inviteMark) = (BranchIn(atCallee), atCallee.IndexOf("Record-Route: <sip:", StringComparison.Ordinal) + 19);
        Take(1, Field.Branch, _inviteBranch);
        Take(1, Field.Mark, _inviteMark);
        _ringing = new Template(ResponseText(atCallee, "180 Ringing", ""), _values);
        _ok = new Template(ResponseText(atCallee, "200 OK", Sdp), _values);
        _bed.Receive(_ok.With(_values), s_callee, sends: 1);

        var route = $"Route: <sip:{Value(Field.Mark)}@127.0.0.1:5060;lr>\n";
        _ack = new Template(RequestText("ACK", $"sip:u{User}@127.0.0.3:5060", "127.0.0.2", route), _values);
        _bed.Receive(_ack.With(_values), s_caller, sends: 1);
        _bye = new Template(RequestText("BYE", $"sip:u{User}@127.0.0.3:5060", "127.0.0.2", route), _values);
        _bed.Receive(_bye.With(_values), s_caller, sends: 1);
        _byeOk = Answer(out _byeBranch);
        _bed.Receive(_byeOk.With(_values), s_callee, sends: 1);

        _message = new Template(RequestText("MESSAGE", $"sip:u{User}@home.test", "127.0.0.2", "Content-Type: text/plain\n", "Watson, come here."), _values);
        _bed.Receive(_message.With(_values), s_caller, sends: 1);
        _messageOk = Answer(out _messageBranch);
        _bed.Receive(_messageOk.With(_values), s_callee, sends: 1);
    }

    private string User => Value(Field.User);

    private static string Sdp { get; } =
        "v=0\no=a 53655765 2353687637 IN IP4 127.0.0.2\ns=-\nc=IN IP4 127.0.0.2\nt=0 0\nm=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n";

    /// <summary>A user registers, or does so again; one datagram in, one out.</summary>
    public void Register(int user)
    {
        _values.Set(Field.User, user);
        _values.Set(Field.Call, ++_call);
        _bed.Receive(_register.With(_values), s_callee, sends: 1);
    }

    /// <summary>INVITE: to the user who is called and, as a 100, back.</summary>
    public void Invite(int user)
    {
        _values.Set(Field.User, user);
        _values.Set(Field.Call, ++_call);
        _bed.Receive(_invite.With(_values), s_caller, sends: 2);
        Take(1, Field.Branch, _inviteBranch);
        Take(1, Field.Mark, _inviteMark);
    }

    /// <summary>An INVITE of 5 KB that stays unanswered.</summary>
    public void LongInvite(int user)
    {
        _values.Set(Field.User, user);
        _values.Set(Field.Call, ++_call);
        _bed.Receive(_longInvite.With(_values), s_caller, sends: 2);
    }

    /// <summary>INVITE, 180, 200 and ACK: 4 datagrams in, 5 out, and a dialog that stays.</summary>
    public void Answered(int user)
    {
        Invite(user);
        _bed.Receive(_ringing.With(_values), s_callee, sends: 1);
        _bed.Receive(_ok.With(_values), s_callee, sends: 1);
        _bed.Receive(_ack.With(_values), s_caller, sends: 1);
    }

    /// <summary>A whole call: 6 datagrams in, 7 out.</summary>
    public void Call(int user)
    {
        Answered(user);
        _bed.Receive(_bye.With(_values), s_caller, sends: 1);
        Take(0, Field.Branch, _byeBranch);
        _bed.Receive(_byeOk.With(_values), s_callee, sends: 1);
    }

    /// <summary>A MESSAGE and its 200: 2 datagrams in, 2 out.</summary>
    public void Message(int user)
    {
        _values.Set(Field.User, user);
        _values.Set(Field.Call, ++_call);
        _bed.Receive(_message.With(_values), s_caller, sends: 1);
        Take(0, Field.Branch, _messageBranch);
        _bed.Receive(_messageOk.With(_values), s_callee, sends: 1);
    }

    private Template Answer(out int branch)
    {
        var request = Text(0);
        branch = BranchIn(request);
        Take(0, Field.Branch, branch);
        return new Template(ResponseText(request, "200 OK", ""), _values);
    }

    private void Take(int sent, Field field, int offset) => _bed.Sent(sent).Slice(offset, _values[field].Length).CopyTo(_values[field]);

    private string Text(int sent) => Encoding.Latin1.GetString(_bed.Sent(sent));

    private string Value(Field field) => Encoding.Latin1.GetString(_values[field]);

    private static int BranchIn(string request) => request.IndexOf("branch=", StringComparison.Ordinal) + 7;

    private string RequestText(string method, string uri, string host, string headers, string body = "")
    {
        var call = Value(Field.Call);
        var isInDialog = method is "ACK" or "BYE";
        var address = method == "REGISTER" ? $"<sip:u{User}@home.test>" : "<sip:a@home.test>";
        return $"{method} {uri} SIP/2.0\nVia: SIP/2.0/UDP {host}:5060;rport;branch=z9hG4bK-{call}-{method}\nMax-Forwards: 70\nFrom: {address};tag=f{call}\n"
            + $"To: <sip:u{User}@home.test>{(isInDialog ? $";tag=t{call}" : "")}\nCall-ID: {call}@127.0.0.2\nCSeq: {(method == "BYE" ? 2 : 1)} {method}\n"
            + $"{headers}Content-Length: {Messages.Octets(body).Length}\n\n{body}";
    }

    /// <summary>What a user agent answers: the header fields that RFC 3261 §8.2.6.2 and §12.1.1 have it copy.</summary>
    private string ResponseText(string request, string status, string body)
    {
        var lines = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        var copied = lines.Where(static line => line.Split(':')[0] is "Via" or "Record-Route" or "From" or "Call-ID" or "CSeq");
        var to = lines.First(static line => line.StartsWith("To:", StringComparison.Ordinal));
        return $"SIP/2.0 {status}\n{string.Join('\n', copied)}\n{to}{(to.Contains(";tag=", StringComparison.Ordinal) ? "" : $";tag=t{Value(Field.Call)}")}\n"
            + $"Contact: <sip:u{User}@127.0.0.3:5060>\nContent-Length: {Messages.Octets(body).Length}\n\n{body}";
    }
}
