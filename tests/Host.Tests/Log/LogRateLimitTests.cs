using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Host.Log;

namespace ImsSipFast.Host.Tests.Log;

public sealed class LogRateLimitTests
{
    [Fact]
    public void What_is_too_much_is_counted_by_kind_and_summarised_when_the_second_is_over()
    {
        var limit = new LogRateLimit(10);
        Assert.Equal(10, Enumerable.Range(0, 410).Count(_ => limit.Admits(DecisionVerb.Rx, 5000)));
        Assert.DoesNotContain(Enumerable.Range(0, 300), _ => limit.Admits(DecisionVerb.Tx, 5400));
        Assert.DoesNotContain(Enumerable.Range(0, 533), _ => limit.Admits(DecisionVerb.Fwd, 5999));
        Assert.False(limit.Admits(DecisionVerb.Timer, 5999));
        Assert.Null(limit.TakeSummary(5999));
        Assert.Equal("… 1,234 lines suppressed in 1 s: RX 400, TX 300, FWD 533, TIMER 1", limit.TakeSummary(6000));
        Assert.Null(limit.TakeSummary(6000));
        Assert.True(limit.Admits(DecisionVerb.Rx, 6000));
    }

    [Fact]
    public void Records_that_nobody_read_are_counted_as_well()
    {
        var limit = new LogRateLimit(10);
        limit.CountMissed(0, 0);
        limit.CountMissed(20, 100);
        Assert.Null(limit.TakeSummary(1099));
        Assert.Equal("… 20 lines suppressed in 1 s: unread 20", limit.TakeSummary(1100));
    }

    [Fact]
    public void A_storm_that_does_not_end_is_summarised_every_second()
    {
        var limit = new LogRateLimit(1);
        var summaries = new List<string?>();
        for (var now = 0; now <= 3000; now += 25)
        {
            _ = limit.Admits(DecisionVerb.Rx, now);
            summaries.Add(limit.TakeSummary(now));
        }

        Assert.Equal(2, summaries.Count(static s => s is not null));
        Assert.Equal("… 40 lines suppressed in 1 s: RX 40", summaries.First(static s => s is not null));
        Assert.Equal("… 12 lines suppressed in 3 s: TX 12", Late());

        static string? Late()
        {
            var late = new LogRateLimit(1);
            Assert.Equal(1, Enumerable.Range(0, 13).Count(_ => late.Admits(DecisionVerb.Tx, 0)));
            return late.TakeSummary(2600);
        }
    }

    [Fact]
    public void At_the_end_of_the_run_the_summary_does_not_wait()
    {
        var limit = new LogRateLimit(1);
        Assert.True(limit.Admits(DecisionVerb.Drop, 0));
        Assert.False(limit.Admits(DecisionVerb.Drop, 1));
        Assert.Equal("… 1 lines suppressed in 1 s: DROP 1", limit.TakeSummary(2, evenIfTheSecondRuns: true));
    }

    [Fact]
    public void Zero_is_unlimited_and_a_note_is_never_held_back()
    {
        Assert.All(Enumerable.Range(0, 100_000), static _ => new LogRateLimit(0).Admits(DecisionVerb.Rx, 0));
        var limit = new LogRateLimit(1);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(limit.Admits(DecisionVerb.Note, 0)));
        Assert.True(limit.Admits(DecisionVerb.Rx, 0));
    }
}
