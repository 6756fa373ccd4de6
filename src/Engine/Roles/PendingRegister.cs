using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Roles;

/// <summary>A REGISTER that waits: for its commit, or for those of the same registration set that came before it.</summary>
internal sealed class PendingRegister
{
    /// <summary>
    /// Its transaction, which keeps the request, absorbs its retransmissions, and sends a 100 when that is due (RFC 4320
    /// §4.1).
    /// </summary>
    public ServerTransaction Server { get; set; } = null!;

    /// <summary>Hash of its registration set.</summary>
    public ulong Hash { get; set; }

    /// <summary>What the registrar wants back with the end of its commit.</summary>
    public PendingCommit Commit { get; set; }

    /// <summary>The one that waits for it.</summary>
    public PendingRegister? Next { get; set; }
}
