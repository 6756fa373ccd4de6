using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Transactions.Lingering;

/// <summary>
/// What is left of a transaction that only absorbs and repeats until its last timer ends it: enough to go on as if
/// nothing had happened when a retransmission comes after all.
/// </summary>
internal struct LingeringTransaction
{
    /// <summary>Hash under which it is found.</summary>
    public ulong Key;

    /// <summary>Client: the other half of its branch.</summary>
    public ulong Loop;

    /// <summary>Server: hash of Call-ID, From tag and CSeq number; in the place of the loop half, which only a client has.</summary>
    public ulong Call
    {
        readonly get => Loop;
        set => Loop = value;
    }

    /// <summary>When its last timer (J, K, L or M) fires.</summary>
    public long DueTick;

    /// <summary>When it was created.</summary>
    public long CreatedTick;

    /// <summary>Server: where responses go. Client: where further 2xx go.</summary>
    public Flow Peer;

    /// <summary>Server: where its last response is, in the <see cref="ResponseLog"/>.</summary>
    public long ResponseAt;

    /// <summary>Octets of that response, 0 when none is kept.</summary>
    public int ResponseLength;

    /// <summary>Status code of its last response.</summary>
    public ushort Status;

    /// <summary>Method of its request.</summary>
    public SipMethod Method;

    /// <summary>It has been taken back.</summary>
    public bool IsRestored;

    /// <summary>Client: marks of the dialogs that its 2xx belong to, in the room that only servers need otherwise.</summary>
    public ulong Dialogs
    {
        readonly get => (ulong)ResponseAt;
        set => ResponseAt = (long)value;
    }

    /// <summary>The number of the next older record in the same bucket.</summary>
    internal long NextInBucket;
}
