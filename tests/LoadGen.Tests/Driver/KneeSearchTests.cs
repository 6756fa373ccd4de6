using ImsSipFast.LoadGen.Driver.Knee;
using ImsSipFast.LoadGen.Driver.Options;

namespace ImsSipFast.LoadGen.Tests.Driver;

public sealed class KneeSearchTests
{
    private readonly List<(double Rate, ProbeReason Why)> _tried = [];

    [Theory]
    [InlineData(700)]
    [InlineData(8_765)]
    [InlineData(31_000)]
    [InlineData(12)]
    public void A_known_knee_is_found_within_the_tolerance(double limit)
    {
        var knee = Search(new KneeBounds(), rate => rate <= limit ? Verdict.Pass : Verdict.Failures);
        Assert.InRange(knee.Rate, Math.Min(limit / 1.03, limit - 1), limit);
        Assert.Equal(Verdict.Failures, knee.Above);
    }

    [Fact]
    public void Rates_double_then_halve_the_bracket_and_the_knee_is_confirmed()
    {
        var knee = Search(new KneeBounds { From = 100, Tolerance = 0.2 }, static rate => rate < 500 ? Verdict.Pass : Verdict.Slow);
        Assert.Equal(new Knee(450, Verdict.Slow), knee);
        Assert.Equal(
            [
                (100, ProbeReason.Double), (200, ProbeReason.Double), (400, ProbeReason.Double), (800, ProbeReason.Double), (800, ProbeReason.Again),
                (600, ProbeReason.Bisect), (600, ProbeReason.Again), (500, ProbeReason.Bisect), (500, ProbeReason.Again), (450, ProbeReason.Bisect),
                (450, ProbeReason.Confirm), (450, ProbeReason.Confirm),
            ],
            _tried);
    }

    [Fact]
    public void A_single_bad_run_is_chance()
    {
        var knee = Search(new KneeBounds { From = 100 }, rate => rate >= 1000 || (rate == 200 && _tried.Count(t => t.Rate == 200) == 1) ? Verdict.Failures : Verdict.Pass);
        Assert.InRange(knee.Rate, 980, 999);
    }

    [Fact]
    public void A_rate_that_passed_by_luck_is_given_up_when_it_is_confirmed()
    {
        // From 700 to 1000 the first run passes and the later ones do not.
        var knee = Search(new KneeBounds { From = 100 }, rate => rate < 700 || (rate < 1000 && _tried.Count(t => t.Rate == rate) == 1) ? Verdict.Pass : Verdict.Failures);
        Assert.InRange(knee.Rate, 685, 699);
        Assert.Contains(_tried, static t => t.Rate >= 700 && t.Why == ProbeReason.Confirm);
        Assert.Equal(2, _tried.Count(t => t.Rate == knee.Rate && t.Why == ProbeReason.Confirm));
    }

    [Fact]
    public void The_generator_may_be_the_limit()
    {
        var knee = Search(new KneeBounds(), static rate => rate > 20_000 ? Verdict.Generator : Verdict.Pass);
        Assert.InRange(knee.Rate, 19_600, 20_000);
        Assert.Equal(Verdict.Generator, knee.Above);
    }

    [Fact]
    public void The_highest_rate_asked_for_is_the_end()
    {
        Assert.Equal(new Knee(3000, Verdict.Pass), Search(new KneeBounds { To = 3000 }, static _ => Verdict.Pass));
        Assert.Equal(3000, _tried.Max(static t => t.Rate));
    }

    [Fact]
    public void A_target_that_carries_nothing_has_no_knee()
    {
        Assert.Equal(new Knee(0, Verdict.Failures), Search(new KneeBounds(), static _ => Verdict.Failures));
        Assert.Equal(1, _tried.Min(static t => t.Rate));
    }

    private Knee Search(KneeBounds bounds, Func<double, Verdict> target) => new KneeSearch(bounds, (rate, why) =>
    {
        Assert.True(_tried.Count < 500, "the search does not end");
        _tried.Add((rate, why));
        return target(rate);
    }).Find();
}
