namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>What an agent does with requests that come to it: RFC 3261 §8.2, §9.2, §11, §13.3. The seed picks among what people do.</summary>
internal sealed class SimWorldCallee(SimWorldAgent agent)
{
    private SimWorldChance Chance => agent.World.Chance;

    /// <summary>An INVITE that begins a call.</summary>
    public void Ring(SimWorldServer server)
    {
        var record = agent.World.RecordOf(server.Request.CallId);
        switch (Chance.Weighted((40, 0), (10, 1), (5, 2), (6, 3), (6, 4), (20, 5), (7, 6), (3, 7), (6, 8)))
        {
            case 0:
                Provisional(server, Chance.Between(20, 3_000), 180);
                agent.After(Chance.Between(3_000, 12_000), () => Accept(server, record));
                break;
            case 1:
                agent.After(Chance.Between(0, 300), () => Accept(server, record));
                break;
            case 2:
                agent.After(Chance.Between(3_000, 45_000), () => Accept(server, record));
                break;
            case 3:
                Provisional(server, Chance.Between(0, 30), 100);
                agent.After(Chance.Between(1_000, 60_000), () => Accept(server, record));
                break;
            case 4:
                foreach (var status in (int[])[183, 180, 180, 182])
                {
                    Provisional(server, Chance.Between(0, 20_000), status);
                }

                agent.After(Chance.Between(15_000, 25_000), () => Accept(server, record));
                break;
            case 5:
                Refuse(server, Chance.Weighted((6, 486), (3, 603), (4, 302), (2, 404), (2, 480), (2, 500), (3, 503), (3, 401), (2, 407)));
                break;
            case 6:
                Provisional(server, Chance.Between(0, 3_000), 180);
                break;
            case 8:
                var ringsAfter = Chance.Between(5_000, 31_000);
                Provisional(server, ringsAfter, 180);
                agent.After(ringsAfter + Chance.Between(0, 20_000), () => Accept(server, record));
                break;
            default:
                break;
        }
    }

    /// <summary>RFC 3261 §9.2: the CANCEL has its 200 already.</summary>
    public void ReceiveCancel(SimWorldServer invite)
    {
        invite.IsCancelled = true;
        if (agent.Traits.AnswersAfterCancel && !invite.HasFinal)
        {
            var record = agent.World.RecordOf(invite.Request.CallId);
            record?.Cancelled(agent.World.Now);
            agent.After(Chance.Between(0, 31_000), () => Accept(invite, record));
        }
        else
        {
            invite.Respond(487);
        }
    }

    /// <summary>Any other request outside or inside a dialog that is none of its business.</summary>
    public void Serve(SimWorldServer server)
    {
        var record = server.Request.ToTag.Length == 0 ? agent.World.RecordOf(server.Request.CallId) : null;
        switch (Chance.Weighted((75, 0), (10, 1), (8, 2), (3, 3), (4, 4)))
        {
            case 0:
                agent.After(Chance.Between(0, 150), () => Confirm(server, record));
                break;
            case 1:
                agent.After(Chance.Between(1_000, 20_000), () => Confirm(server, record));
                break;
            case 2:
                agent.After(Chance.Between(0, 2_000), () => server.Respond(Chance.Pick([404, 405, 488, 500, 503, 603])));
                break;
            case 3:
                agent.After(Chance.Between(30_000, 40_000), () => server.Respond(200));
                break;
            default:
                break;
        }
    }

    private void Confirm(SimWorldServer server, SimWorldRecord? record)
    {
        if (record is not null && !server.HasFinal)
        {
            record.Deliver(agent.World.Now);
        }

        server.Respond(200);
    }

    private void Provisional(SimWorldServer server, int delay, int status) => agent.After(delay, () =>
    {
        if (!server.HasFinal)
        {
            server.Respond(status, response =>
            {
                if (status > 100 && Chance.Is(0.2))
                {
                    response.Add("Require", "100rel").Add("RSeq", "1");
                }
            });
        }
    });

    private void Accept(SimWorldServer server, SimWorldRecord? record)
    {
        if (server.HasFinal)
        {
            return;
        }

        var dialog = SimWorldDialog.OfCallee(agent, server);
        dialog.Expect(server);
        agent.Remember(dialog);
        server.OnNoAck = dialog.SendBye;
        record?.Accept(server.Tag, agent.World.Now, server.SilentTicks);
        server.Respond(200);
    }

    private void Refuse(SimWorldServer server, int status)
    {
        if (status is 401 or 407 && server.Request.Has("Authorization"))
        {
            status = 486;
        }

        // A redirection leads to somebody else, by user or by address, or nowhere. Behind a NAT nobody has an address.
        var to = Chance.Pick(agent.World.Plan.Cast);
        var direct = to.OwnAddress == to.Address ? $"{to.Address}" : "home.test";
        var contact = Chance.Weighted((2, $"<sip:{to.Name}@home.test>"), (2, $"<sip:{to.Name}@{direct}>"), (1, "<sip:nobody@home.test>"));
        agent.After(Chance.Between(0, 2_000), () => server.Respond(status, response =>
        {
            switch (status)
            {
                case 302:
                    response.Add("Contact", contact);
                    break;
                case 401:
                    response.Add("WWW-Authenticate", $"Digest realm=\"{agent.Traits.Name}\", nonce=\"1\"");
                    break;
                case 407:
                    response.Add("Proxy-Authenticate", $"Digest realm=\"{agent.Traits.Name}\", nonce=\"1\"");
                    break;
                default:
                    break;
            }
        }));
    }
}
