using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Transactions;

/// <summary>The transactions of one shard that wait for their next use. Those in use count in the shard's budget.</summary>
internal sealed class TransactionPools(ShardResources environment, SipMessage keptView)
{
    // What a live transaction costs beside its messages: its object with its timers, its place in the table, and its part
    // of the response context and branch above it. perf --memory measures it.
    private const int OctetsEach = 768;

    private readonly LocalPool<InviteServerTransaction> _inviteServers = new(() => new InviteServerTransaction(environment));
    private readonly LocalPool<NonInviteServerTransaction> _nonInviteServers = new(() => new NonInviteServerTransaction(environment));
    private readonly LocalPool<InviteClientTransaction> _inviteClients = new(() => new InviteClientTransaction(environment, keptView));
    private readonly LocalPool<NonInviteClientTransaction> _nonInviteClients = new(() => new NonInviteClientTransaction(environment));

    /// <summary>A server transaction for a request of that method.</summary>
    public ServerTransaction GetServer(SipMethod method)
    {
        environment.Budget.Add(OctetsEach);
        return method == SipMethod.Invite ? _inviteServers.Get() : _nonInviteServers.Get();
    }

    /// <summary>A client transaction for a request of that method.</summary>
    public ClientTransaction GetClient(SipMethod method)
    {
        environment.Budget.Add(OctetsEach);
        return method == SipMethod.Invite ? _inviteClients.Get() : _nonInviteClients.Get();
    }

    /// <summary>It is over; <paramref name="isFree"/> says whether another request may have it.</summary>
    public void Return(ServerTransaction server, bool isFree)
    {
        environment.Budget.Add(-OctetsEach);
        if (!isFree)
        {
            return;
        }

        if (server is InviteServerTransaction invite)
        {
            _inviteServers.Return(invite);
        }
        else
        {
            _nonInviteServers.Return((NonInviteServerTransaction)server);
        }
    }

    /// <summary>It is over.</summary>
    public void Return(ClientTransaction client)
    {
        environment.Budget.Add(-OctetsEach);
        if (client is InviteClientTransaction invite)
        {
            _inviteClients.Return(invite);
        }
        else
        {
            _nonInviteClients.Return((NonInviteClientTransaction)client);
        }
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim()
    {
        _inviteServers.Trim();
        _nonInviteServers.Trim();
        _inviteClients.Trim();
        _nonInviteClients.Trim();
    }
}
