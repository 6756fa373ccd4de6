using ImsSipFast.LoadGen.Driver.Comparison;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Tests.Driver;

public sealed class RatiosTests
{
    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 4 }, 4)]
    [InlineData(new double[] { 4, 1, 3, 100 }, 3.5)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, Ratios.Median(values));

    [Fact]
    public void A_figure_that_one_side_lacks_has_no_ratio() => Assert.Equal(
        new Dictionary<string, double> { ["both"] = 0.25 },
        Ratios.Of(
            new Dictionary<string, double> { ["both"] = 1, ["zero"] = 1, ["a"] = 1 },
            new Dictionary<string, double> { ["both"] = 4, ["zero"] = 0, ["b"] = 1 }));

    [Fact]
    public void The_ratio_is_the_median_of_the_rounds_not_of_the_medians()
    {
        // CPU of A and B a round: 10/20, 30/40, 50/20: ratios 0.5, 0.75, 2.5.
        var rounds = new[] { (10.0, 20.0), (30, 40), (50, 20) }.Select(static pair => Round(Run(pair.Item1), Run(pair.Item2))).ToList();
        var cpu = Ratios.Over(rounds)["cpuMicrosecondsPerAttempt"];
        Assert.Equal(new RatioReport(30, 20, 0.75, 0.5, 2.5), cpu);
    }

    [Fact]
    public void A_run_without_a_watched_process_is_compared_by_what_is_left()
    {
        var figures = Ratios.FiguresOf(Run(null));
        Assert.Equal(1000, figures["succeededPerSecond"]);
        Assert.Equal(1000, figures["sessionRequestDelayP99Microseconds"]);
        Assert.DoesNotContain("cpuMicrosecondsPerAttempt", figures.Keys);
        Assert.DoesNotContain("sessionSetupP99Microseconds", figures.Keys);
    }

    [Fact]
    public void Phases_that_are_not_measured_count_for_nothing()
    {
        var run = Run(20);
        var withWarmUp = run with { Phases = [run.Phases[0] with { Measured = false, Proxy = null }, .. run.Phases] };
        Assert.Equal(Ratios.FiguresOf(run), Ratios.FiguresOf(withWarmUp));
    }

    private static RoundReport Round(RunReport a, RunReport b) => new("a", a, b, Ratios.Of(Ratios.FiguresOf(a), Ratios.FiguresOf(b)));

    /// <summary>One measured second of 1,000 calls that took the proxy so many microseconds each.</summary>
    private static RunReport Run(double? cpuMicroseconds)
    {
        var load = new ScriptedLoad();
        var run = ReportOf.Run(load.Result(new LoadPlan { Target = load.Target, Phases = [new Phase("steady", TimeSpan.FromSeconds(1), 1000, 1000, true)] }), null);
        var proxy = cpuMicroseconds is { } each ? new ProxyReport(each / 1000, each, each / 1000, 1 << 20, 1 << 20) : null;
        return run with { Phases = [run.Phases[0] with { Proxy = proxy }] };
    }
}
