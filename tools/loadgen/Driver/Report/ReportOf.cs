using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using ImsSipFast.LoadGen.Driver.Proxy;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>Turns what a run saw into what is reported.</summary>
internal static class ReportOf
{
    private static readonly string OwnVersion =
        typeof(ReportOf).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <param name="result">What the user agents saw.</param>
    /// <param name="proxy">What the process under test used since the run began; null when nobody looked.</param>
    public static RunReport Run(LoadResult result, ProcessTrace? proxy)
    {
        var began = result.Started;
        var phases = new List<PhaseReport>();
        foreach (var phase in result.Phases)
        {
            var ended = began + phase.Phase.Duration;
            phases.Add(Phase(phase) with { Proxy = proxy?.Between(began, ended) is { } use ? Proxy(use, phase) : null });
            began = ended;
        }

        return new RunReport("run", OwnVersion, result.Started, Machine(), Plan(result.Plan), phases, [.. result.Samples.Select(Second)], SelfCheck(result.SelfCheck));
    }

    /// <summary>The measure's name in JSON.</summary>
    public static string NameOf(Measure measure) => JsonNamingPolicy.CamelCase.ConvertName(measure.ToString());

    private static PlanReport Plan(LoadPlan plan) => new()
    {
        Target = plan.Target.ToString(),
        Local = $"{plan.LocalAddress?.ToString() ?? "any address"}, ports {plan.LocalPort} and {plan.LocalPort + 1}",
        Domain = plan.Domain ?? plan.Target.Address.ToString(),
        MixWeights = plan.Mix.ToDictionary(static share => share.Profile.ToString().ToLowerInvariant(), static share => share.Weight),
        Arrivals = plan.PoissonArrivals ? "poisson" : "even",
        ClosedLoopInFlight = plan.ClosedLoop,
        UsersPerSide = plan.Users,
        RingMilliseconds = plan.Call.Ring.TotalMilliseconds,
        HoldMilliseconds = plan.Call.Hold.TotalMilliseconds,
        CalleeHangsUpShare = plan.Call.CalleeHangsUp,
        EarlyMediaShare = plan.Call.EarlyMedia,
        ReInviteShare = plan.Call.ReInvite,
        ExpiresSeconds = plan.Register.ExpiresSeconds,
        RefreshShare = plan.Register.Refresh,
        RemoveShare = plan.Register.Remove,
        MessageOctets = plan.MessageBytes,
        ForkContacts = plan.ForkContacts,
        HasPassword = plan.Password is not null,
        T1Milliseconds = plan.T1.TotalMilliseconds,
        T2Milliseconds = plan.T2.TotalMilliseconds,
        Seed = plan.Seed,
        RegistersFirst = plan.RegisterFirst,
    };

    private static PhaseReport Phase(PhaseResult result) => new()
    {
        Name = result.Phase.Name,
        Measured = result.Phase.Measured,
        DurationSeconds = result.Phase.Duration.TotalSeconds,
        StartRatePerSecond = result.Phase.StartRate,
        EndRatePerSecond = result.Phase.EndRate,
        Attempts = result.Attempts,
        Succeeded = result.Succeeded,
        Failed = result.Failed,
        SucceededPerSecond = Short(result.Rate),
        RatiosPercent = result.Ratios.ToDictionary(static pair => pair.Key, static pair => Short(pair.Value)),
        FailuresByCause = result.Failures,
        ResponsesByCode = result.Responses,
        RetransmissionsSent = result.RetransmissionsSent,
        RetransmissionsReceived = result.RetransmissionsReceived,
        MessagesSent = result.MessagesSent,
        MessagesReceived = result.MessagesReceived,
        Latencies = result.Latencies.OrderBy(static pair => pair.Key).ToDictionary(static pair => NameOf(pair.Key), static pair => Latency(pair.Value)),
    };

    private static LatencyReport Latency(Latency latency) => new()
    {
        Count = latency.Count,
        MinMicroseconds = Short(latency.Min),
        MeanMicroseconds = Short(latency.Mean),
        P50Microseconds = Short(latency.P50),
        P90Microseconds = Short(latency.P90),
        P99Microseconds = Short(latency.P99),
        P999Microseconds = Short(latency.P999),
        P9999Microseconds = Short(latency.P9999),
        MaxMicroseconds = Short(latency.Max),
        Curve = [.. latency.Curve.Select(static point => new[] { Math.Round(point.Percentile, 6), Short(point.Microseconds) })],
    };

    private static ProxyReport Proxy(ProcessUse use, PhaseResult phase) => new(
        Math.Round(use.CpuSeconds, 6),
        phase.Attempts == 0 ? 0 : Short(use.CpuSeconds * 1e6 / phase.Attempts),
        Short(use.CpuSeconds / phase.Phase.Duration.TotalSeconds),
        use.ResidentBytes,
        use.ResidentBytesMax);

    private static SecondReport Second(Sample sample) => new()
    {
        AtSeconds = Short(sample.At),
        Phase = sample.Phase,
        OfferedPerSecond = Short(sample.Offered),
        SucceededPerSecond = Short(sample.Succeeded),
        FailedPerSecond = Short(sample.Failed),
        InFlight = sample.InFlight,
        RetransmissionsPerSecond = Short(sample.Retransmissions),
        P50Microseconds = Short(sample.P50),
        P99Microseconds = Short(sample.P99),
        MaxMicroseconds = Short(sample.Max),
    };

    private static SelfCheckReport SelfCheck(SelfCheck check) => new()
    {
        Passed = check.Passed,
        Complaints = check.Complaints,
        Lateness = check.Lateness is { } lateness ? Latency(lateness) : null,
        KernelDrops = check.KernelDrops,
        SendFailures = check.SendFailures,
        CpuMicrosecondsPerAttempt = Short(check.CpuMicrosecondsPerAttempt),
        AllocatedBytes = check.AllocatedBytes,
    };

    /// <summary>No reader needs more digits than the clock has.</summary>
    private static double Short(double value) => double.IsFinite(value) ? Math.Round(value, 3) : 0;

    private static string Machine()
    {
        var model = OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1]
            : null;
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, .NET {Environment.Version}";
    }
}
