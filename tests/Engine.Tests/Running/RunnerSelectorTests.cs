using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Running;

public sealed class RunnerSelectorTests
{
    private long _now = 1000;

    [Theory]
    [InlineData(RunnerPolicy.Inline, 8, false)]
    [InlineData(RunnerPolicy.Workers, 8, true)]
    [InlineData(RunnerPolicy.Workers, 1, true)]
    [InlineData(RunnerPolicy.Auto, 1, false)]
    public void Some_policies_never_change_their_mind(RunnerPolicy policy, int processors, bool workers)
    {
        var selector = new RunnerSelector(policy, processors);
        Assert.True(selector.IsFixed);
        Windows(selector, 10, batches: 20, full: true);
        Assert.Equal(workers, selector.UsesWorkers);
    }

    [Fact]
    public void A_window_of_full_batches_hands_over()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Assert.False(selector.IsFixed);
        Windows(selector, 2, batches: 20, full: true);
        Assert.True(selector.UsesWorkers);
    }

    [Fact]
    public void Batches_that_leave_room_never_hand_over()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 50, batches: 100, full: false);
        Assert.False(selector.UsesWorkers);
    }

    [Fact]
    public void A_burst_and_then_silence_does_not_hand_over()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 1, batches: 6, full: true);
        _now += 500;
        Windows(selector, 2, batches: 1, full: false);
        Assert.False(selector.UsesWorkers);
    }

    [Fact]
    public void Without_a_free_processor_a_busy_loop_keeps_its_shards()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 10, batches: 20, full: true, otherLoops: 1);
        Assert.False(selector.UsesWorkers);
        Assert.True(selector.IsSaturated);
    }

    [Fact]
    public void Short_batches_under_the_same_load_do_not_take_the_shards_back()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 2, batches: 20, full: true);

        // The loop, freed of the shards, empties its socket often: the batches are short, the load is the same.
        Windows(selector, 100, batches: 160, full: false, datagramsEach: 8);
        Assert.True(selector.UsesWorkers);
    }

    [Fact]
    public void Calm_takes_the_shards_back_after_a_while()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 2, batches: 20, full: true);
        Windows(selector, RunnerSelector.CalmWindows - 1, batches: 20, full: false, datagramsEach: 8);
        Assert.True(selector.UsesWorkers);
        Windows(selector, 3, batches: 20, full: false, datagramsEach: 8);
        Assert.False(selector.UsesWorkers);
        Assert.False(selector.IsSaturated);
    }

    [Fact]
    public void A_long_silence_is_calm()
    {
        var selector = new RunnerSelector(RunnerPolicy.Auto, 2);
        Windows(selector, 2, batches: 20, full: true);
        _now += 10_000;
        Windows(selector, 1, batches: 1, full: false, datagramsEach: 1);
        Assert.False(selector.UsesWorkers);
    }

    private void Windows(RunnerSelector selector, int count, int batches, bool full, int datagramsEach = 64, int otherLoops = 0)
    {
        for (var window = 0; window < count; window++)
        {
            for (var batch = 0; batch < batches; batch++)
            {
                selector.BatchEnded(datagramsEach, full, _now, otherLoops);
            }

            _now += RunnerSelector.WindowTicks;
        }

        selector.BatchEnded(datagramsEach, full, _now, otherLoops);
    }
}
