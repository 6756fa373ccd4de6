namespace ImsSipFast.LoadGen.Planning;

/// <summary>What a plan may ask for.</summary>
internal static class PlanLimits
{
    /// <summary>As many as the seven digits of a user's name can tell apart.</summary>
    public const int MostUsers = 10_000_000;

    /// <exception cref="ArgumentException">The first thing that cannot be.</exception>
    public static void Check(LoadPlan plan)
    {
        Require(plan.Users is >= 1 and <= MostUsers, $"Users is {plan.Users}: 1 to {MostUsers}");
        Require(plan.Mix.Count > 0 && plan.Mix.All(share => share.Weight > 0), "Mix needs a profile, each with a weight above 0");
        Require(plan.Phases.Count > 0, "Phases needs at least one");
        Require(plan.Phases.All(phase => phase.Duration >= TimeSpan.Zero), "A phase cannot be shorter than nothing");
        Require(plan.Phases.All(phase => IsRate(phase.StartRate) && IsRate(phase.EndRate)), "A rate is 0 to 1,000,000 a second");
        Require(plan.ClosedLoop is >= 0 and <= 1_000_000, $"ClosedLoop is {plan.ClosedLoop}: 0 to 1,000,000");
        Require(plan.MessageBytes is >= 0 and <= 1200, $"MessageBytes is {plan.MessageBytes}: 0 to 1,200");
        Require(plan.ForkContacts is >= 2 and <= 10, $"ForkContacts is {plan.ForkContacts}: 2 to 10");
        Require(plan.T1 > TimeSpan.Zero && plan.T2 >= plan.T1, "T1 is above 0 and T2 not below T1");
        Require(plan.T1 <= TimeSpan.FromSeconds(30), "T1 is at most 30 s");
        Require(plan.Register.ExpiresSeconds.Count > 0, "Register needs an expiry");
    }

    private static bool IsRate(double rate) => rate is >= 0 and <= 1_000_000;

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
