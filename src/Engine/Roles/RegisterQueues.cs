using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Roles;

/// <summary>
/// The REGISTERs of a shard that wait, a queue for each registration set: RFC 3261 §10.3 wants them processed in the
/// order in which they came, each as a whole. The first waits for its commit, the others for their turn.
/// </summary>
internal sealed class RegisterQueues
{
    /// <summary>
    /// REGISTERs that may wait behind one: the last has its answer after eight times the wait for a commit, which is the 64·T1
    /// for which its sender waits.
    /// </summary>
    public const int MostBehind = 7;

    private readonly Dictionary<ulong, PendingRegister> _first = [];
    private readonly LocalPool<PendingRegister> _idle = new(static () => new PendingRegister());

    /// <summary>True when none waits: nearly always.</summary>
    public bool IsEmpty => _first.Count == 0;

    /// <summary>REGISTERs that wait of a registration set, by its hash.</summary>
    public int CountOf(ulong hash)
    {
        var count = 0;
        for (var register = _first.GetValueOrDefault(hash); register is not null; register = register.Next)
        {
            count++;
        }

        return count;
    }

    /// <summary>Puts a REGISTER at the end of its queue.</summary>
    public PendingRegister Add(ulong hash, ServerTransaction server)
    {
        var added = _idle.Get();
        (added.Hash, added.Server) = (hash, server);
        if (!_first.TryAdd(hash, added))
        {
            var last = _first[hash];
            while (last.Next is { } next)
            {
                last = next;
            }

            last.Next = added;
        }

        return added;
    }

    /// <summary>The first of a queue has been served; the one whose turn it is.</summary>
    public PendingRegister? RemoveFirst(PendingRegister first)
    {
        var next = first.Next;
        if (next is null)
        {
            _first.Remove(first.Hash);
        }
        else
        {
            _first[first.Hash] = next;
        }

        (first.Next, first.Server) = (null, null!);
        _idle.Return(first);
        return next;
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => _idle.Trim();
}
