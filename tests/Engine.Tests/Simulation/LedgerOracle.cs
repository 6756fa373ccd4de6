namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// The state ledger: after a quiet time nothing is left of what the case did, and every datagram that came in is
/// accounted for.
/// </summary>
internal static class LedgerOracle
{
    /// <summary>Longer than Timer C, the wait after its CANCEL and the pending-request timer together.</summary>
    private const long QuietMilliseconds = 600_000;

    /// <summary>Longer than any binding or dialog lives.</summary>
    private const long ForgottenMilliseconds = 4 * 3_600_000;

    /// <summary>Timers of a shard that never end: the clean-up summary and the branch check.</summary>
    private const int PeriodicTimersPerShard = 2;

    public static void Check(SimTestBed bed)
    {
        bed.Pass(QuietMilliseconds);
        var metrics = bed.Engine.Sum();
        Assert.Equal(0, metrics.TransactionsAlive);
        Assert.Equal(0, metrics.ContextsAlive);
        Assert.True(bed.Engine.Pool.Outstanding == 0, $"datagrams still rented:\n{bed.Engine.Pool.DescribeOutstanding()}");
        Assert.Equal(bed.Engine.Delivered, metrics.Received);
        Assert.Equal(metrics.Received, metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal());
        Assert.Equal(bed.Engine.Sent.Count, metrics.Sent);

        bed.Pass(ForgottenMilliseconds);
        metrics = bed.Engine.Sum();
        Assert.Equal(0, metrics.BindingsAlive);
        Assert.Equal(0, metrics.DialogsAlive);
        Assert.InRange(metrics.TimersAlive, 0, PeriodicTimersPerShard * bed.Engine.Shards.Length);
        Assert.Equal(0, bed.Engine.Pool.Outstanding);
        Assert.Equal(0, metrics.KeptOctets);
    }
}
