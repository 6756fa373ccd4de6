using System.Net;
using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Scenarios;
using NBomber.Contracts;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

public sealed class LoadShapeTests
{
    private static readonly Phase WarmUp = new("warm-up", TimeSpan.FromSeconds(2), 100, 100, Measured: false);
    private static readonly Phase Steady = new("steady", TimeSpan.FromSeconds(10), 100, 100, Measured: true);
    private static readonly Phase Rise = new("ramp", TimeSpan.FromSeconds(30), 10, 310, Measured: true);
    private static readonly Phase Fall = new("ramp", TimeSpan.FromSeconds(3), 100, 10, Measured: true);

    [Fact]
    public void A_steady_rate_is_injected_each_second() => Assert.Equal([Injected(100, 10)], LoadShape.Simulations(Plan(WarmUp, Steady)));

    [Fact]
    public void Steps_are_injected_one_after_the_other() => Assert.Equal(
        [Injected(100, 10), Injected(200, 10)], LoadShape.Simulations(Plan(WarmUp, Steady, Steady with { StartRate = 200, EndRate = 200 })));

    [Fact]
    public void A_ramp_begins_at_its_rate_not_at_0() => Assert.Equal([Injected(10, 1), Ramped(310, 30)], LoadShape.Simulations(Plan(WarmUp, Rise)));

    [Fact]
    public void A_ramp_after_its_rate_needs_no_second_of_it() => Assert.Equal([Injected(100, 10), Ramped(10, 3)], LoadShape.Simulations(Plan(Steady, Fall)));

    [Fact]
    public void A_closed_loop_keeps_so_many() => Assert.Equal(
        [new LoadSimulation("keep_constant", 8, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10))], LoadShape.Simulations(Closed(Steady with { StartRate = OptionValues.MaxRate, EndRate = OptionValues.MaxRate })));

    [Fact]
    public void A_warm_up_is_no_longer_than_the_load()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), LoadShape.WarmUp(Plan(WarmUp, Steady)));
        Assert.Equal(TimeSpan.FromSeconds(3), LoadShape.WarmUp(Plan(WarmUp with { Duration = TimeSpan.FromSeconds(60) }, Fall)));
        Assert.Equal(TimeSpan.Zero, LoadShape.WarmUp(Plan(Steady)));
    }

    [Fact]
    public void The_least_number_of_attempts_counts_the_lower_rate_of_each_second()
    {
        Assert.Equal(1000, LoadShape.LeastAttempts(Plan(WarmUp, Steady)));
        Assert.Equal(70 + 40 + 10, LoadShape.LeastAttempts(Plan(Fall)));
        Assert.Equal(70 + 40 + 10, LoadShape.LeastAttempts(Plan(Fall with { StartRate = 10, EndRate = 100 })));
        Assert.Equal(0, LoadShape.LeastAttempts(Closed(Steady)));
    }

    [Fact]
    public void What_NBomber_cannot_do_is_refused()
    {
        Assert.Null(LoadShape.Refusal(Plan(WarmUp with { Duration = TimeSpan.FromSeconds(0.5) }, Steady, Fall)));
        Assert.Contains("a rate of 10.5", LoadShape.Refusal(Plan(Steady, Fall with { EndRate = 10.5 })), StringComparison.Ordinal);
        Assert.Contains("a duration of 0.5 s", LoadShape.Refusal(Plan(Steady with { Duration = TimeSpan.FromSeconds(0.5) })), StringComparison.Ordinal);
        Assert.Contains("a duration of 0.5 s", LoadShape.Refusal(Closed(new Phase("steady", TimeSpan.FromSeconds(0.5), OptionValues.MaxRate, OptionValues.MaxRate, Measured: true))), StringComparison.Ordinal);
        Assert.Contains("--closed-loop and a rate", LoadShape.Refusal(Closed(Steady)), StringComparison.Ordinal);
    }

    private static LoadPlan Plan(params Phase[] phases) => new() { Target = new(IPAddress.Loopback, 5060), Phases = phases };

    private static LoadPlan Closed(params Phase[] phases) => Plan(phases) with { ClosedLoop = 8 };

    private static LoadSimulation Injected(int rate, int seconds) => new("inject", rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds));

    private static LoadSimulation Ramped(int rate, int seconds) => new("ramping_inject", rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds));
}
