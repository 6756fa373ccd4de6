using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>One side of a dialog of a user agent (RFC 3261 §12): it makes the requests and remembers the numbers.</summary>
internal sealed class SimWorldDialog
{
    /// <summary>How long the answer to a re-INVITE is waited for: RFC 3261 names no timer once a 100 has come.</summary>
    private const long Patience = 300_000;

    private readonly SimWorldAgent _agent;
    private readonly string _local;
    private readonly string _remote;
    private readonly string _target;
    private readonly List<string> _routes;
    private readonly Dictionary<int, SimWorldServer> _invites = [];
    private readonly Dictionary<int, byte[]> _acks = [];
    private SimWorldServer? _unacknowledged;
    private int _cseq;
    private bool _inviting;

    private SimWorldDialog(SimWorldAgent agent, string callId, string local, string remote, string target, List<string> routes, int cseq)
    {
        _agent = agent;
        CallId = callId;
        _local = local;
        _remote = remote;
        _target = target;
        _routes = routes;
        _cseq = cseq;
    }

    public string CallId { get; }

    public string LocalTag => WireText.Param(_local, "tag") ?? "";

    public string RemoteTag => WireText.Param(_remote, "tag") ?? "";

    public bool IsOver { get; private set; }

    /// <summary>RFC 3261 §15: until the ACK has come the callee may not send a BYE.</summary>
    public bool AwaitsAck => _unacknowledged is { IsAcknowledged: false };

    /// <summary>The dialog that a 101 to 299 makes; <paramref name="cseq"/> is the last number used in the call.</summary>
    public static SimWorldDialog OfCaller(SimWorldAgent agent, SimWorldMessage invite, SimWorldMessage response, int cseq)
    {
        var routes = response.All("Record-Route");
        routes.Reverse();
        return new(agent, invite.CallId, invite["From"], response["To"], SimWorldMessage.UriOf(response["Contact"]), routes, cseq);
    }

    public static SimWorldDialog OfCallee(SimWorldAgent agent, SimWorldServer server) => new(
        agent, server.Request.CallId, $"{server.Request["To"]};tag={server.Tag}", server.Request["From"], SimWorldMessage.UriOf(server.Request["Contact"]),
        server.Request.All("Record-Route"), 100);

    /// <summary>The INVITE that we answer in this dialog: its ACK is looked for here.</summary>
    public void Expect(SimWorldServer invite)
    {
        _invites[invite.Request.CSeq] = invite;
        _unacknowledged = invite;
    }

    /// <summary>An ACK in this dialog. True when it was the first for the INVITE that made it.</summary>
    public bool ReceiveAck(SimWorldMessage ack) => _invites.TryGetValue(ack.CSeq, out var invite) && invite.ReceiveAck();

    /// <summary>RFC 3261 §13.2.2.4: the first 2xx gets an ACK made for it, every further one the very same again.</summary>
    public void Acknowledge(int cseq)
    {
        if (_agent.Traits.NeverAcks)
        {
            return;
        }

        if (!_acks.TryGetValue(cseq, out var ack))
        {
            ack = Request("ACK", cseq).ToOctets();
            _acks.Add(cseq, ack);
        }

        _agent.Send(ack, FirstHop());
    }

    public void SendBye()
    {
        if (!IsOver)
        {
            End();
            Ask("BYE", static _ => { });
        }
    }

    /// <summary>A request of no consequence.</summary>
    public void Ask(string method) => Ask(method, EndWhenUnknown);

    /// <summary>RFC 3262 §4: inside a dialog that is not confirmed yet.</summary>
    public void AskEarly() => Ask("PRACK", static _ => { });

    /// <summary>RFC 3261 §14.1.</summary>
    public void Reinvite()
    {
        if (IsOver || _inviting)
        {
            return;
        }

        _inviting = true;
        var cseq = ++_cseq;
        var client = _agent.Ask(
            Request("INVITE", cseq),
            FirstHop(),
            response =>
            {
                _inviting &= response.Status < 200;
                if (response.Status is >= 200 and < 300)
                {
                    Acknowledge(cseq);
                }

                EndWhenUnknown(response);
            },
            End);
        _agent.After(Patience, client.GiveUp);
    }

    /// <summary>RFC 3261 §14.2: how a re-INVITE is answered here.</summary>
    public int StatusForReinvite() => IsOver ? 481 : _inviting ? 491 : 200;

    public void End()
    {
        IsOver = true;
        _agent.Forget(this);
    }

    private void Ask(string method, Action<SimWorldMessage> onResponse) =>
        _agent.Ask(Request(method, ++_cseq), FirstHop(), onResponse, End);

    // RFC 3261 §12.2.1.2: the other side does not know the dialog any more.
    private void EndWhenUnknown(SimWorldMessage response)
    {
        if (response.Status is 408 or 481)
        {
            SendBye();
        }
    }

    private SimWorldMessage Request(string method, int cseq) => _agent.Seal(new SimWorldMessage($"{method} {_target} SIP/2.0")
        .Add("Via", _agent.NewVia()).Add("Max-Forwards", "70").AddAll("Route", _routes).Add("From", _local).Add("To", _remote)
        .Add("Call-ID", CallId).Add("CSeq", $"{cseq} {method}").AddAll("Contact", method is "INVITE" or "UPDATE" or "REFER" ? [_agent.Contact] : []));

    private PeerAddress FirstHop() => _agent.AddressOf(_routes.Count > 0 ? _routes[0] : _target);
}
