using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Schedule;

public sealed class PlanLimitsTests
{
    [Fact]
    public void A_plan_within_its_limits_passes() => _ = new LoadRun(Plans.Of(Profile.Call));

    [Theory]
    [InlineData("Users")]
    [InlineData("Mix")]
    [InlineData("Phases")]
    [InlineData("rate")]
    [InlineData("ClosedLoop")]
    [InlineData("MessageBytes")]
    [InlineData("ForkContacts")]
    [InlineData("T1")]
    public void A_plan_beyond_a_limit_says_which(string limit)
    {
        var plan = Plans.Of(Profile.Call);
        plan = limit switch
        {
            "Users" => plan with { Users = 0 },
            "Mix" => plan with { Mix = [] },
            "Phases" => plan with { Phases = [] },
            "rate" => plan with { Phases = [Plans.Steady(-1, 1)] },
            "ClosedLoop" => plan with { ClosedLoop = -1 },
            "MessageBytes" => plan with { MessageBytes = 1201 },
            "ForkContacts" => plan with { ForkContacts = 1 },
            _ => plan with { T1 = TimeSpan.Zero },
        };
        Assert.Contains(limit, Assert.Throws<ArgumentException>(() => new LoadRun(plan)).Message, StringComparison.Ordinal);
    }
}
