using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions.Lingering;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// Match, create and end transactions (RFC 3261 §17.1.3, §17.2.3). It answers with verdicts; what a response or a
/// timeout means for a call is decided above.
/// </summary>
internal sealed class TransactionLayer
{
    /// <summary>
    /// Server transactions of one call that may have one branch. RFC 3261 §8.1.1.7 gives each request a branch of its own,
    /// so there are but a request, its CANCEL and its ACK; a sender that gives one branch to many methods, or without one
    /// differs in the To tag alone, would make each further request a walk along all of them.
    /// </summary>
    public const int MostOfOneCall = 32;

    /// <summary>The same for calls that share a branch, as those of clients without enough chance in theirs do.</summary>
    public const int MostOfOneHop = 1024;

    private readonly ShardResources _environment;
    private readonly TransactionTable<ServerTransaction> _servers = new();
    private readonly TransactionTable<ClientTransaction> _clients = new();
    private readonly LingeringTransactions _lingering;
    private readonly TransactionPools _pools;
    private readonly SipMessage _keptView;
    private readonly ulong _tableKey;
    private readonly BranchSource _branches;

    /// <param name="environment">What the machines share.</param>
    /// <param name="tableKey">Key of the hash by which server transactions are found.</param>
    /// <param name="branches">What branches are made of.</param>
    /// <param name="maxHeaders">Header fields of one message.</param>
    public TransactionLayer(ShardResources environment, ulong tableKey, BranchSource branches, int maxHeaders)
    {
        _environment = environment;
        _lingering = new LingeringTransactions(environment);
        _tableKey = tableKey;
        _branches = branches;
        _keptView = new SipMessage(maxHeaders);
        _pools = new TransactionPools(environment, _keptView);
    }

    /// <summary>Transactions alive, server and client.</summary>
    public int Count => _servers.Count + _clients.Count + _lingering.Count;

    /// <summary>
    /// A request whose top Via is known is about to be matched: its key, and its place in the index fetched meanwhile.
    /// 0 when the rest of the request has to be known too.
    /// </summary>
    public ulong Prefetch(SipMessage request)
    {
        if (!request.TopVia.HasCookie(request.Bytes))
        {
            return 0;
        }

        var key = HopKeyOf(request);
        _lingering.PrefetchServer(key);
        return key;
    }

    /// <summary>Finds the server transaction of a request and lets it take a retransmission or ACK.</summary>
    /// <param name="request">Without parse errors.</param>
    /// <param name="prefetchedKey">What <see cref="Prefetch"/> said.</param>
    /// <param name="key">The key of the request.</param>
    public RequestMatch Match(SipMessage request, ulong prefetchedKey, out RequestKey key)
    {
        key = new RequestKey(prefetchedKey != 0 ? prefetchedKey : HopKeyOf(request), CallKeyOf(request));
        RestoreServers(key);
        var others = 0;
        for (var server = _servers.First(key.Hop); server is not null; server = _servers.Next(server))
        {
            if (!IsSame(server, request, key))
            {
                // Those of another call are told apart at a glance.
                others += server.CallKey == key.Call ? MostOfOneHop / MostOfOneCall : 1;
                Steps.Walk(1);
                if (others >= MostOfOneHop)
                {
                    return new RequestMatch(TransactionVerdict.Crowded, null);
                }

                continue;
            }

            // RFC 3261 §9.2: a CANCEL finds the request it cancels by everything but the method.
            if (request.Method == SipMethod.Cancel && server.Method != SipMethod.Cancel)
            {
                if (FindCancel(request, key) is { } cancel)
                {
                    return new RequestMatch(cancel.Receive(request.Method), cancel);
                }

                return new RequestMatch(TransactionVerdict.PassUp, server);
            }

            return new RequestMatch(server.Receive(request.Method), server);
        }

        return new RequestMatch(TransactionVerdict.NoMatch, null);
    }

    /// <summary>Creates the server transaction of a request that <see cref="Match"/> did not know.</summary>
    public ServerTransaction CreateServer(
        in RequestKey key, SipMessage request, ReadOnlySpan<byte> datagram, in Flow source, in Flow replyTo)
    {
        var server = _pools.GetServer(request.Method);
        server.Begin(key, request, datagram, source, replyTo);
        _servers.Add(server);
        Created(server);
        return server;
    }

