using System.Globalization;
using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A user agent of a world: an address, the transactions, dialogs and calls that it remembers, and its registrations.
/// A restart takes all of that away, timers too.
/// </summary>
internal sealed class SimWorldAgent
{
    private readonly Dictionary<string, SimWorldClient> _clients = [];
    private readonly Dictionary<string, SimWorldServer> _servers = [];
    private readonly Dictionary<string, SimWorldDialog> _dialogs = [];
    private readonly List<SimWorldCall> _calls = [];
    private readonly HashSet<string> _branches = [];
    private readonly SimWorldCallee _callee;
    private readonly SimWorldRegistrations _registrations;
    private int _life;
    private int _ids;

    public SimWorldAgent(SimWorld world, SimWorldTraits traits)
    {
        World = world;
        Traits = traits;
        _callee = new SimWorldCallee(this);
        _registrations = new SimWorldRegistrations(this);
    }

    public SimWorld World { get; }

    public SimWorldTraits Traits { get; }

    public bool IsUp { get; private set; }

    public string Contact => $"<sip:{Traits.Name}@{Traits.OwnAddress}>";

    /// <summary>Transactions and dialogs that it still remembers, but for requests that it never cared to answer.</summary>
    public int Remembered => _clients.Count + _servers.Values.Count(static s => s.HasFinal) + _dialogs.Count;

    /// <summary>Address and port of a URI, bare or in brackets; the proxy's when its host is none.</summary>
    public PeerAddress AddressOf(string uri)
    {
        var host = uri.Trim('<', '>', ' ').Split(';')[0].Split('@', ':') is [.., var name, var port] ? $"{name}:{port}" : "";
        var isAddress = IPEndPoint.TryParse(host, out var address);
        World.Check(isAddress || World.Plan.IsHostile, $"{uri} leads nowhere");
        return isAddress ? PeerAddress.From(address!) : Traits.Proxy;
    }

    public void PowerOn()
    {
        IsUp = true;
        World.Bind(Traits.Address, Receive);
        _registrations.Start();
    }

    /// <summary>All memory goes; what it sent is on its way all the same.</summary>
    public void PowerOff()
    {
        IsUp = false;
        _life++;
        World.Unbind(Traits.Address);
        _clients.Clear();
        _servers.Clear();
        _dialogs.Clear();
        _calls.Clear();
    }

    /// <summary>Finishes: calls are hung up, dialogs closed, and some bindings taken back.</summary>
    public void Finish()
    {
        foreach (var call in _calls)
        {
            call.HangUp();
        }

        foreach (var server in _servers.Values.Where(static s => s.Request.Method == "INVITE" && !s.HasFinal).ToArray())
        {
            After(World.Chance.Between(0, 40_000), () => server.Respond(480));
        }

        foreach (var dialog in _dialogs.Values.Where(static d => !d.AwaitsAck).ToArray())
        {
            After(World.Chance.Between(0, 5_000), dialog.SendBye);
        }

        _registrations.Finish();
    }

    /// <summary>Does it later, unless it has been restarted by then.</summary>
    public void After(long delay, Action action)
    {
        var life = _life;
        World.Clock.At(World.Now + delay, () =>
        {
            if (life == _life)
            {
                action();
            }
        });
    }

    // ---- what it sends ----

    public string NewId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{Traits.Name}.{_life}.{++_ids}");

    public string NewVia()
    {
        var branch = "z9hG4bK" + NewId("-");
        _branches.Add(branch);
        return $"SIP/2.0/UDP {Traits.OwnAddress};branch={branch}{(Traits.UsesRport ? ";rport" : "")}";
    }

    /// <summary>Adds a body and a seal over what nobody may change on the way.</summary>
    public SimWorldMessage Seal(SimWorldMessage request)
    {
        request.With(new string('x', World.Chance.Between(0, 40)));
        return request.Add("X-Seal", SealOf(request));
    }

    public void Send(byte[] octets, in PeerAddress to) => World.Send(Traits.Address, to, octets);

    /// <summary>Sends a request in a client transaction of its own.</summary>
    public SimWorldClient Ask(SimWorldMessage request, PeerAddress to, Action<SimWorldMessage> onResponse, Action onTimeout)
    {
        var client = new SimWorldClient(this, request, to, onResponse, onTimeout);
        _clients[ClientKey(request)] = client;
        client.Start();
        return client;
    }

