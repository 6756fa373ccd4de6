using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// Stands at the border of the engine and knows the RFC: it follows every transaction from outside, by the text of
/// the messages alone, and says at once when the engine does what it may not, or does not do what it must.
/// </summary>
internal sealed class SimWorldWitness(SimWorld world, SimEngine engine) : ISimWitness
{
    private readonly Dictionary<string, SimWorldServerTrace> _servers = [];
    private readonly Dictionary<string, SimWorldClientTrace> _clients = [];
    private readonly Dictionary<string, string> _stateless = [];
    private readonly SimWorldLocation _location = new(world.Plan.Options);
    private readonly List<SimWorldMessage> _effects = [];
    private SimWorldMessage? _cause;
    private SimWorldServerTrace? _about;
    private SimWorldClientTrace? _answered;
    private bool _isNew;
    private long _engineTick;
    private long _backwards;
    private bool _hasStepped; // forwards

    public bool IsDraining { get; set; }

    private long Now => world.Now;

    private bool IsStrict => !world.Plan.IsHostile;

    private bool MayBeFull => world.Plan.Options.MaxTransactions < 1000;

    /// <summary>The clock of the engine is about to step: forwards, everything under way may time out.</summary>
    public void Step(int milliseconds)
    {
        _engineTick = Math.Max(_engineTick, Now + engine.ClockOffset);
        _hasStepped |= milliseconds > 0;
        _backwards += Math.Max(0, -milliseconds);
        if (milliseconds > 0)
        {
            foreach (var server in _servers.Values)
            {
                server.IsVoid = true;
            }

            foreach (var client in _clients.Values)
            {
                client.IsVoid = true;
            }
        }
    }

    public void Arrived(in PeerAddress peer, in PeerAddress listener, byte[] octets, MessageKind kind)
    {
        _engineTick = Math.Max(_engineTick, Now + engine.ClockOffset);
        _effects.Clear();
        (_cause, _about, _answered, _isNew) = (null, null, null, false);
        if (kind == MessageKind.Undelivered)
        {
            world.Log.Note(Now, "notice: not delivered to " + peer);
            ArrivedNotice(octets);
            return;
        }

        world.Log.Arrived(Now, peer, listener, octets);
        _cause = IsStrict && peer == SimWorldTrouble.Stranger ? null : SimWorldMessage.Read(octets);
        if (_cause is null)
        {
            return;
        }

        if (_cause.IsRequest)
        {
            ArrivedRequest(_cause, peer, listener);
        }
        else
        {
            ArrivedResponse(_cause);
        }
    }

    public void Sent(in PeerAddress listener, in PeerAddress destination, ReadOnlySpan<byte> octets)
    {
        world.Log.Sent(Now, listener, destination, octets.ToArray());
        var message = SimWorldMessage.Read(octets);
        world.Check(message is not null || !IsStrict, "the proxy sent what is no SIP message");
        if (message is null)
        {
            return;
        }

        _effects.Add(message);
        if (message.IsRequest)
        {
            SentRequest(message, destination);
        }
        else if (IsStrict && destination != SimWorldTrouble.Stranger)
        {
            SentResponse(message, listener, destination);
        }
    }

    public void Handled()
    {
        // One datagram in: at most one out for each target, and one more. A target that cannot be sent to counts too.
        var branches = Math.Max(_about?.Clients.Count ?? 0, _cause?.Method is "INVITE" or "CANCEL" ? 1 : 0);

        // The witness may read a bent request otherwise than the engine, and so not know whose the branches are.
        branches = IsStrict ? branches : Math.Max(branches, world.Plan.Options.MaxTargets);
        world.Check(_effects.Count <= branches + 1, $"{_effects.Count} datagrams left for one that came in, with {branches} targets");
        if (!IsStrict || _cause is null)
        {
            return;
        }

        if (_cause.IsRequest)
        {
            CheckRequestDone(_cause);
        }
        else
        {
            CheckResponseDone(_cause);
        }

        if (_about is { IsVoid: false, IsClosed: true } closed)
        {
            var ringing = closed.Clients.Find(static c => c.Rings);
            world.Check(ringing is null, $"RFC 3261 §16.7 step 10, §16.10: {ringing?.Request.StartLine} rings on and gets no CANCEL");
        }
    }