    /// <summary>A new branch for a request whose routing has that loop hash.</summary>
    public BranchId NextBranch(ulong loopHash)
    {
        var (unique, cover) = _branches.Next();
        return new BranchId(unique, loopHash ^ cover);
    }

    /// <summary>The loop hash in a branch that this process made; any number in one that it did not.</summary>
    public ulong LoopHashIn(BranchId branch) => branch.Loop ^ _branches.CoverOf(branch.Unique);

    /// <summary>Creates a client transaction; its user sends it with <see cref="ClientTransaction.Send"/>.</summary>
    public ClientTransaction CreateClient(
        object? user, BranchId branch, SipMethod method, ReadOnlySpan<byte> request, in Flow destination)
    {
        var client = _pools.GetClient(method);
        client.User = user;
        client.Begin(branch, method, request, destination);
        _clients.Add(client);
        Created(client);
        return client;
    }

    /// <summary>
    /// RFC 3261 §17.1.3: the client transaction of a response has its branch and its CSeq method.
    /// </summary>
    public ClientTransaction? FindClient(SipMessage response)
    {
        if (!BranchId.TryParse(response[response.TopVia.Branch], out var branch))
        {
            return null;
        }

        for (var client = _clients.First(branch.Unique); client is not null; client = _clients.Next(client))
        {
            if (client.Branch == branch && client.Method == response.CSeq.Method && IsSameUnknownMethod(client, response, response.CSeq.MethodToken))
            {
                if (response.StatusCode >= 200)
                {
                    _lingering.Prefetch(client);
                }

                return client;
            }
        }

        return RestoreClient(branch, response.CSeq.Method);
    }

    /// <summary>The client transaction whose request came back undeliverable.</summary>
    public ClientTransaction? FindClient(BranchId branch, SipMethod method)
    {
        for (var client = _clients.First(branch.Unique); client is not null; client = _clients.Next(client))
        {
            if (client.Branch == branch && client.Method == method)
            {
                return client;
            }
        }

        return null;
    }

    /// <summary>Takes a server transaction that is over out of the table and back into its pool.</summary>
    public void End(ServerTransaction server)
    {
        _environment.Metrics.TransactionsAlive--;
        Remove(server);
    }

    /// <summary>Takes a client transaction that is over out of the table and back into its pool.</summary>
    public void End(ClientTransaction client)
    {
        _environment.Metrics.TransactionsAlive--;
        Remove(client);
    }

    /// <summary>Its user has let go of it: when it only waits for its last timer, it rests from here on. It may be gone after that.</summary>
    public void Detach(ServerTransaction server)
    {
        if (_lingering.TryAdd(server))
        {
            Remove(server);
        }
    }

    /// <summary>Its user has let go of it: when it only waits for its last timer, it rests from here on. It may be gone after that.</summary>
    public void Detach(ClientTransaction client)
    {
        if (_lingering.TryAdd(client))
        {
            Remove(client);
        }
    }

    /// <summary>The timer of lingering transactions has fired.</summary>
    public void ExpireLingering(LingeringRing ring) => _environment.Metrics.TransactionsAlive -= _lingering.End(ring, _environment.NowTick);

    /// <summary>
    /// Ends what only absorbs retransmissions: at the end of a drain nothing else waits for it, and what is left then
    /// is what really was not finished.
    /// </summary>
    public void EndLingering()
    {
        _servers.ToList().Where(static t => t.IsLingering && t.User is null).ToList().ForEach(End);
        _clients.ToList().Where(static t => t.IsLingering && t.User is null).ToList().ForEach(End);
        _environment.Metrics.TransactionsAlive -= _lingering.EndAll();
    }

    /// <summary>Lets go of a part of what was not needed since the last call. How many octets of responses and records that were.</summary>
    public long Trim()
    {
        _pools.Trim();
        _servers.Trim();
        _clients.Trim();
        return _lingering.Trim();
    }

    private void RestoreServers(in RequestKey key)
    {
        // Several may have the key: requests of one branch and different methods.
        while (_lingering.TryTakeServer(key, out var record))
        {
            var server = _pools.GetServer(record.Method);
            server.Restore(record, _lingering.ResponseOf(record));
            _servers.Add(server);
        }
    }