    public void Call(string target)
    {
        var call = new SimWorldCall(this, World.NewRecord(NewId("call"), Traits.Name, target), target);
        _calls.RemoveAll(static c => c.IsOver);
        _calls.Add(call);
        call.Start();
    }

    /// <summary>A request outside any dialog, such as MESSAGE or OPTIONS.</summary>
    public void AskOnce(string method, string uri)
    {
        var record = World.NewRecord(NewId("once"), Traits.Name, uri);
        var request = new SimWorldMessage($"{method} {uri} SIP/2.0").Add("Via", NewVia()).Add("Max-Forwards", "70")
            .Add("From", $"<sip:{Traits.Name}@home.test>;tag={NewId("f")}").Add("To", $"<{uri}>").Add("Call-ID", record.CallId)
            .Add("CSeq", $"1 {method}").Add("Contact", Contact);
        Ask(Seal(request), Traits.Proxy, response => record.Confirmed |= response.Status is >= 200 and < 300, static () => { });
    }

    /// <summary>The registrations are taken back or made again, whatever they are now.</summary>
    public void ChangeRegistration() => _registrations.Change();

    // ---- what it remembers ----

    public void Remember(SimWorldDialog dialog) => _dialogs[DialogKey(dialog.CallId, dialog.LocalTag, dialog.RemoteTag)] = dialog;

    public void Forget(SimWorldDialog dialog)
    {
        // An early dialog that was made for a PRACK is another object than the one that the 2xx confirmed.
        var key = DialogKey(dialog.CallId, dialog.LocalTag, dialog.RemoteTag);
        if (_dialogs.GetValueOrDefault(key) == dialog)
        {
            _dialogs.Remove(key);
        }
    }

    public void Forget(SimWorldClient client) => _clients.Remove(ClientKey(client.Request));

    public void Forget(SimWorldServer server) => _servers.Remove(ServerKey(server.Request, server.Request.Method));

    /// <summary>What goes on in a call that stands.</summary>
    public void Talk(SimWorldDialog dialog, double hangsUp)
    {
        if (World.Chance.Is(0.25))
        {
            After(World.Chance.Between(300, 10_000), dialog.Reinvite);
        }

        if (World.Chance.Is(0.25))
        {
            var method = World.Chance.Pick(["MESSAGE", "INFO", "UPDATE", "NOTIFY", "REFER", "OPTIONS"]);
            After(World.Chance.Between(0, 10_000), () => AskWithin(dialog, method));
        }

        if (World.Chance.Is(hangsUp))
        {
            After(World.Chance.Between(0, 30_000), dialog.SendBye);
        }

        if (World.IsFinishing)
        {
            After(World.Chance.Between(30_000, 35_000), dialog.SendBye);
        }
    }

    private static void AskWithin(SimWorldDialog dialog, string method)
    {
        if (!dialog.IsOver)
        {
            dialog.Ask(method);
        }
    }

    // ---- what it gets ----

    private void Receive(PeerAddress from, byte[] octets)
    {
        var message = SimWorldMessage.Read(octets);
        if (message is null)
        {
            World.Check(World.Plan.IsHostile, "an agent got what is no SIP message");
        }
        else if (message.IsRequest)
        {
            ReceiveRequest(message, from);
        }
        else
        {
            World.Check(World.Plan.IsHostile || _branches.Contains(message.Branch), $"{Traits.Name} got a response to what it never asked: {message.StartLine}");
            World.Check(World.Plan.IsHostile || message.Vias.Count == 1, $"{Traits.Name} got a response with a Via that is not its own");
            World.Check(World.Plan.IsHostile || message.Status > 100 || !message.Has("X-By"), "RFC 3261 §16.7 step 5: a callee's 100 was forwarded");
            _clients.GetValueOrDefault($"{message.Branch}|{message.CSeqMethod}")?.Receive(message);
        }
    }

