using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using NBomber.Contracts;
using NBomber.CSharp;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>
/// The phases of a plan as load simulations. NBomber begins whole attempts in whole seconds, at random times within each;
/// what it cannot do is refused, not rounded.
/// </summary>
internal static class LoadShape
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Why NBomber cannot do what the plan asks for, in one line; null when it can.</summary>
    public static string? Refusal(LoadPlan plan)
    {
        if (plan.ClosedLoop > 0)
        {
            return Measured(plan).Any(static phase => phase.StartRate < OptionValues.MaxRate) ? "--closed-loop and a rate: only one of them is allowed, NBomber has no closed loop with an upper rate"
                : Measured(plan).Select(OfTime).FirstOrDefault(static refusal => refusal is not null);
        }

        return Measured(plan).SelectMany(static phase => new[] { OfRate(phase.StartRate), OfRate(phase.EndRate), OfTime(phase) }).FirstOrDefault(static refusal => refusal is not null);
    }

    /// <summary>The measured phases in order.</summary>
    public static LoadSimulation[] Simulations(LoadPlan plan)
    {
        if (plan.ClosedLoop > 0)
        {
            return [.. Measured(plan).Select(phase => Simulation.KeepConstant(copies: plan.ClosedLoop, during: phase.Duration))];
        }

        var simulations = new List<LoadSimulation>();
        var rate = 0.0;
        foreach (var phase in Measured(plan))
        {
            if (phase.StartRate == phase.EndRate)
            {
                simulations.Add(Simulation.Inject(rate: (int)phase.StartRate, interval: Second, during: phase.Duration));
            }
            else
            {
                if (phase.StartRate != rate)
                {
                    // A ramp begins at the rate before it: that one lasts for a second.
                    simulations.Add(Simulation.Inject(rate: (int)phase.StartRate, interval: Second, during: Second));
                }

                simulations.Add(Simulation.RampingInject(rate: (int)phase.EndRate, interval: Second, during: phase.Duration));
            }

            rate = phase.EndRate;
        }

        return [.. simulations];
    }

    /// <summary>How long NBomber runs the same load before it measures; it allows no more than the load itself lasts.</summary>
    public static TimeSpan WarmUp(LoadPlan plan)
    {
        var warmUp = plan.Phases.Where(static phase => !phase.Measured).Sum(static phase => phase.Duration.Ticks);
        return TimeSpan.FromTicks(Math.Min(warmUp, Measured(plan).Sum(static phase => phase.Duration.Ticks)));
    }

    /// <summary>
    /// Attempts that are begun at least when NBomber keeps its schedule; 0 in a closed loop. In a ramp each second has the
    /// lower of its two rates, for versions differ in which of them counts.
    /// </summary>
    public static double LeastAttempts(LoadPlan plan) => plan.ClosedLoop > 0 ? 0 : Measured(plan).Sum(static phase =>
    {
        var seconds = phase.Duration.TotalSeconds;
        return (Math.Min(phase.StartRate, phase.EndRate) * seconds) + (Math.Abs(phase.EndRate - phase.StartRate) * (seconds - 1) / 2);
    });

    private static IEnumerable<Phase> Measured(LoadPlan plan) => plan.Phases.Where(static phase => phase.Measured);

    private static string? OfRate(double rate) => rate == Math.Floor(rate) ? null : FormattableString.Invariant($"a rate of {rate} is not allowed: NBomber begins whole attempts in a second");

    private static string? OfTime(Phase phase) => phase.Duration.Ticks % TimeSpan.TicksPerSecond == 0 ? null
        : FormattableString.Invariant($"a duration of {phase.Duration.TotalSeconds} s is not allowed: NBomber counts in whole seconds");
}
