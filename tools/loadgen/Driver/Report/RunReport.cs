using System.Text.Json.Serialization;

namespace ImsSipFast.LoadGen.Driver.Report;

// What --json writes. Field names say their units and stay as they are; new fields may come.

/// <summary>One run.</summary>
/// <param name="Report">"run".</param>
/// <param name="Version">Of the load generator.</param>
/// <param name="Started">When the first phase began.</param>
/// <param name="Machine">Where the generator ran.</param>
/// <param name="Plan">What was asked for.</param>
/// <param name="Phases">What each phase saw, in order.</param>
/// <param name="Seconds">Every second of the run.</param>
/// <param name="SelfCheck">Whether the generator can be believed.</param>
internal sealed record RunReport(
    string Report,
    string Version,
    DateTimeOffset Started,
    string Machine,
    PlanReport Plan,
    IReadOnlyList<PhaseReport> Phases,
    IReadOnlyList<SecondReport> Seconds,
    SelfCheckReport SelfCheck)
{
    /// <summary>The phases that count.</summary>
    [JsonIgnore]
    public IEnumerable<PhaseReport> Measured => Phases.Where(static phase => phase.Measured);

    /// <summary>Failed attempts in measured phases.</summary>
    [JsonIgnore]
    public long Failed => Measured.Sum(static phase => phase.Failed);
}

/// <summary>What was asked for.</summary>
internal sealed record PlanReport
{
    public required string Target { get; init; }
    public required string Local { get; init; }
    public required string Domain { get; init; }
    public required IReadOnlyDictionary<string, double> MixWeights { get; init; }
    public required string Arrivals { get; init; }
    public required int ClosedLoopInFlight { get; init; }
    public required int UsersPerSide { get; init; }
    public required double RingMilliseconds { get; init; }
    public required double HoldMilliseconds { get; init; }
    public required double CalleeHangsUpShare { get; init; }
    public required double EarlyMediaShare { get; init; }
    public required double ReInviteShare { get; init; }
    public required IReadOnlyList<int> ExpiresSeconds { get; init; }
    public required double RefreshShare { get; init; }
    public required double RemoveShare { get; init; }
    public required int MessageOctets { get; init; }
    public required int ForkContacts { get; init; }
    public required bool HasPassword { get; init; }
    public required double T1Milliseconds { get; init; }
    public required double T2Milliseconds { get; init; }
    public required ulong Seed { get; init; }
    public required bool RegistersFirst { get; init; }
}

/// <summary>What one phase saw.</summary>
internal sealed record PhaseReport
{
    public required string Name { get; init; }
    public required bool Measured { get; init; }
    public required double DurationSeconds { get; init; }
    public required double StartRatePerSecond { get; init; }
    public required double EndRatePerSecond { get; init; }
    public required long Attempts { get; init; }
    public required long Succeeded { get; init; }
    public required long Failed { get; init; }
    public required double SucceededPerSecond { get; init; }

    /// <summary>RFC 6076, by abbreviation.</summary>
    public required IReadOnlyDictionary<string, double> RatiosPercent { get; init; }

    public required IReadOnlyDictionary<string, long> FailuresByCause { get; init; }
    public required IReadOnlyDictionary<string, long> ResponsesByCode { get; init; }
    public required IReadOnlyDictionary<string, long> RetransmissionsSent { get; init; }
    public required long RetransmissionsReceived { get; init; }
    public required long MessagesSent { get; init; }
    public required long MessagesReceived { get; init; }

    /// <summary>By the measure's name in camel case.</summary>
    public required IReadOnlyDictionary<string, LatencyReport> Latencies { get; init; }

    /// <summary>Null without --target-pid.</summary>
    public ProxyReport? Proxy { get; init; }
}

/// <summary>A distribution.</summary>
internal sealed record LatencyReport
{
    public required long Count { get; init; }
    public required double MinMicroseconds { get; init; }
    public required double MeanMicroseconds { get; init; }
    public required double P50Microseconds { get; init; }
    public required double P90Microseconds { get; init; }
    public required double P99Microseconds { get; init; }
    public required double P999Microseconds { get; init; }
    public required double P9999Microseconds { get; init; }
    public required double MaxMicroseconds { get; init; }

    /// <summary>Percentile and microseconds.</summary>
    public required IReadOnlyList<double[]> Curve { get; init; }
}

/// <summary>What the process under test used in a phase, with its children.</summary>
/// <param name="CpuSeconds">Time on a processor.</param>
/// <param name="CpuMicrosecondsPerAttempt">The same, per attempt that was due.</param>
/// <param name="Cores">The same, per second.</param>
/// <param name="ResidentBytes">Resident memory at the phase's end; what processes share counts for each of them.</param>
/// <param name="ResidentBytesMax">The most within the phase.</param>
internal sealed record ProxyReport(double CpuSeconds, double CpuMicrosecondsPerAttempt, double Cores, long ResidentBytes, long ResidentBytesMax);

/// <summary>One second.</summary>
internal sealed record SecondReport
{
    public required double AtSeconds { get; init; }
    public required string Phase { get; init; }
    public required double OfferedPerSecond { get; init; }
    public required double SucceededPerSecond { get; init; }
    public required double FailedPerSecond { get; init; }
    public required int InFlight { get; init; }
    public required double RetransmissionsPerSecond { get; init; }
    public required double P50Microseconds { get; init; }
    public required double P99Microseconds { get; init; }
    public required double MaxMicroseconds { get; init; }
}

/// <summary>Whether the generator can be believed.</summary>
internal sealed record SelfCheckReport
{
    public required bool Passed { get; init; }
    public required IReadOnlyList<string> Complaints { get; init; }
    public LatencyReport? Lateness { get; init; }
    public required long KernelDrops { get; init; }
    public required long SendFailures { get; init; }
    public required double CpuMicrosecondsPerAttempt { get; init; }
    public required long AllocatedBytes { get; init; }
}
