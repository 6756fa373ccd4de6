using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>What a leg is for; which flow drives it.</summary>
internal enum LegKind : byte
{
    Free,

    /// <summary>REGISTER.</summary>
    Registration,

    /// <summary>The calling end of an INVITE.</summary>
    Caller,

    /// <summary>The called end of an INVITE.</summary>
    Callee,

    /// <summary>MESSAGE or OPTIONS.</summary>
    Requester,

    /// <summary>The end that asked for notifications.</summary>
    Subscriber,

    /// <summary>The end that sends them.</summary>
    Notifier,

    /// <summary>A dialog that a second 2xx made and that only lives to be ended (RFC 3261 §13.2.2.4).</summary>
    SurplusDialog,
}

/// <summary>States of a client transaction (RFC 3261 figures 5 and 6); Calling and Trying are one.</summary>
internal enum ClientState : byte
{
    Idle,
    Calling,
    Proceeding,
    Completed,

    /// <summary>An INVITE that got a 2xx (RFC 6026).</summary>
    Accepted,
}

/// <summary>States of an INVITE server transaction.</summary>
internal enum ServerState : byte
{
    Idle,
    Proceeding,

    /// <summary>A 2xx is repeated until its ACK comes.</summary>
    Accepted,

    /// <summary>A final failure is repeated until its ACK comes.</summary>
    Completed,
    Confirmed,
}

/// <summary>What has been drawn for a leg, and what it has seen.</summary>
[Flags]
internal enum LegFlags : ushort
{
    None = 0,
    CalleeHangsUp = 1,
    EarlyMedia = 2,
    ReInvite = 4,

    /// <summary>The dialog's target, route set and parties are known.</summary>
    InDialog = 8,

    /// <summary>Some response told of the called side.</summary>
    Rang = 16,

    /// <summary>A CANCEL was sent, or is to be as soon as §9.1 allows it.</summary>
    Cancelling = 32,

    /// <summary>The other side has seen the request, or the NOTIFY came.</summary>
    Notified = 64,
    ReInvited = 128,

    /// <summary>The last NOTIFY or SUBSCRIBE of a subscription is under way.</summary>
    Ending = 256,

    /// <summary>A user with several contacts.</summary>
    Fork = 512,

    /// <summary>An outcome has been decided; what follows only tidies up.</summary>
    Decided = 1024,
}

/// <summary>
/// One user agent's end of one dialog or transaction. Only numbers: its text (route set, parties, challenge) lies in
/// the room of its index in <see cref="LegTable"/>.
/// </summary>
internal struct Leg
{
    /// <summary>Serial number (40 bits) and index (24 bits): never the same twice in a run. 0: free.</summary>
    public ulong Id;
    public LegKind Kind;
    public Side Side;
    public Profile Profile;
    public LegFlags Flags;
    public short Phase;
    public int Local;
    public int Remote;
    public uint Number;

    /// <summary>Who is told when it ends; 0: nobody.</summary>
    public int Ticket;

    /// <summary>Microseconds at which the attempt was due.</summary>
    public long Due;

    /// <summary>Microseconds at which the request under way was due.</summary>
    public long RequestDue;

    /// <summary>Microseconds of the 200 to the INVITE.</summary>
    public long AnsweredAt;

    // The client transaction under way. A CANCEL has the number of its INVITE.
    public Method Method;
    public byte Transaction;
    public ClientState State;
    public uint CSeq;
    public int Interval;
    public long Deadline;

    /// <summary>A CANCEL was answered, and its INVITE not yet.</summary>
    public bool Cancelled;

    // The INVITE that the leg sent last.
    public ClientState InviteState;
    public byte InviteTransaction;
    public uint InviteCSeq;
    public uint InviteNonceCount;

    // The INVITE or SUBSCRIBE that the leg was made by, or got last.
    public ServerState Server;
    public short Status;
    public uint RemoteCSeq;
    public int ServerInterval;
    public long ServerDeadline;
    public ulong BranchKey;

    /// <summary>0, or the number of the contact that was called.</summary>
    public byte ContactNumber;
    public byte Challenged;
    public uint NonceCount;

    /// <summary>Used octets of the leg's text.</summary>
    public int TextLength;
    public Slice Target;
    public Slice Routes;
    public Slice LocalParty;
    public Slice RemoteParty;
    public Slice CallId;
    public Slice User;
    public Slice Head;
    public Slice Challenge;
    public Peer NextHop;
    public Peer ResponseTo;

    public readonly int Index => LegTable.IndexOf(Id);

    public readonly bool Has(LegFlags flags) => (Flags & flags) != 0;

    public readonly bool HasAll(LegFlags flags) => (Flags & flags) == flags;
}
