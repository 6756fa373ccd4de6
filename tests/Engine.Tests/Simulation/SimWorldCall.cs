namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>The caller's side of one call: RFC 3261 §8.1, §9.1 and §13.2.</summary>
internal sealed class SimWorldCall(SimWorldAgent agent, SimWorldRecord record, string target)
{
    private const int MostAttempts = 3;

    private readonly string _from = $"<sip:{agent.Traits.Name}@home.test>;tag={agent.NewId("f")}";
    private readonly Dictionary<string, SimWorldDialog> _dialogs = [];
    private SimWorldClient? _client;
    private int _cseq;
    private bool _wantsCancel;
    private bool _cancelSent;

    public bool IsOver => _client is { IsOpen: false };

    public void Start()
    {
        Invite(target, challenged: false);
        var chance = agent.World.Chance;
        agent.After(chance.Is(0.2) ? chance.Between(0, 6_000) : chance.Between(20_000, 120_000), HangUp);
    }

    /// <summary>The caller has had enough; what is answered already ends by BYE elsewhere.</summary>
    public void HangUp()
    {
        if (_client is { IsOpen: true } && !_wantsCancel)
        {
            _wantsCancel = true;
            record.Cancelled(agent.World.Now);
            CancelIfAllowed();
        }
    }

    private void Invite(string uri, bool challenged)
    {
        record.Attempts++;
        _cancelSent = false;
        var cseq = ++_cseq;
        var invite = new SimWorldMessage($"INVITE {uri} SIP/2.0").Add("Via", agent.NewVia()).Add("Max-Forwards", "70").Add("From", _from)
            .Add("To", $"<{target}>").Add("Call-ID", record.CallId).Add("CSeq", $"{cseq} INVITE").Add("Contact", agent.Contact);
        if (challenged)
        {
            invite.Add("Authorization", "Digest username=\"u\", response=\"1\"");
        }

        _client = agent.Ask(agent.Seal(invite), agent.Traits.Proxy, response => Receive(invite, response), () => { });
    }

    private void Receive(SimWorldMessage invite, SimWorldMessage response)
    {
        switch (response.Status)
        {
            case < 200:
                Acknowledge(invite, response);
                CancelIfAllowed();
                break;
            case < 300:
                Connect(invite, response);
                break;
            default:
                record.Finals++;
                TryAgain(response);
                break;
        }
    }

    /// <summary>RFC 3262 §4: a provisional response that asks for it gets a PRACK.</summary>
    private void Acknowledge(SimWorldMessage invite, SimWorldMessage provisional)
    {
        if (provisional.Has("RSeq") && !agent.Traits.NeverAcks)
        {
            SimWorldDialog.OfCaller(agent, invite, provisional, _cseq++).AskEarly();
        }
    }

    private void Connect(SimWorldMessage invite, SimWorldMessage ok)
    {
        record.Finals += _dialogs.Count == 0 ? 1 : 0;
        record.Connected.Add(ok.ToTag);
        if (_dialogs.TryGetValue(ok.ToTag, out var known))
        {
            known.Acknowledge(invite.CSeq);
            return;
        }

        var dialog = SimWorldDialog.OfCaller(agent, invite, ok, _cseq);
        _dialogs.Add(ok.ToTag, dialog);
        agent.Remember(dialog);
        dialog.Acknowledge(invite.CSeq);

        // RFC 3261 §13.2.2.4: one of several answers is talked to, the others get a BYE; so does one that was too late.
        if (_dialogs.Count > 1 || _wantsCancel)
        {
            dialog.SendBye();
        }
        else
        {
            agent.Talk(dialog, hangsUp: 0.7);
        }
    }

    private void TryAgain(SimWorldMessage response)
    {
        if (_wantsCancel || record.Attempts >= MostAttempts)
        {
            return;
        }

        if (response.Status is 401 or 407)
        {
            Invite(target, challenged: true);
        }
        else if (response.Status == 302 && response.Has("Contact"))
        {
            Invite(SimWorldMessage.UriOf(response.All("Contact")[0]), challenged: false);
        }
    }

    private void CancelIfAllowed()
    {
        if (_wantsCancel && !_cancelSent && _client is { MayBeCancelled: true } client)
        {
            _cancelSent = true;
            agent.Ask(client.CancelRequest(), agent.Traits.Proxy, static _ => { }, static () => { });
            agent.After(64 * SimWorld.T1, () =>
            {
                // RFC 3261 §9.1: cancelled all the same.
                if (client.IsOpen)
                {
                    record.GivenUp();
                }

                client.GiveUp();
            });
        }
    }
}
