using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// The state ledger: as soon as no request waits for an answer any more and the last retransmission has been absorbed,
/// nothing is left of what the case did but the dialogs that are up, and every datagram that came in is accounted for.
/// </summary>
internal static class LedgerOracle
{
    /// <summary>Longer than any binding or dialog lives.</summary>
    private const long ForgottenMilliseconds = 4 * 3_600_000;

    /// <summary>Timers of a shard that never end: the clean-up summary.</summary>
    private const int PeriodicTimersPerShard = 1;

    public static void Check(SimTestBed bed)
    {
        var timers = SipTimers.From(bed.Options);
        Assert.True(
            bed.RunUntil(bed.Now + LongestWait(timers), () => bed.Engine.Shards.All(static s => s.Metrics.ContextsAlive == 0)),
            $"{bed.Engine.Sum().ContextsAlive} response contexts are left");
        bed.Pass(LongestLinger(timers));
        var metrics = bed.Engine.Sum();
        Assert.Equal(0, metrics.TransactionsAlive);
        Assert.Equal(0, metrics.ContextsAlive);
        Assert.True(bed.Engine.Pool.Outstanding == 0, $"datagrams still rented:\n{bed.Engine.Pool.DescribeOutstanding()}");
        Assert.Equal(bed.Engine.Delivered, metrics.Received - metrics.LocalHops);
        Assert.Equal(metrics.Received, metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal());
        Assert.Equal(bed.Engine.Sent.Count, metrics.Sent - metrics.LocalHops);
        CheckDialogs(bed.Engine);

        bed.Pass(ForgottenMilliseconds);
        metrics = bed.Engine.Sum();
        Assert.Equal(0, metrics.BindingsAlive);
        Assert.Equal(0, metrics.DialogsAlive);
        Assert.InRange(metrics.TimersAlive, 0, PeriodicTimersPerShard * bed.Engine.Shards.Length);
        Assert.Equal(0, bed.Engine.Pool.Outstanding);
        Assert.Equal(0, metrics.KeptOctets);
    }

    /// <summary>A dialog is up when its 2xx has passed and no BYE; less when it was idle for too long, or beyond the limit.</summary>
    public static void CheckDialogs(SimEngine engine)
    {
        var (metrics, seen) = (engine.Sum(), new DialogOracle(engine));
        Assert.True(metrics.DialogsAlive <= seen.Up, $"{metrics.DialogsAlive} dialogs are observed, {seen.Up} are up");
        Assert.True(metrics.DialogsConfirmed <= seen.Answered, $"{metrics.DialogsConfirmed} calls counted as answered, {seen.Answered} were");
    }

    /// <summary>The slowest way to an end: Timer C and the wait after its CANCEL, or the life of a pending request.</summary>
    private static long LongestWait(SipTimers timers) =>
        Math.Max(Math.Max(timers.C, timers.SixtyFourT1) + timers.CancelledBranch, timers.Pending) + 1;

    /// <summary>Timers D, H with I, J, L and M; and T4 for a request that ended in silence.</summary>
    private static long LongestLinger(SipTimers timers) => Math.Max(timers.D, timers.SixtyFourT1 + timers.T4) + 1;
}