    /// <summary>After the quiet: every INVITE had its final response, and in time.</summary>
    public void CheckEnd()
    {
        if (!IsStrict)
        {
            return;
        }

        const long life = 64 * SimWorld.T1;
        var timerC = (long)(1000 * world.Plan.Options.TimerC);
        foreach (var server in _servers.Values.Where(static s => s is { IsInvite: true, IsVoid: false }))
        {
            var name = $"{server.Request.StartLine} {server.Request.CallId} of {server.FirstTick} ms";
            world.Check(server.HasFinal, $"{name} never had a final response");
            world.Check(
                server.CancelTick < 0 || server.FinalTick - server.CancelTick <= (2 * life) + _backwards + 10,
                $"{name} was cancelled at {server.CancelTick} ms and had its final response at {server.FinalTick} ms");
            var last = server.Clients.Select(static c => Math.Max(c.SentTick, c.RingingTick)).Append(server.FirstTick).Max();
            world.Check(
                server.FinalTick - last <= Math.Max(timerC, life) + life + _backwards + 4_000,
                $"{name} had its final response at {server.FinalTick} ms though nothing had come since {last} ms");
        }
    }

    // ---- what comes in ----

    private void ArrivedNotice(byte[] octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        var at = text.IndexOf("branch=", StringComparison.Ordinal) + 7;
        if (at >= 7 && _clients.Values.FirstOrDefault(c => text.AsSpan(at).StartsWith(c.Request.Branch, StringComparison.Ordinal)) is { } client)
        {
            // Whether it ends the branch depends on where it was cut; nothing is asked of that branch any more.
            client.IsVoid = true;
            _about = client.Server;
        }
    }

    private void ArrivedRequest(SimWorldMessage request, in PeerAddress source, in PeerAddress listener)
    {
        if (request.Method is "ACK" or "CANCEL")
        {
            _about = _servers.GetValueOrDefault(KeyOf(request, "INVITE"));
        }

        // RFC 3261 §17.2.1: T4 after the ACK the transaction is gone, and a CANCEL finds nothing.
        var isLate = request.Method == "CANCEL" && _about is { HasFinal: true } over && Now - over.FinalTick >= SimWorld.T4;
        _about = isLate ? null : _about;

        if (request.Method == "CANCEL" && _about is { HasFinal: false, CancelTick: < 0 } cancelled)
        {
            cancelled.CancelTick = Now;
        }

        if (request.Method == "ACK")
        {
            return;
        }

        var key = KeyOf(request, request.Method);
        if (!_servers.TryGetValue(key, out var server))
        {
            server = new SimWorldServerTrace(request, source, listener, Now) { IsVoid = isLate };
            _servers.Add(key, server);
            _isNew = true;
        }
        else if (server is { FinalStatus: 404 or 480 or 503, Clients.Count: 0 } && request.Method is not ("REGISTER" or "CANCEL"))
        {
            // Answered without state: the same request again is judged by what is known now.
            _servers[key] = server = new SimWorldServerTrace(request, source, listener, Now) { IsVoid = server.IsVoid };
            _isNew = true;
        }

        _about ??= server;
        if (_isNew && request.ToTag.Length == 0 && SimWorldLocation.UserOf(request.RequestUri) is { Length: > 0 } user)
        {
            server.Targets = _location.Live(user, _engineTick)?.Keys.ToHashSet();
        }
    }

    private void ArrivedResponse(SimWorldMessage response)
    {
        if (!_clients.TryGetValue(response.Branch, out var client) || client.Request.Method != response.CSeqMethod)
        {
            return;
        }

        _about = client.Server;
        var overdue = client.FinalTick >= 0 ? Now - client.FinalTick - (64 * SimWorld.T1) : client.OverdueBy(Now, world.Plan.Options);
        if (overdue >= 0)
        {
            // A clock that was put back keeps it alive for longer: both are right then.
            client.IsVoid |= overdue <= _backwards;
            if (!client.IsVoid)
            {
                return;
            }
        }

        _answered = client;
        if (client.FinalTick >= 0)
        {
            return;
        }

        if (response.Status < 200)
        {
            client.ProvisionalTick = client.ProvisionalTick < 0 ? Now : client.ProvisionalTick;
            client.RingingTick = response.Status > 100 ? Now : client.RingingTick;
            return;
        }

        (client.FinalTick, client.FinalStatus, client.FinalToTag) = (Now, response.Status, response.ToTag);
        if (response.Status is >= 300 and < 400 && world.Plan.Options.RecurseRedirects)
        {
            client.Server.Targets?.UnionWith(response.All("Contact").Select(SimWorldMessage.UriOf));
        }
    }

