using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Schedule;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Schedule;

public sealed class AttemptDrawTests
{
    private static readonly LoadPlan Plan = Plans.Of(Profile.Call) with
    {
        Users = 10,
        Mix = [new(Profile.Call, 3), new(Profile.Register, 1), new(Profile.Fork, 1)],
        Call = new() { CalleeHangsUp = 0.25, EarlyMedia = 0.5, ReInvite = 0 },
        Register = new() { ExpiresSeconds = [60, 600], Refresh = 0.5, Remove = 0.25 },
    };

    [Fact]
    public void Profiles_come_by_their_weights()
    {
        var drawn = Draw(10_000).CountBy(attempt => attempt.Profile).ToDictionary();
        Assert.InRange(drawn[Profile.Call], 5800, 6200);
        Assert.InRange(drawn[Profile.Register], 1850, 2150);
        Assert.InRange(drawn[Profile.Fork], 1850, 2150);
    }

    [Fact]
    public void Shares_of_a_shape_are_kept()
    {
        var calls = Draw(10_000).Where(attempt => attempt.Profile == Profile.Call).ToList();
        Assert.InRange(Share(calls, LegFlags.CalleeHangsUp), 0.23, 0.27);
        Assert.InRange(Share(calls, LegFlags.EarlyMedia), 0.47, 0.53);
        Assert.Equal(0, Share(calls, LegFlags.ReInvite));
        Assert.Equal(0, Share(calls, LegFlags.Fork));
    }

    [Fact]
    public void Expiries_are_mixed_and_removals_have_none()
    {
        var expiries = Draw(10_000).Where(attempt => attempt.Profile == Profile.Register).CountBy(attempt => attempt.Number).ToDictionary();
        Assert.Equal([0u, 60u, 600u], expiries.Keys.Order());
        Assert.InRange(expiries[0], 420, 580);
        Assert.InRange((double)expiries[60] / expiries[600], 0.85, 1.15);
    }

    [Fact]
    public void Users_come_in_turn_and_nobody_calls_his_own_number()
    {
        var calls = Draw(100).Where(attempt => attempt.Profile != Profile.Register).ToList();
        Assert.Equal(Enumerable.Range(0, calls.Count).Select(n => n % 10), calls.Select(attempt => attempt.Local));
        Assert.Equal(Enumerable.Range(5, calls.Count).Select(n => n % 10), calls.Select(attempt => attempt.Remote));
    }

    private static double Share(List<Attempt> attempts, LegFlags flag) => (double)attempts.Count(attempt => (attempt.Flags & flag) != 0) / attempts.Count;

    private static List<Attempt> Draw(int count)
    {
        var draw = new AttemptDraw(Plan, new Chance(5));
        return [.. Enumerable.Range(0, count).Select(_ => draw.Next(0, 0))];
    }
}