    private ClientTransaction? RestoreClient(BranchId branch, SipMethod method)
    {
        var isInvite = method == SipMethod.Invite;
        if (!_lingering.TryTakeClient(branch, isInvite, out var record))
        {
            return null;
        }

        var client = _pools.GetClient(method);
        client.Restore(record);
        _clients.Add(client);
        return client.Method == method ? client : null;
    }

    private void Remove(ServerTransaction server)
    {
        // A branch that is still open may outlive it (Timer L, RFC 6026 §7.1): its user goes on asking this object where
        // the request came from, so no other request gets it.
        var isFree = server.User is null;
        _servers.Remove(server);
        server.Release();
        _pools.Return(server, isFree);
    }

    private void Remove(ClientTransaction client)
    {
        _clients.Remove(client);
        client.Release();
        _pools.Return(client);
    }

    private void Created(Transaction transaction)
    {
        transaction.Open();
        _environment.Metrics.TransactionsCreated++;
        _environment.Metrics.TransactionsAlive++;
    }

    private ServerTransaction? FindCancel(SipMessage request, in RequestKey key)
    {
        for (var server = _servers.First(key.Hop); server is not null; server = _servers.Next(server))
        {
            if (server.Method == SipMethod.Cancel && IsSame(server, request, key))
            {
                return server;
            }
        }

        return null;
    }

    private ulong CallKeyOf(SipMessage request)
    {
        var hash = new Hash64(_tableKey ^ 0x4341_4C4C);
        hash.Add(request[request.CallId]);
        hash.Add(request[request.FromTag]);
        hash.Add(request.CSeq.Number);
        return hash.Value;
    }

    private ulong HopKeyOf(SipMessage request)
    {
        var hash = new Hash64(_tableKey);
        ref readonly var via = ref request.TopVia;
        if (via.HasCookie(request.Bytes))
        {
            hash.AddIgnoringCase(request[via.Branch]);
            hash.AddIgnoringCase(request[via.Host]);
            hash.Add((ulong)via.Port);
        }
        else
        {
            // RFC 3261 §17.2.3, the rules for RFC 2543 elements: no branch to go by.
            hash.Add(request[request.CallId]);
            hash.Add(request[request.FromTag]);
            hash.Add(request.CSeq.Number);
            hash.Add(request[via.Value]);
        }

        return hash.Value;
    }

    private bool IsSame(ServerTransaction server, SipMessage request, in RequestKey key)
    {
        var sameMethod = request.Method switch
        {
            SipMethod.Ack => server.Method == SipMethod.Invite,
            SipMethod.Cancel => true,
            _ => server.Method == request.Method,
        };
        if (!sameMethod)
        {
            return false;
        }

        return request.TopVia.HasCookie(request.Bytes)
            ? server.CallKey == key.Call && server.HasSameBranch(request) && (request.Method == SipMethod.Cancel || IsSameUnknownMethod(server, request, request.MethodToken))
            : IsSameByRfc2543(server, request);
    }

    /// <summary>Two methods that we do not know by name are told apart by their tokens.</summary>
    private bool IsSameUnknownMethod(Transaction transaction, SipMessage message, Slice methodToken)
    {
        if (transaction is not { Method: SipMethod.Unknown, Request: { } kept })
        {
            return true;
        }

        SipParser.TryParse(kept.Buffer, kept.Length, _keptView);
        return _keptView[_keptView.MethodToken].SequenceEqual(message[methodToken]);
    }

    private bool IsSameByRfc2543(ServerTransaction server, SipMessage request)
    {
        if (server.Request is null)
        {
            return true;
        }

        SipParser.TryParse(server.Request.Buffer, server.Request.Length, _keptView);

        var isAck = request.Method == SipMethod.Ack;
        return _keptView[_keptView.RequestUri].SequenceEqual(request[request.RequestUri])
            && _keptView[_keptView.FromTag].SequenceEqual(request[request.FromTag])
            && _keptView[_keptView.CallId].SequenceEqual(request[request.CallId])
            && _keptView.CSeq.Number == request.CSeq.Number
            && _keptView[_keptView.TopVia.Value].SequenceEqual(request[request.TopVia.Value])
            && (isAck || _keptView[_keptView.MethodToken].SequenceEqual(request[request.MethodToken]) || request.Method == SipMethod.Cancel)
            && (isAck ? server.HasAnsweredWith(request[request.ToTag], _keptView) : _keptView[_keptView.ToTag].SequenceEqual(request[request.ToTag]));
    }
}
