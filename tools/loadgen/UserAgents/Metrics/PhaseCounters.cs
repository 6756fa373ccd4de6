using HdrHistogram;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Metrics;

/// <summary>What is counted and timed in one phase. Recording allocates nothing.</summary>
internal sealed class PhaseCounters
{
    /// <summary>Index of the retransmitted 2xx of an INVITE, behind the methods.</summary>
    public const int SuccessAgain = MethodName.Count;

    /// <summary>Index of a retransmitted final failure of an INVITE.</summary>
    public const int FailureAgain = MethodName.Count + 1;

    /// <summary>An hour: what is longer counts as an hour.</summary>
    public const long LongestMicroseconds = 3_600_000_000;

    public readonly long[] Responses = new long[MethodName.Count * 700];
    public readonly long[] RetransmissionsSent = new long[MethodName.Count + 2];
    public readonly long[] Strays = new long[Enum.GetValues<Stray>().Length];
    public readonly Dictionary<int, long> Failures = new(64);
    public readonly LongHistogram?[] Latencies = new LongHistogram?[Enum.GetValues<Measure>().Length];
    public long Attempts;
    public long Succeeded;
    public long RetransmissionsReceived;
    public long MessagesSent;
    public long MessagesReceived;
    public SessionCounters Sessions;
    public RegistrationCounters Registrations;

    public PhaseCounters(Phase phase, IEnumerable<Measure> measures)
    {
        Phase = phase;
        foreach (var measure in measures)
        {
            Latencies[(int)measure] = NewHistogram();
        }
    }

    public Phase Phase { get; }

    /// <summary>Three significant digits, from a microsecond to an hour.</summary>
    public static LongHistogram NewHistogram() => new(1, LongestMicroseconds, 3);

    /// <summary>Records microseconds.</summary>
    public void Record(Measure measure, long microseconds) =>
        (Latencies[(int)measure] ??= NewHistogram()).RecordValue(Math.Clamp(microseconds, 0, LongestMicroseconds));

    public void Fail(Cause cause)
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Failures, cause.Key, out _);
        count++;
    }
}