    // ---- what goes out ----

    private void SentRequest(SimWorldMessage request, in PeerAddress destination)
    {
        switch (request.Method)
        {
            case "ACK" when request.Vias.Count == 1:
                SentHopAck(request, destination);
                break;
            case "CANCEL" when request.Vias.Count == 1:
                SentCancel(request, destination);
                break;
            case "ACK" or "CANCEL":
                SentStateless(request, destination);
                break;
            default:
                SentBranch(request, destination);
                break;
        }
    }

    private void SentBranch(SimWorldMessage request, in PeerAddress destination)
    {
        if (_clients.TryGetValue(request.Branch, out var client))
        {
            world.Check(
                client.Destination == destination && client.Request.Octets.AsSpan().SequenceEqual(request.Octets),
                $"RFC 3261 §8.1.1.7: branch {request.Branch} is used for two requests");
            world.Check(
                !IsStrict || client.IsVoid || client.FinalTick < 0 && (!client.IsInvite || client.ProvisionalTick < 0),
                $"RFC 3261 §17.1: {request.StartLine} is sent again though a response has come");
            return;
        }

        var key = request.Vias.Count > 1 ? $"{WireText.Param(request.Vias[1], "branch")}|{SentByOf(request.Vias[1])}|{request.Method}" : "";
        var server = _servers.GetValueOrDefault(key);
        world.Check(server is not null || !IsStrict, $"{request.StartLine} was forwarded but never came in");
        if (server is null)
        {
            return;
        }

        if (IsStrict && !server.IsVoid)
        {
            CheckNewBranch(server, request);
        }

        client = new SimWorldClientTrace(server, request, destination, Now) { IsVoid = server.IsVoid };
        _clients.Add(request.Branch, client);
        server.Clients.Add(client);
    }

    private void CheckNewBranch(SimWorldServerTrace server, SimWorldMessage request)
    {
        world.Check(!server.HasFinal, $"{request.StartLine} is forwarded after the final response {server.FinalStatus}");
        world.Check(!server.IsClosed, $"RFC 3261 §16.7 step 5, §16.10: {request.StartLine} is a new branch of a request that is cancelled or answered");
        world.Check(!server.Clients.Exists(c => c.Request.RequestUri == request.RequestUri), $"RFC 3261 §16.5: {request.RequestUri} is tried twice");
        world.Check(
            server.Targets?.Contains(request.RequestUri) ?? true,
            $"RFC 3261 §16.5: {request.RequestUri} is no target of {server.Request.RequestUri}: [{string.Join(' ', server.Targets ?? [])}]");
    }

    private void SentHopAck(SimWorldMessage ack, in PeerAddress destination)
    {
        if (!IsStrict)
        {
            return;
        }

        var invite = _clients.GetValueOrDefault(ack.Branch);
        world.Check(invite is { IsInvite: true } && invite.Destination == destination, $"{ack.StartLine}: an ACK for nothing");
        if (!invite!.IsVoid)
        {
            world.Check(invite.FinalStatus >= 300, $"RFC 3261 §17.1.1.3: {ack.StartLine} though the final response is {invite.FinalStatus}");
            world.Check(ack.ToTag == invite.FinalToTag, "RFC 3261 §17.1.1.3: the To of the ACK is not that of the response");
        }
    }

    private void SentCancel(SimWorldMessage cancel, in PeerAddress destination)
    {
        if (!IsStrict)
        {
            return;
        }

        var invite = _clients.GetValueOrDefault(cancel.Branch);
        world.Check(
            invite is { IsInvite: true } && invite.Destination == destination && invite.Request.RequestUri == cancel.RequestUri,
            $"RFC 3261 §9.1: {cancel.StartLine} cancels nothing");
        if (invite!.Cancel is { } before)
        {
            world.Check(before.AsSpan().SequenceEqual(cancel.Octets), $"{cancel.StartLine} is sent again, but not the same");
            return;
        }

        if (!invite.IsVoid)
        {
            world.Check(invite.ProvisionalTick >= 0, $"RFC 3261 §9.1: {cancel.StartLine} before a provisional response");
            world.Check(invite.FinalTick < 0, $"RFC 3261 §9.1: {cancel.StartLine} after the final response");
            world.Check(
                invite.Server.MayBeClosed || Now - invite.RingingTick >= 1000 * world.Plan.Options.TimerC,
                $"{cancel.StartLine} though nobody wanted it");
        }

        invite.CancelTick = Now;
        invite.Cancel = cancel.Octets;
    }

