using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Results;

/// <summary>What a run saw.</summary>
public sealed record LoadResult
{
    /// <summary>What was asked for.</summary>
    public required LoadPlan Plan { get; init; }

    /// <summary>False when nobody could be registered, so that no phase began; the self check says why.</summary>
    public bool HasBegun { get; init; } = true;

    /// <summary>When the first phase began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>A result for each phase of the plan, in order.</summary>
    public required IReadOnlyList<PhaseResult> Phases { get; init; }

    /// <summary>One for each second.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Whether the generator itself kept up.</summary>
    public required SelfCheck SelfCheck { get; init; }
}

/// <summary>What one phase saw. An attempt belongs to the phase in which it was due.</summary>
public sealed record PhaseResult
{
    /// <summary>The phase.</summary>
    public required Phase Phase { get; init; }

    /// <summary>Attempts that were due.</summary>
    public required long Attempts { get; init; }

    /// <summary>Attempts that went as their profile says.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Attempts that did not, by cause: a response code, "timeout B", "timeout F", "unexpected 183 …".</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    /// <summary>Responses that came, retransmitted ones included, by method and code ("INVITE 180").</summary>
    public required IReadOnlyDictionary<string, long> Responses { get; init; }

    /// <summary>Messages that the user agents sent again, by method or "200 to INVITE".</summary>
    public required IReadOnlyDictionary<string, long> RetransmissionsSent { get; init; }

    /// <summary>Messages that came again.</summary>
    public required long RetransmissionsReceived { get; init; }

    /// <summary>Latencies by their name (<see cref="Measure"/>), those with at least one value.</summary>
    public required IReadOnlyDictionary<Measure, Latency> Latencies { get; init; }

    /// <summary>RFC 6076 ratios in percent by their abbreviation (SER, SEER, ISA, SCR, IRA); those that apply.</summary>
    public required IReadOnlyDictionary<string, double> Ratios { get; init; }

    /// <summary>Messages sent and received by the user agents.</summary>
    public required long MessagesSent { get; init; }

    /// <summary>Messages sent and received by the user agents.</summary>
    public required long MessagesReceived { get; init; }

    /// <summary>Messages that led to nothing, by why: not understood, of a foreign dialog, out of turn …</summary>
    public IReadOnlyDictionary<string, long> Strays { get; init; } = new Dictionary<string, long>();

    /// <summary>Attempts that failed.</summary>
    public long Failed => Attempts - Succeeded;

    /// <summary>Successful attempts per second (RFC 7502: session establishment rate, registration rate).</summary>
    public double Rate => Succeeded / Phase.Duration.TotalSeconds;
}

/// <summary>What is timed. Always from when the request was due, so that a stalled peer cannot hide.</summary>
public enum Measure
{
    /// <summary>RFC 6076 §4.1 RRD: REGISTER to its 200.</summary>
    RegistrationRequestDelay,

    /// <summary>RFC 6076 §4.3.1 SRD: INVITE to the first response that tells of the called side (180, 183, 200).</summary>
    SessionRequestDelay,

    /// <summary>RFC 6076 §4.3.2: INVITE to a final failure.</summary>
    FailedSessionRequestDelay,

    /// <summary>INVITE to 200, ring time taken off.</summary>
    SessionSetup,

    /// <summary>RFC 6076 §4.4 SDD: BYE to its 200.</summary>
    SessionDisconnectDelay,

    /// <summary>RFC 6076 §4.5 SDT: 200 to BYE.</summary>
    SessionDuration,

    /// <summary>CANCEL to the 487 of its INVITE.</summary>
    CancelDelay,

    /// <summary>MESSAGE, OPTIONS or SUBSCRIBE to its final response.</summary>
    RequestDelay,

    /// <summary>SUBSCRIBE to its NOTIFY.</summary>
    NotifyDelay,
}

/// <summary>A distribution of latencies, in microseconds.</summary>
public sealed record Latency
{
    /// <summary>Values.</summary>
    public required long Count { get; init; }

    /// <summary>The least.</summary>
    public required double Min { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The median.</summary>
    public required double P50 { get; init; }

    /// <summary>The 90th percentile.</summary>
    public required double P90 { get; init; }

    /// <summary>The 99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>The 99.9th percentile.</summary>
    public required double P999 { get; init; }

    /// <summary>The 99.99th percentile.</summary>
    public required double P9999 { get; init; }

    /// <summary>The greatest.</summary>
    public required double Max { get; init; }

    /// <summary>The curve for a plot: percentile (0 to 100) and microseconds, rising.</summary>
    public required IReadOnlyList<PercentilePoint> Curve { get; init; }
}

/// <summary>A point of a percentile curve.</summary>
public readonly record struct PercentilePoint(double Percentile, double Microseconds);

/// <summary>One second of a run.</summary>
public sealed record Sample
{
    /// <summary>Seconds since the first phase began, at the end of this one.</summary>
    public required double At { get; init; }

    /// <summary>The phase at its end; "draining" in seconds after the last phase.</summary>
    public required string Phase { get; init; }

    /// <summary>Attempts begun per second.</summary>
    public required double Offered { get; init; }

    /// <summary>Attempts ended well per second.</summary>
    public required double Succeeded { get; init; }

    /// <summary>Attempts ended badly per second.</summary>
    public required double Failed { get; init; }

    /// <summary>Attempts in flight.</summary>
    public required int InFlight { get; init; }

    /// <summary>Messages sent again per second.</summary>
    public required double Retransmissions { get; init; }

    /// <summary>The main latency of the mix in this second (SRD for calls, RRD for registrations), median, microseconds.</summary>
    public required double P50 { get; init; }

    /// <summary>The same, 99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>The same, greatest.</summary>
    public required double Max { get; init; }
}

/// <summary>Whether the generator can be believed.</summary>
public sealed record SelfCheck
{
    /// <summary>Open loop: 99 of 100 attempts begin within this many microseconds of their time.</summary>
    public const double LatenessBound = 5000;

    /// <summary>What went wrong with the generator itself, in words; empty when nothing did.</summary>
    public required IReadOnlyList<string> Complaints { get; init; }

    /// <summary>How late attempts began, against their schedule, in measured phases.</summary>
    public required Latency? Lateness { get; init; }

    /// <summary>Datagrams that the kernel dropped before the generator's sockets.</summary>
    public required long KernelDrops { get; init; }

    /// <summary>Datagrams that could not be sent.</summary>
    public required long SendFailures { get; init; }

    /// <summary>Microseconds of the generator's CPU per attempt in measured phases, both sides.</summary>
    public required double CpuMicrosecondsPerAttempt { get; init; }

    /// <summary>Octets allocated by the generator's loop in measured phases.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>True when the figures can be believed.</summary>
    public bool Passed => Complaints.Count == 0;
}
