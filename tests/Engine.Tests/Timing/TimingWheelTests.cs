using CsCheck;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Tests.Timing;

public sealed class TimingWheelTests
{
    private const long Year = 365L * 24 * 3600 * 1000;

    /// <summary>The reach of the top level: beyond it a timer is placed again on the way.</summary>
    private const long Reach = 1L << 36;

    private enum Act
    {
        Schedule,
        Cancel,
        Advance,
        StepBack,
    }

    /// <summary>
    /// Against a list that is searched: whatever is scheduled, moved and cancelled, each timer fires once, at the
    /// first advance that reaches it, in tick order; from ticks of milliseconds to years, across every wrap.
    /// </summary>
    [Fact]
    public void It_behaves_like_a_sorted_list()
    {
        var span = Gen.OneOf(
            Gen.Long[0, 3], Gen.Long[0, 64], Gen.Long[0, 4096], Gen.Long[0, 300_000], Gen.Long[0, 20_000_000],
            Gen.Long[0, 1L << 30], Gen.Long[0, Reach], Gen.Long[0, 3 * Reach]);
        var start = Gen.OneOf(Gen.Const(0L), Gen.Long[Reach - 100, Reach], Gen.Long[0, 5 * Reach]);
        var act = Gen.Frequency((6, Act.Schedule), (1, Act.Cancel), (4, Act.Advance), (1, Act.StepBack));
        Gen.Select(start, Gen.Select(act, Gen.Int[0, 30], span).Array[1, 120]).Sample(
            (startTick, acts) =>
            {
                var bench = new Bench(startTick);
                foreach (var (what, timer, ticks) in acts)
                {
                    bench.Do(what, timer, ticks);
                }

                bench.RunDry();
            },
            iter: 3000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    [InlineData(3_600_000)]
    [InlineData(16_777_216)]
    [InlineData(1_073_741_824)]
    [InlineData(Reach - 1)]
    [InlineData(Reach)]
    [InlineData(Reach + 1)]
    [InlineData(3 * Reach)]
    public void A_timer_fires_at_its_tick_and_not_before(long delay)
    {
        foreach (var start in (long[])[0, 1, 63, 64, 4095, 123_456_789, Reach - 1, Reach, 7 * Year])
        {
            var wheel = new TimingWheel(start);
            var node = new TimerNode(wheel);
            wheel.Schedule(node, TimerKind.B, start + delay);
            Assert.True(wheel.NextDueTick() <= start + delay);
            if (delay > 0)
            {
                Assert.False(wheel.TryTakeDue(start + delay - 1, out _));
            }

            Assert.True(wheel.TryTakeDue(start + delay, out var fired));
            Assert.Same(node, fired);
            Assert.Equal(TimerKind.B, fired.Kind);
            Assert.False(node.IsScheduled);
            Assert.Equal(0, wheel.Count);
            Assert.Equal(long.MaxValue, wheel.NextDueTick());
        }
    }

    [Fact]
    public void An_idle_stretch_of_years_is_one_step()
    {
        var wheel = new TimingWheel();
        Assert.False(wheel.TryTakeDue(100 * Year, out _));
        var node = new TimerNode(wheel);
        wheel.Schedule(node, TimerKind.A, (100 * Year) + 500);
        Assert.False(wheel.TryTakeDue((100 * Year) + 499, out _));
        Assert.True(wheel.TryTakeDue((100 * Year) + 500, out _));
    }

    [Fact]
    public void A_timer_scheduled_again_is_moved()
    {
        var wheel = new TimingWheel();
        var node = new TimerNode(wheel);
        wheel.Schedule(node, TimerKind.E, 500);
        wheel.Schedule(node, TimerKind.F, 90_000);
        Assert.Equal(1, wheel.Count);
        Assert.False(wheel.TryTakeDue(89_999, out _));
        Assert.True(wheel.TryTakeDue(90_000, out var fired));
        Assert.Equal(TimerKind.F, fired.Kind);

        wheel.Schedule(node, TimerKind.F, 200_000);
        wheel.Schedule(node, TimerKind.E, 90_500);
        Assert.True(wheel.TryTakeDue(90_500, out _));
        Assert.False(wheel.TryTakeDue(200_000, out _));
    }

    [Fact]
    public void A_cancelled_timer_never_fires_even_when_it_was_due()
    {
        var wheel = new TimingWheel();
        var (one, other) = (new TimerNode(wheel), new TimerNode(wheel));
        wheel.Schedule(one, TimerKind.A, 100);
        wheel.Schedule(other, TimerKind.A, 100);
        Assert.True(wheel.TryTakeDue(100, out var fired));
        Assert.Same(one, fired);

        wheel.Cancel(other);
        wheel.Cancel(other);
        Assert.False(wheel.TryTakeDue(100, out _));
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Timers_of_one_tick_fire_in_the_order_they_were_scheduled()
    {
        var wheel = new TimingWheel();
        var nodes = Enumerable.Range(0, 10).Select(i => new TimerNode(i)).ToArray();
        Array.ForEach(nodes, n => wheel.Schedule(n, TimerKind.A, 5000));
        Assert.Equal(Enumerable.Range(0, 10), TakeAll(wheel, 5000).Select(n => (int)n.Owner));
    }

    [Fact]
    public void A_tick_in_the_past_is_due_at_once_even_while_others_fire()
    {
        var wheel = new TimingWheel();
        var (first, late) = (new TimerNode(1), new TimerNode(2));
        wheel.Schedule(first, TimerKind.A, 100);
        Assert.True(wheel.TryTakeDue(1000, out _));
        wheel.Schedule(late, TimerKind.A, 150);
        wheel.Schedule(first, TimerKind.A, -5);
        Assert.Equal(2, TakeAll(wheel, 1000).Count());
    }

    [Fact]
    public void A_clock_that_steps_back_fires_nothing_twice_and_nothing_early()
    {
        var wheel = new TimingWheel();
        var (one, two) = (new TimerNode(1), new TimerNode(2));
        wheel.Schedule(one, TimerKind.A, 1000);
        wheel.Schedule(two, TimerKind.A, 1010);
        Assert.Single(TakeAll(wheel, 1005));
        Assert.Empty(TakeAll(wheel, 200));
        Assert.Empty(TakeAll(wheel, 1009));
        Assert.Single(TakeAll(wheel, 1010));
    }

    [Fact]
    public void Waking_at_the_next_due_tick_reaches_every_timer_in_few_steps()
    {
        // What a runner does: sleep until NextDueTick, advance, again. Each level may cost one wake without a timer.
        var wheel = new TimingWheel(12_345);
        var node = new TimerNode(wheel);
        wheel.Schedule(node, TimerKind.Dialog, 12_345 + (2 * Year));
        var wakes = 0;
        var tick = 12_345L;
        while (node.IsScheduled)
        {
            var next = wheel.NextDueTick();
            Assert.True(next > tick || wakes == 0);
            tick = next;
            wheel.TryTakeDue(tick, out _);
            wakes++;
        }

        Assert.Equal(12_345 + (2 * Year), tick);
        Assert.InRange(wakes, 1, 7);
    }

    [Fact]
    public void Scheduling_and_firing_allocate_nothing()
    {
        var wheel = new TimingWheel();
        var nodes = Enumerable.Range(0, 1000).Select(i => new TimerNode(i)).ToArray();
        var start = -100_000L;
        AllocationAssert.None(() => Churn(wheel, nodes, start += 100_000));
    }

    private static void Churn(TimingWheel wheel, TimerNode[] nodes, long start)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            wheel.Schedule(nodes[i], TimerKind.A, start + (i * 37 % 50_000));
        }

        while (wheel.TryTakeDue(start + 60_000, out _))
        {
        }
    }

    private static IEnumerable<TimerNode> TakeAll(TimingWheel wheel, long nowTick)
    {
        while (wheel.TryTakeDue(nowTick, out var node))
        {
            yield return node;
        }
    }

    /// <summary>A wheel and the list that says what it ought to do.</summary>
    private sealed class Bench
    {
        private readonly TimingWheel _wheel;
        private readonly TimerNode[] _nodes = [.. Enumerable.Range(0, 31).Select(i => new TimerNode(i))];
        private readonly long?[] _due = new long?[31];
        private long _now;

        public Bench(long startTick)
        {
            _wheel = new TimingWheel(startTick);
            _now = startTick;
        }

        public void Do(Act act, int timer, long ticks)
        {
            switch (act)
            {
                case Act.Schedule:
                    _due[timer] = _now + ticks;
                    _wheel.Schedule(_nodes[timer], TimerKind.A, _now + ticks);
                    break;
                case Act.Cancel:
                    _due[timer] = null;
                    _wheel.Cancel(_nodes[timer]);
                    break;
                case Act.StepBack:
                    Take(_now - ticks);
                    break;
                default:
                    _now += ticks;
                    Take(_now);
                    break;
            }

            Assert.Equal(_due.Count(d => d is not null), _wheel.Count);
            Assert.True(_wheel.NextDueTick() <= (_due.Min() ?? long.MaxValue));
        }

        public void RunDry()
        {
            while (_wheel.Count > 0)
            {
                _now = Math.Max(_now, _wheel.NextDueTick());
                Take(_now);
            }

            Assert.All(_due, d => Assert.Null(d));
        }

        private void Take(long nowTick)
        {
            var fired = new List<long>();
            foreach (var node in TakeAll(_wheel, nowTick))
            {
                var timer = (int)node.Owner;
                Assert.Equal(_due[timer], node.DueTick);
                Assert.True(node.DueTick <= _now);
                fired.Add(node.DueTick);
                _due[timer] = null;
            }

            Assert.Equal(fired.Order(), fired);
            Assert.DoesNotContain(_due, d => d <= nowTick);
        }
    }
}