    private void SentStateless(SimWorldMessage request, in PeerAddress destination)
    {
        if (!IsStrict)
        {
            return;
        }

        var (key, text) = ($"{destination} {request.Branch}", Encoding.Latin1.GetString(request.Octets));
        world.Check(_stateless.TryAdd(key, text) || _stateless[key] == text, $"branch {request.Branch} is used for two requests");
        world.Check(_cause?.Method == request.Method, $"{request.StartLine} was forwarded but never came in");
        world.Check(
            request.Method == "CANCEL" ? _hasStepped || _about is not { IsInvite: true } : _about is null || _about.IsVoid || _about.FinalStatus < 300,
            $"RFC 3261 §16.10, §17.2.1: {request.StartLine} leaves the hop that it was for");
    }

    private void SentResponse(SimWorldMessage response, in PeerAddress listener, in PeerAddress destination)
    {
        var server = _servers.GetValueOrDefault(KeyOf(response, response.CSeqMethod));
        world.Check(server is not null, $"{response.StartLine} answers nothing");
        world.Check(server!.Source == destination, $"RFC 3261 §18.2.2: {response.StartLine} goes to {destination}, its request came from {server.Source}");
        world.Check(server.Listener == listener, $"RFC 3581 §4: {response.StartLine} leaves by {listener}, its request came in by {server.Listener}");
        if (server.IsVoid || (_hasStepped && response.CSeqMethod == "CANCEL"))
        {
            server.FinalTick = server.FinalTick < 0 && response.Status >= 200 ? Now : server.FinalTick;
            return;
        }

        switch (response.Status)
        {
            case < 200:
                SentProvisional(server, response);
                break;
            case < 300 when server.IsInvite:
                SentSuccess(server, response);
                break;
            default:
                SentFinal(server, response);
                break;
        }
    }

    private void SentProvisional(SimWorldServerTrace server, SimWorldMessage response)
    {
        world.Check(!server.HasFinal, $"{response.StartLine} after the final response");
        world.Check(server.IsInvite || response.Status == 100, $"RFC 4320 §4.1: {response.StartLine} to {server.Request.Method}");
        world.Check(server.IsInvite || Now - server.FirstTick >= 3_500, "RFC 4320 §4.1: a 100 before Timer E of the client reaches T2");
    }

    private void SentSuccess(SimWorldServerTrace server, SimWorldMessage response)
    {
        world.Check(
            _cause is { IsRequest: false } && _cause.Status == response.Status && _cause.ToTag == response.ToTag,
            $"{response.StartLine} to an INVITE was not given by a callee just now");
        if (!server.Successes.TryAdd(response.ToTag, response.Octets))
        {
            world.Check(server.Successes[response.ToTag].AsSpan().SequenceEqual(response.Octets), $"{response.StartLine} came again but not the same");
        }

        server.FinalTick = server.FinalTick < 0 ? Now : server.FinalTick;
    }

    private void SentFinal(SimWorldServerTrace server, SimWorldMessage response)
    {
        var name = $"{response.StartLine} to {server.Request.StartLine} {server.Request.CallId}";
        if (server.Final is { } before)
        {
            // What is answered without state is judged anew: a REGISTER by the bindings, anything by how full we are.
            var judgedAnew = (server.Request.Method == "REGISTER" && (server.FinalStatus >= 400 || server.FinalStatus == response.Status))
                || (server.Clients.Count == 0 && MayBeFull);
            var same = judgedAnew || before.AsSpan().SequenceEqual(response.Octets);
            world.Check(same, $"{name} is a second final response; the first was {server.FinalStatus}");
            return;
        }

        world.Check(server.Successes.Count == 0, $"{name} after a 2xx");
        world.Check(response.Status != 408 || server.IsInvite, $"RFC 4320 §4.2: {name}");
        world.Check(response.Status != 503 || (server.Clients.Count == 0 && ((IsDraining && server.Request is { Method: "INVITE", ToTag: "" }) || MayBeFull)), $"RFC 3261 §16.7 step 6: {name}");
        if (server.Clients.Count > 0)
        {
            CheckBest(server, response.Status, name);
        }

        (server.Final, server.FinalStatus, server.FinalTick) = (response.Octets, response.Status, Now);
    }

