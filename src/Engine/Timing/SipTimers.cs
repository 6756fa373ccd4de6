namespace ImsSipFast.Engine.Timing;

/// <summary>
/// The durations of every timer in ticks (1 tick = 1 ms), derived once from the options.
/// RFC 3261 table 4 (Appendix A) is the source of the defaults and of the derivations.
/// </summary>
internal sealed record SipTimers
{
    /// <summary>Round-trip estimate, 500 ms.</summary>
    public long T1 { get; init; } = 500;

    /// <summary>Longest retransmission interval of non-INVITE requests and INVITE responses, 4 s.</summary>
    public long T2 { get; init; } = 4_000;

    /// <summary>Longest time a message stays in the network, 5 s.</summary>
    public long T4 { get; init; } = 5_000;

    /// <summary>Timer C, over 3 min: RFC 3261 §16.6 step 11.</summary>
    public long C { get; init; } = 181_000;

    /// <summary>Idle time of a dialog before it is forgotten, 3600 s.</summary>
    public long Dialog { get; init; } = 3_600_000;

    /// <summary>Longest life of a pending non-INVITE request context, 300 s.</summary>
    public long Pending { get; init; } = 300_000;

    /// <summary>Longest wait for the final response of a cancelled INVITE branch, 60 s; 64*T1 when that is sooner.</summary>
    public long BranchTimeout { get; init; } = 60_000;

    /// <summary>Interval of the clean-up summary, 30 s.</summary>
    public long RegistrationCheck { get; init; } = 30_000;

    /// <summary>64·T1: timers B, F, H, J, L and M, and the wait after a CANCEL.</summary>
    public long SixtyFourT1 => 64 * T1;

    /// <summary>RFC 3261 §9.1: how long a cancelled branch is waited for.</summary>
    public long CancelledBranch => Math.Min(SixtyFourT1, BranchTimeout);

    /// <summary>
    /// How long a commit of bindings is waited for, 4 s: an eighth of the time for which the sender of a REGISTER waits, since
    /// others may wait before it.
    /// </summary>
    public long Commit => SixtyFourT1 / 8;

    /// <summary>
    /// Timer D: RFC 3261 §17.1.1.2 wants at least 32 s on UDP, and no less than the peer's Timer H; its T1 is not known.
    /// </summary>
    public long D => Math.Max(SixtyFourT1, 32_000);

    /// <summary>
    /// RFC 4320 §4.1: a 100 is sent only when the client's Timer E would have been reset to T2: after
    /// T1 + 2·T1 + … until the next interval is T2 (3.5 s with the defaults).
    /// </summary>
    public long NonInviteTrying
    {
        get
        {
            long sum = 0;
            for (var interval = T1; interval < T2; interval *= 2)
            {
                sum += interval;
            }

            return sum;
        }
    }

    /// <summary>The durations that the options ask for.</summary>
    public static SipTimers From(SipEngineOptions options) => new()
    {
        T1 = Ticks(options.T1),
        T2 = Ticks(options.T2),
        T4 = Ticks(options.T4),
        C = Ticks(options.TimerC),
        Dialog = Ticks(options.DialogTimeout),
        Pending = Ticks(options.PendingTimeout),
        BranchTimeout = Ticks(options.BranchTimeout),
        RegistrationCheck = Ticks(options.RegistrationCheck),
    };

    private static long Ticks(double seconds) => (long)Math.Round(seconds * 1000);
}
