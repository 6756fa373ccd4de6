using ImsSipFast.LoadGen.Schedule;
using ImsSipFast.LoadGen.Timing;

namespace ImsSipFast.LoadGen.Tests.Timing;

public sealed class TimingWheelTests
{
    [Fact]
    public void A_timer_fires_at_the_first_tick_that_is_not_before_its_time()
    {
        var (wheel, fired) = Wheel(2);
        wheel.Schedule(0, 1_500_000);
        wheel.Schedule(1, 1_500_001);
        Assert.Equal(1_500_000, wheel.NextDue);
        wheel.Advance(1_499_999, fired.Add);
        Assert.Empty(fired.All);
        wheel.Advance(1_500_000, fired.Add);
        Assert.Equal([(0, 1_500_000L)], fired.All);
        wheel.Advance(1_501_000, fired.Add);
        Assert.Equal((1, 1_501_000L), fired.All[1]);
        Assert.Equal(long.MaxValue, wheel.NextDue);
    }

    [Fact]
    public void A_timer_beyond_the_wheel_goes_round_again()
    {
        var (wheel, fired) = Wheel(2);
        wheel.Schedule(0, 65_536_000L * 3);
        wheel.Schedule(1, 65_536_000L * 2);
        wheel.Advance((65_536_000L * 2) - 1, fired.Add);
        Assert.Empty(fired.All);
        wheel.Advance(65_536_000L * 4, fired.Add);
        Assert.Equal([(1, 65_536_000L * 2), (0, 65_536_000L * 3)], fired.All);
    }

    [Fact]
    public void A_timer_may_set_and_unset_others_of_its_tick()
    {
        var (wheel, fired) = Wheel(4);
        for (var timer = 0; timer < 3; timer++)
        {
            wheel.Schedule(timer, 5000);
        }

        wheel.Advance(5000, (timer, at) =>
        {
            fired.Add(timer, at);
            wheel.Cancel((timer + 1) % 3);
            wheel.Schedule(3, 5000);
        });
        Assert.Equal(2, fired.All.Count);
        Assert.Equal(6000, wheel.NextDue);
        Assert.Equal(1, wheel.Count);
    }

    [Fact]
    public void Many_timers_set_moved_and_unset_fire_as_a_sorted_list_would()
    {
        const int Timers = 500;
        var (wheel, fired) = Wheel(Timers);
        var chance = new Chance(3);
        var model = new long[Timers];
        Array.Fill(model, -1);
        var now = 0L;
        for (var round = 0; round < 3000; round++)
        {
            var timer = (int)(chance.Next() % Timers);
            if (chance.Is(0.2))
            {
                wheel.Cancel(timer);
                model[timer] = -1;
            }
            else
            {
                var at = now + 1 + (long)(chance.Next() % 200_000_000);
                wheel.Schedule(timer, at);
                model[timer] = Math.Max((at + 999) / 1000, (now / 1000) + 1) * 1000;
            }

            now += (long)(chance.Next() % 50_000);
            fired.All.Clear();
            wheel.Advance(now, fired.Add);
            var expected = Enumerable.Range(0, Timers).Where(n => model[n] >= 0 && model[n] <= now).Select(n => (n, model[n])).ToList();
            Assert.Equal(expected.Order(), fired.All.Order());
            Assert.Equal(fired.All.Select(pair => pair.At).Order(), fired.All.Select(pair => pair.At));
            expected.ForEach(pair => model[pair.n] = -1);
            Assert.Equal(model.Count(at => at >= 0), wheel.Count);
        }
    }

    private static (TimingWheel Wheel, Fired Fired) Wheel(int timers)
    {
        var wheel = new TimingWheel();
        wheel.Reserve(timers - 1);
        return (wheel, new());
    }

    private sealed class Fired
    {
        public List<(int Timer, long At)> All { get; } = [];

        public void Add(int timer, long at) => All.Add((timer, at));
    }
}