    private void CheckBest(SimWorldServerTrace server, int status, string name)
    {
        var open = server.Clients.Find(c => c.FinalTick < 0 && !c.IsVoid && c.OverdueBy(Now, world.Plan.Options) + _backwards < 0);
        world.Check(open is null || (!server.IsInvite && status < 300), $"RFC 3261 §16.7 step 5: {name} while {open?.Request.RequestUri} is open");
        var seen = server.Clients.Select(static c => c.FinalStatus).ToHashSet();
        world.Check(
            seen.Contains(status) || status is 408 or 500 || (status == 487 && server.CancelTick >= 0),
            $"RFC 3261 §16.7 step 6: {name}, but the branches ended with {string.Join(' ', seen)}");
        world.Check(status is >= 600 or < 300 || !server.Clients.Exists(static c => c is { FinalStatus: >= 600, IsVoid: false }), $"RFC 3261 §16.7 step 6: {name} in place of a 6xx");
    }

    // ---- what must have happened ----

    private void CheckRequestDone(SimWorldMessage request)
    {
        switch (request.Method)
        {
            case "ACK":
                world.Check(_about is null || _about.IsVoid || _about.FinalStatus < 300 || _effects.Count == 0, "RFC 3261 §17.2.1: the ACK for a non-2xx went on");
                break;
            case "CANCEL" when _about is { IsInvite: true, IsVoid: false }:
                world.Check(_effects is [{ IsRequest: false, Status: 200, CSeqMethod: "CANCEL" }, ..], "RFC 3261 §9.2: the CANCEL does not get its 200 first");
                break;
            case "INVITE" when _isNew:
                world.Check(_effects.Exists(static e => !e.IsRequest), "RFC 3261 §17.2.1: the INVITE is not answered at once");
                CheckLocated(request);
                break;
            default:
                CheckLocated(request);
                break;
        }

        if (request.Method == "REGISTER" && _effects is [{ Status: 200 }])
        {
            _location.Apply(request, _engineTick, _hasStepped);
        }
    }

    /// <summary>RFC 3261 §16.5: who is registered is called, and first those whom he prefers.</summary>
    private void CheckLocated(SimWorldMessage request)
    {
        if (!_isNew || _about?.Targets is null || request.Method is "REGISTER" or "CANCEL")
        {
            return;
        }

        var live = _location.Live(SimWorldLocation.UserOf(request.RequestUri), _engineTick)!;
        var notFound = _effects.Exists(static e => !e.IsRequest && e.Status is 404 or 480);
        world.Check(!notFound || live.Count == 0, $"404 or 480 though [{string.Join(' ', live.Keys)}] are registered");

        // A host name may be looked up for a while, or fail at once.
        var best = live.Where(static b => !b.Key.Contains("hosts.test", StringComparison.Ordinal)).Select(static b => b.Value).Append(0).Max();
        var lesser = _effects.Find(e => e.IsRequest && live.GetValueOrDefault(e.RequestUri) < best);
        world.Check(lesser is null, $"RFC 3261 §16.6: {lesser?.RequestUri} is tried before those of q {best}");
    }

    private void CheckResponseDone(SimWorldMessage response)
    {
        if (_answered is not { IsVoid: false, IsInvite: true } client || client.Server.IsVoid)
        {
            return;
        }

        if (response.Status is >= 200 and < 300 && client.FinalStatus is >= 200 and < 300)
        {
            world.Check(
                _effects.Count(e => !e.IsRequest && e.Status == response.Status && e.ToTag == response.ToTag) == 1,
                $"RFC 3261 §16.7 step 5: {response.StartLine} of {client.Request.RequestUri} did not go upstream");
        }
        else if (response.Status >= 300 && client.FinalStatus >= 300)
        {
            world.Check(_effects is [{ IsRequest: true, Method: "ACK" }, ..], $"RFC 3261 §17.1.1.3: {response.StartLine} gets no ACK");
        }
    }

    private static string KeyOf(SimWorldMessage message, string method) => $"{message.Branch}|{SentByOf(message.TopVia)}|{method}";

    private static string SentByOf(string via) => via.Split(';')[0].Trim().Split(' ')[^1];
}
