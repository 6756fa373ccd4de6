using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Schedule;

namespace ImsSipFast.LoadGen.Tests.Schedule;

/// <summary>When attempts are due, open loop.</summary>
public sealed class ArrivalScheduleTests
{
    [Fact]
    public void A_steady_rate_is_due_at_even_times()
    {
        Assert.Equal([0, 250_000, 500_000, 750_000], Due([Phase(4, 4, 1)]));
    }

    [Fact]
    public void Rounding_does_not_add_up()
    {
        var due = Due([Phase(30_000, 30_000, 10)]);
        Assert.Equal(300_000, due.Count);
        Assert.Equal(9_999_967, due[^1]);
    }

    [Fact]
    public void A_ramp_is_due_when_its_area_passes_whole_numbers()
    {
        // N(t) = t² from 0 to 2 a second in a second, then on to 4 and 6: N(3) = 9.
        var due = Due([Phase(0, 6, 3)]);
        Assert.Equal(9, due.Count);
        Assert.All(due.Select((at, n) => (at, n)), pair => Assert.Equal(Math.Round(1e6 * Math.Sqrt(pair.n)), pair.at));
    }

    [Fact]
    public void A_ramp_down_is_a_ramp_up_backwards()
    {
        var up = Due([Phase(100, 300, 2)]);
        var down = Due([Phase(300, 100, 2)]);
        Assert.Equal(400, up.Count);
        Assert.Equal(400, down.Count);
        for (var n = 1; n < 400; n++)
        {
            Assert.InRange(2_000_000 - up[400 - n] - down[n], -1, 1);
        }
    }

    [Fact]
    public void Phases_follow_each_other_and_one_without_arrivals_only_takes_time()
    {
        Assert.Equal([0, 500_000, 3_000_000, 3_250_000, 3_500_000, 3_750_000], Due([Phase(2, 2, 1), Phase(0, 0, 2), Phase(4, 4, 1)]));
    }

    [Fact]
    public void A_Poisson_process_has_the_mean_of_its_rate_and_the_spread_of_an_exponential()
    {
        var due = Due([Phase(1000, 1000, 100)], poisson: true);
        Assert.InRange(due.Count, 99_000, 101_000);
        var gaps = due.Zip(due.Skip(1), (a, b) => (double)(b - a)).ToArray();
        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.InRange(mean, 990, 1010);
        Assert.InRange(deviation / mean, 0.98, 1.02);
        Assert.InRange(gaps.Count(gap => gap > 1000) / (double)gaps.Length, 0.360, 0.376); // e^-1
    }

    [Fact]
    public void A_Poisson_process_on_a_ramp_follows_the_ramp()
    {
        var due = Due([Phase(0, 2000, 100)], poisson: true);
        Assert.InRange(due.Count(at => at < 50_000_000) / (double)due.Count, 0.24, 0.26);
    }

    [Fact]
    public void The_same_seed_is_the_same_process()
    {
        Assert.Equal(Due([Phase(100, 100, 10)], poisson: true), Due([Phase(100, 100, 10)], poisson: true));
        Assert.NotEqual(Due([Phase(100, 100, 10)], poisson: true), Due([Phase(100, 100, 10)], poisson: true, seed: 8));
    }

    private static Phase Phase(double from, double to, double seconds) => new("p", TimeSpan.FromSeconds(seconds), from, to, true);

    private static List<long> Due(Phase[] phases, bool poisson = false, ulong seed = 7)
    {
        var schedule = new ArrivalSchedule(phases, poisson ? new Chance(seed) : null);
        var due = new List<long>();
        while (schedule.Due != long.MaxValue)
        {
            due.Add(schedule.Due);
            schedule.Take();
        }

        return due;
    }
}
