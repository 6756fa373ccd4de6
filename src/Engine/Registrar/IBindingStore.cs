using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// Where bindings are committed to (RFC 3261 §10.3 step 7). No request is looked up here: requests find a user in the location
/// service, which changes once the commit has succeeded. Expiries are not told, since each binding says when it ends.
/// </summary>
internal interface IBindingStore
{
    /// <summary>Commits a plan or begins to; called by the shard whose partition it concerns.</summary>
    /// <param name="plan">Good during this call: what is needed longer is copied.</param>
    /// <param name="shard">Index of the shard, which is told the end of a pending commit.</param>
    /// <param name="ticket">What the <see cref="BindingCommit"/> bears that ends a pending one.</param>
    CommitStatus Commit(RegisterPlan plan, int shard, long ticket);
}

/// <summary>How far a commit has come.</summary>
internal enum CommitStatus : byte
{
    /// <summary>The bindings are as planned.</summary>
    Done,

    /// <summary>A <see cref="BindingCommit"/> will say.</summary>
    Pending,

    /// <summary>It failed: the bindings are as before.</summary>
    Refused,
}

/// <summary>A pending commit has ended.</summary>
/// <param name="Ticket">What the shard gave with it.</param>
/// <param name="Status">Done or refused.</param>
internal sealed record BindingCommit(long Ticket, CommitStatus Status) : Completion(Ticket);
