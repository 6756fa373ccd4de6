using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Shards;

public sealed class HandOffTests
{
    private long _now = 1000;

    [Theory]
    [InlineData(RunnerPolicy.Inline, 8, false)]
    [InlineData(RunnerPolicy.Workers, 8, true)]
    [InlineData(RunnerPolicy.Workers, 1, true)]
    [InlineData(RunnerPolicy.Auto, 1, false)]
    public void Some_policies_never_change_their_mind(RunnerPolicy policy, int processors, bool workers)
    {
        var handOff = new HandOff(policy, processors);
        Assert.True(handOff.IsFixed);
        Windows(handOff, 10, batches: 20, full: true);
        Assert.Equal(workers, handOff.UsesWorkers);
    }

    [Fact]
    public void A_window_of_full_batches_hands_over()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Assert.False(handOff.IsFixed);
        Windows(handOff, 2, batches: 20, full: true);
        Assert.True(handOff.UsesWorkers);
    }

    [Fact]
    public void Batches_that_leave_room_never_hand_over()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 50, batches: 100, full: false);
        Assert.False(handOff.UsesWorkers);
    }

    [Fact]
    public void A_burst_and_then_silence_does_not_hand_over()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 1, batches: 6, full: true);
        _now += 500;
        Windows(handOff, 2, batches: 1, full: false);
        Assert.False(handOff.UsesWorkers);
    }

    [Fact]
    public void Without_a_free_processor_a_busy_loop_keeps_its_shards()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 10, batches: 20, full: true, otherLoops: 1);
        Assert.False(handOff.UsesWorkers);
        Assert.True(handOff.IsSaturated);
    }

    [Fact]
    public void Short_batches_under_the_same_load_do_not_take_the_shards_back()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 2, batches: 20, full: true);

        // The loop, freed of the shards, empties its socket often: the batches are short, the load is the same.
        Windows(handOff, 100, batches: 160, full: false, datagramsEach: 8);
        Assert.True(handOff.UsesWorkers);
    }

    [Fact]
    public void Calm_takes_the_shards_back_after_a_while()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 2, batches: 20, full: true);
        Windows(handOff, HandOff.CalmWindows - 1, batches: 20, full: false, datagramsEach: 8);
        Assert.True(handOff.UsesWorkers);
        Windows(handOff, 3, batches: 20, full: false, datagramsEach: 8);
        Assert.False(handOff.UsesWorkers);
        Assert.False(handOff.IsSaturated);
    }

    [Fact]
    public void A_long_silence_is_calm()
    {
        var handOff = new HandOff(RunnerPolicy.Auto, 2);
        Windows(handOff, 2, batches: 20, full: true);
        _now += 10_000;
        Windows(handOff, 1, batches: 1, full: false, datagramsEach: 1);
        Assert.False(handOff.UsesWorkers);
    }

    private void Windows(HandOff handOff, int count, int batches, bool full, int datagramsEach = 64, int otherLoops = 0)
    {
        for (var window = 0; window < count; window++)
        {
            for (var batch = 0; batch < batches; batch++)
            {
                handOff.BatchEnded(datagramsEach, full, _now, otherLoops);
            }

            _now += HandOff.WindowTicks;
        }

        handOff.BatchEnded(datagramsEach, full, _now, otherLoops);
    }
}
