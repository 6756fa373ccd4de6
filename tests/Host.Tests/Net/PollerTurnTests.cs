using ImsSipFast.Engine.Net;

namespace ImsSipFast.Host.Tests.Net;

public sealed class PollerTurnTests
{
    [Fact]
    public void Whoever_gives_way_goes_on_each_time_and_once()
    {
        using var wentOn = new SemaphoreSlim(0);
        using var turn = new PollerYield(() => wentOn.Release());
        for (var i = 0; i < 100; i++)
        {
            Assert.True(turn.TryGiveWay());
            Assert.True(wentOn.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        Assert.False(wentOn.Wait(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));
    }
}