    private void ReceiveRequest(SimWorldMessage request, PeerAddress from)
    {
        CheckArrival(request);
        var method = request.Method;
        if (_servers.TryGetValue(ServerKey(request, method == "ACK" ? "INVITE" : method), out var known))
        {
            if (method == "ACK")
            {
                known.ReceiveAck();
            }
            else
            {
                known.ReceiveAgain();
            }
        }
        else if (method == "ACK")
        {
            ReceiveAckIn(request);
        }
        else
        {
            var server = new SimWorldServer(this, request, from);
            _servers.Add(ServerKey(request, method), server);
            Begin(server);
        }
    }

    private void ReceiveAckIn(SimWorldMessage ack)
    {
        if (DialogOf(ack) is { } dialog && dialog.ReceiveAck(ack) && World.RecordOf(ack.CallId) is { } record && record.Answered.Contains(ack.ToTag)
            && record.Acknowledged.Add(ack.ToTag))
        {
            Talk(dialog, hangsUp: 0.3);
        }
    }

    private void Begin(SimWorldServer server)
    {
        var request = server.Request;
        switch (request.Method)
        {
            case "CANCEL":
                var invite = _servers.GetValueOrDefault(ServerKey(request, "INVITE"));
                server.Respond(invite is null ? 481 : 200);
                if (invite is not null)
                {
                    _callee.ReceiveCancel(invite);
                }

                break;
            case "INVITE" when request.ToTag.Length == 0:
                BeginCall(server);
                break;
            case not "INVITE" when request.ToTag.Length == 0:
                _callee.Serve(server);
                break;
            default:
                BeginWithin(server, DialogOf(request));
                break;
        }
    }

    private void BeginCall(SimWorldServer server)
    {
        // RFC 3261 §8.2.2.2: the same request by another way.
        if (_servers.Values.Any(s => s != server && s.Request.Method == "INVITE" && s.Request.CallId == server.Request.CallId
            && s.Request.FromTag == server.Request.FromTag && s.Request.CSeq == server.Request.CSeq))
        {
            server.Respond(482);
        }
        else if (World.IsFinishing)
        {
            server.Respond(480);
        }
        else
        {
            _callee.Ring(server);
        }
    }

    private void BeginWithin(SimWorldServer server, SimWorldDialog? dialog)
    {
        if (server.Request.Method == "PRACK")
        {
            server.Respond(_servers.Values.Any(s => s.Tag == server.Request.ToTag && s.Request.Method == "INVITE") ? 200 : 481);
        }
        else if (dialog is null)
        {
            server.Respond(481);
        }
        else if (server.Request.Method == "BYE")
        {
            dialog.End();
            server.Respond(200);
        }
        else if (server.Request.Method == "INVITE")
        {
            dialog.Expect(server);
            server.OnNoAck = dialog.SendBye;
            server.Respond(dialog.StatusForReinvite());
        }
        else
        {
            _callee.Serve(server);
        }
    }

    private void CheckArrival(SimWorldMessage request)
    {
        if (World.Plan.IsHostile)
        {
            return;
        }

        var uri = request.RequestUri;
        World.Check(uri.StartsWith($"sip:{Traits.Name}@", StringComparison.Ordinal), $"{Traits.Name} got a request for {uri}");
        if (request.Has("X-Seal"))
        {
            World.Check(
                int.TryParse(request["Max-Forwards"], CultureInfo.InvariantCulture, out var hops) && hops == 70 - (request.Vias.Count - 1),
                $"{request.StartLine} has Max-Forwards {request["Max-Forwards"]} after {request.Vias.Count - 1} hops");
            World.Check(SealOf(request) == request["X-Seal"], $"{request.StartLine} was changed on the way");
        }
    }

    private static string SealOf(SimWorldMessage request)
    {
        var hash = 17;
        foreach (var octet in Encoding.Latin1.GetBytes(string.Concat(request["From"], request["To"], request.CallId, request["CSeq"], request["Contact"], request.Body)))
        {
            hash = unchecked((hash * 31) + octet);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    private SimWorldDialog? DialogOf(SimWorldMessage request) => _dialogs.GetValueOrDefault(DialogKey(request.CallId, request.ToTag, request.FromTag));

    private static string ClientKey(SimWorldMessage request) => $"{request.Branch}|{request.Method}";

    private static string ServerKey(SimWorldMessage request, string method) => $"{request.Branch}|{request.TopVia.Split(';')[0]}|{method}";

    private static string DialogKey(string callId, string localTag, string remoteTag) => $"{callId}|{localTag}|{remoteTag}";
}
