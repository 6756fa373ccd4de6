using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Transactions.Lingering;

/// <summary>
/// The lingering transactions of a shard: a ring for each duration and kind, and the responses that servers may have to
/// repeat. A transaction is put to rest when its user has let go of it, and taken up again by the first message for it.
/// </summary>
internal sealed class LingeringTransactions(ShardResources environment)
{
    // A record with its places in the index.
    private const int OctetsEach = 96;

    private readonly LingeringRing _servers = new();
    private readonly LingeringRing _inviteClients = new();
    private readonly LingeringRing _nonInviteClients = new();
    private readonly ResponseLog _responses = new();

    /// <summary>Lingering transactions.</summary>
    public int Count => _servers.Count + _inviteClients.Count + _nonInviteClients.Count;

    /// <summary>Puts a server transaction to rest; false when it has to stay what it is.</summary>
    public bool TryAdd(ServerTransaction server)
    {
        if (!server.CanLinger || server.DueTick < _servers.LastDueTick || _servers.IsFull)
        {
            return false;
        }

        var record = server.ToRecord();
        if (record.ResponseLength > 0)
        {
            record.ResponseAt = _responses.Add(server.LastResponse);
        }

        Add(_servers, record);
        return true;
    }

    /// <summary>Puts a client transaction to rest; false when it has to stay what it is.</summary>
    public bool TryAdd(ClientTransaction client)
    {
        var ring = client is InviteClientTransaction ? _inviteClients : _nonInviteClients;
        if (!client.CanLinger || client.DueTick < ring.LastDueTick || ring.IsFull)
        {
            return false;
        }

        Add(ring, client.ToRecord());
        return true;
    }

    /// <summary>A server transaction with that key is about to be looked for.</summary>
    public void PrefetchServer(ulong key) => _servers.PrefetchTake(key);

    /// <summary>A client transaction got its final response, and will soon be put to rest.</summary>
    public void Prefetch(ClientTransaction client) => (client is InviteClientTransaction ? _inviteClients : _nonInviteClients).PrefetchAdd(client.Key);

    /// <summary>Takes a server transaction with that key up again.</summary>
    public bool TryTakeServer(in RequestKey key, out LingeringTransaction record) => _servers.TryTake(key.Hop, key.Call, out record);

    /// <summary>Takes the client transaction with that branch up again.</summary>
    public bool TryTakeClient(BranchId branch, bool isInvite, out LingeringTransaction record) =>
        (isInvite ? _inviteClients : _nonInviteClients).TryTake(branch.Unique, branch.Loop, out record);

    /// <summary>The response of a server transaction that was just taken up.</summary>
    public ReadOnlySpan<byte> ResponseOf(in LingeringTransaction record) =>
        record.ResponseLength == 0 ? default : _responses[record.ResponseAt, record.ResponseLength];

    /// <summary>The timer of a ring has fired: what is due is over. How many that were.</summary>
    public int End(LingeringRing ring, long nowTick)
    {
        var before = ring.Count;
        while (ring.TryTakeDue(nowTick, out var record))
        {
            environment.Budget.Add(-OctetsEach - record.ResponseLength);
            if (record.ResponseLength > 0)
            {
                _responses.TrimTo(record.ResponseAt);
            }
        }

        if (ring.FirstDueTick != long.MaxValue)
        {
            environment.Wheel.Schedule(ring.Timer, TimerKind.Lingering, ring.FirstDueTick);
        }

        return before - ring.Count;
    }

    /// <summary>Ends all. How many that were.</summary>
    public int EndAll()
    {
        var ended = 0;
        foreach (var ring in (ReadOnlySpan<LingeringRing>)[_servers, _inviteClients, _nonInviteClients])
        {
            ended += End(ring, long.MaxValue - 1);
            environment.Wheel.Cancel(ring.Timer);
        }

        return ended;
    }

    /// <summary>Lets go of a part of the blocks that were not needed since the last call. How many octets that were.</summary>
    public long Trim() => _servers.Trim() + _inviteClients.Trim() + _nonInviteClients.Trim() + _responses.Trim();

    private void Add(LingeringRing ring, in LingeringTransaction record)
    {
        ring.Add(record);
        environment.Budget.Add(OctetsEach + record.ResponseLength);
        if (!ring.Timer.IsScheduled)
        {
            environment.Wheel.Schedule(ring.Timer, TimerKind.Lingering, ring.FirstDueTick);
        }
    }
}
