using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>What the witness knows of one request that came in: a server transaction as it looks from outside.</summary>
internal sealed class SimWorldServerTrace(SimWorldMessage request, PeerAddress source, PeerAddress listener, long tick)
{
    public SimWorldMessage Request => request;

    public PeerAddress Source => source;

    /// <summary>The listener that it came in by.</summary>
    public PeerAddress Listener => listener;

    public long FirstTick => tick;

    public List<SimWorldClientTrace> Clients { get; } = [];

    /// <summary>The only final response but 2xx to an INVITE.</summary>
    public byte[]? Final { get; set; }

    public int FinalStatus { get; set; }

    /// <summary>When the first final response left, -1 before.</summary>
    public long FinalTick { get; set; } = -1;

    /// <summary>The 2xx to an INVITE by To tag: several callees may have answered.</summary>
    public Dictionary<string, byte[]> Successes { get; } = [];

    public long CancelTick { get; set; } = -1;

    /// <summary>The Request-URIs that it may be forwarded with; null when that is not known.</summary>
    public HashSet<string>? Targets { get; set; }

    /// <summary>The clock has stepped over it: the engine may have forgotten it and take it for new.</summary>
    public bool IsVoid { get; set; }

    public bool IsInvite => request.Method == "INVITE";

    public bool HasFinal => FinalTick >= 0;

    /// <summary>No new branches, and those that ring are cancelled: RFC 3261 §16.7 steps 5 and 10, §16.10.</summary>
    public bool IsClosed => CancelTick >= 0 || Clients.Exists(static c => c is { IsVoid: false, FinalStatus: (>= 200 and < 300) or >= 600 });

    /// <summary>The same, when all that may have been understood is counted.</summary>
    public bool MayBeClosed => CancelTick >= 0 || Clients.Exists(static c => c.FinalStatus is >= 200 and < 300 or >= 600);
}

/// <summary>What the witness knows of one branch of the proxy.</summary>
internal sealed class SimWorldClientTrace(SimWorldServerTrace server, SimWorldMessage request, PeerAddress destination, long tick)
{
    public SimWorldServerTrace Server => server;

    public SimWorldMessage Request => request;

    public PeerAddress Destination => destination;

    public long SentTick { get; } = tick;

    public long ProvisionalTick { get; set; } = -1;

    /// <summary>The last 101 to 199, which start Timer C again.</summary>
    public long RingingTick { get; set; } = tick;

    public long FinalTick { get; set; } = -1;

    public int FinalStatus { get; set; }

    public string FinalToTag { get; set; } = "";

    public long CancelTick { get; set; } = -1;

    public byte[]? Cancel { get; set; }

    /// <summary>It may have ended without the witness seeing why: a notice, a clock that stepped.</summary>
    public bool IsVoid { get; set; }

    public bool IsInvite => request.Method == "INVITE";

    /// <summary>Rings: a provisional response has come, and neither a final one nor a CANCEL has gone by.</summary>
    public bool Rings => IsInvite && ProvisionalTick >= 0 && FinalTick < 0 && CancelTick < 0 && !IsVoid;

    /// <summary>
    /// How long ago its transaction was due to end by timers B, C, F, the life of a pending request or the wait after
    /// a CANCEL; negative while it waits.
    /// </summary>
    public long OverdueBy(long now, SipEngineOptions options)
    {
        const long life = 64 * SimWorld.T1;
        if (!IsInvite)
        {
            return Math.Max(now - SentTick - life, now - server.FirstTick - Ticks(options.PendingTimeout));
        }

        var silent = ProvisionalTick >= 0 ? long.MinValue : now - SentTick - Math.Min(life, Ticks(options.TimerC));
        return CancelTick < 0 ? silent : Math.Max(silent, now - CancelTick - Math.Min(life, Ticks(options.BranchTimeout)));
    }

    private static long Ticks(double seconds) => (long)(1000 * seconds);
}
