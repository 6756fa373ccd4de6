using System.Net;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Tests.Driver;

/// <summary>In place of user agents: results as a target of known behaviour would show them, at once.</summary>
internal sealed class ScriptedLoad
{
    private int _runs;

    /// <summary>The first rate at which a tenth of the attempts fail.</summary>
    public double Knee { init => Overloaded = phase => Math.Max(phase.StartRate, phase.EndRate) >= value; }

    /// <summary>The phases in which they do.</summary>
    public Func<Phase, bool> Overloaded { get; init; } = static _ => false;

    /// <summary>Median of the session request delay, microseconds; p99 is four times that.</summary>
    public Func<LoadPlan, double> P50 { get; init; } = static _ => 250;

    /// <summary>What the generator complains of in a run of that plan.</summary>
    public Func<LoadPlan, string[]> Complaints { get; init; } = static _ => [];

    /// <summary>The 99th percentile of how late the generator began its attempts, microseconds.</summary>
    public Func<LoadPlan, double> LateP99 { get; init; } = static _ => 32;

    /// <summary>Datagrams that the generator's sockets lost.</summary>
    public long KernelDrops { get; init; }

    /// <summary>Runs after which nobody is there.</summary>
    public int DiesAfter { get; init; } = int.MaxValue;

    public IPEndPoint Target { get; } = new(IPAddress.Loopback, 5999);

    public int Runs => _runs;

    public RunLoad Load => (plan, progress, _) =>
    {
        _runs++;
        var result = Result(plan);
        foreach (var second in result.Samples)
        {
            progress(second);
        }

        return result;
    };

    public LoadResult Result(LoadPlan plan) => new()
    {
        Plan = plan,
        HasBegun = _runs <= DiesAfter,
        Started = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Phases = [.. plan.Phases.Select(phase => Phase(plan, phase))],
        Samples = [.. Seconds(plan)],
        SelfCheck = new SelfCheck
        {
            Complaints = _runs <= DiesAfter ? Complaints(plan) : ["64 of 64 registrations before the first phase failed (timeout F)."],
            Lateness = Latency(1000, LateP99(plan) / 4),
            KernelDrops = KernelDrops,
            SendFailures = 0,
            CpuMicrosecondsPerAttempt = 41.25,
            AllocatedBytes = 2048,
        },
    };

    /// <summary>A curve of a thousand points that rises as latencies do.</summary>
    public static Latency Latency(long count, double p50) => new()
    {
        Count = count,
        Min = p50 / 2,
        Mean = p50 * 1.1,
        P50 = p50,
        P90 = p50 * 2,
        P99 = p50 * 4,
        P999 = p50 * 9,
        P9999 = p50 * 20,
        Max = p50 * 31,
        Curve = [.. Enumerable.Range(0, 200).Select(i => 100 - (100 / Math.Pow(10, i / 45.0))).Select(p => new PercentilePoint(p, p50 * (0.5 + Math.Pow(Math.Log10(100 / (100 - p)), 2.2)))), new(100, p50 * 31)],
    };

    private PhaseResult Phase(LoadPlan plan, Phase phase)
    {
        var attempts = (long)((phase.StartRate + phase.EndRate) / 2 * phase.Duration.TotalSeconds);
        var failed = Overloaded(phase) ? attempts / 10 : 0;
        return new PhaseResult
        {
            Phase = phase,
            Attempts = attempts,
            Succeeded = attempts - failed,
            Failures = failed == 0 ? [] : new Dictionary<string, long> { ["503"] = failed - (failed / 3), ["timeout B"] = failed / 3 },
            Responses = new Dictionary<string, long> { ["INVITE 100"] = attempts, ["INVITE 180"] = attempts, ["INVITE 200"] = attempts - failed, ["BYE 200"] = attempts - failed },
            RetransmissionsSent = failed == 0 ? [] : new Dictionary<string, long> { ["INVITE"] = failed * 2, ["200 to INVITE"] = 7 },
            RetransmissionsReceived = failed,
            Latencies = new Dictionary<Measure, Latency>
            {
                [Measure.SessionRequestDelay] = Latency(attempts, P50(plan)),
                [Measure.SessionSetup] = Latency(attempts, P50(plan) * 1.3),
                [Measure.SessionDisconnectDelay] = Latency(attempts - failed, P50(plan) * 0.7),
            },
            Ratios = new Dictionary<string, double> { ["SER"] = attempts == 0 ? 0 : 100.0 * (attempts - failed) / attempts, ["SCR"] = 100 },
            MessagesSent = attempts * 6,
            MessagesReceived = attempts * 7,
        };
    }

    private IEnumerable<Sample> Seconds(LoadPlan plan)
    {
        var at = 0.0;
        foreach (var phase in plan.Phases)
        {
            for (var second = 0; second < phase.Duration.TotalSeconds; second++)
            {
                at++;
                var rate = phase.StartRate + ((phase.EndRate - phase.StartRate) * (second + 0.5) / phase.Duration.TotalSeconds);
                var failed = Overloaded(phase) ? rate / 10 : 0;
                var p50 = P50(plan) * (1 + (0.08 * Math.Sin(at * 1.7)));
                yield return new Sample
                {
                    At = at,
                    Phase = phase.Name,
                    Offered = rate,
                    Succeeded = rate - failed,
                    Failed = failed,
                    InFlight = 3,
                    Retransmissions = failed * 2,
                    P50 = p50,
                    P99 = p50 * (4 + Math.Sin(at)),
                    Max = p50 * (18 + (9 * Math.Cos(at * 2.3))),
                };
            }
        }
    }
}
