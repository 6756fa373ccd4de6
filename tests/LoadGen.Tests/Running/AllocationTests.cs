using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Running;

/// <summary>0 octets a message in steady state.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(Profile.Call)]
    [InlineData(Profile.Busy)]
    [InlineData(Profile.Cancel)]
    [InlineData(Profile.Message)]
    [InlineData(Profile.Subscribe)]
    public void The_agents_allocate_nothing(Profile profile)
    {
        var network = new QuietNetwork(Plans.Of(profile, rate: 1000, seconds: 6) with
        {
            Call = new() { Hold = TimeSpan.FromMilliseconds(50), Ring = TimeSpan.FromMilliseconds(10), CalleeHangsUp = 0.5, ReInvite = 0.5, EarlyMedia = 0.5 },
        });
        // Between two samples: the sample of a second is an object.
        network.RunUntil(4_050_000);
        var (allocated, messages) = (GC.GetAllocatedBytesForCurrentThread(), network.Messages);
        network.RunUntil(4_950_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.True(network.Messages - messages >= 1800, "too few messages to tell");
        Assert.Equal(0, network.Metrics.Failed);
    }
}
