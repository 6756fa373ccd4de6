using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Metrics;

/// <summary>Counters as the result shows them.</summary>
internal static class ResultReader
{
    private static readonly string[] StrayNames =
        ["not understood", "response with a foreign Via", "request of a foreign dialog", "unknown method", "out of turn"];

    public static PhaseResult Read(PhaseCounters counters)
    {
        var ratios = new Dictionary<string, double>();
        counters.Sessions.AddTo(ratios);
        counters.Registrations.AddTo(ratios);
        return new()
        {
            Phase = counters.Phase,
            Attempts = counters.Attempts,
            Succeeded = counters.Succeeded,
            Failures = counters.Failures.GroupBy(pair => Cause.FromKey(pair.Key).ToString())
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
            Responses = ReadResponses(counters),
            RetransmissionsSent = ReadRetransmissions(counters),
            RetransmissionsReceived = counters.RetransmissionsReceived,
            Latencies = ReadLatencies(counters),
            Ratios = ratios,
            MessagesSent = counters.MessagesSent,
            MessagesReceived = counters.MessagesReceived,
            Strays = counters.Strays.Select((count, index) => (count, index)).Where(pair => pair.count > 0)
                .ToDictionary(pair => StrayNames[pair.index], pair => pair.count),
        };
    }

    private static Dictionary<string, long> ReadResponses(PhaseCounters counters) => counters.Responses
        .Select((count, index) => (count, index)).Where(pair => pair.count > 0)
        .ToDictionary(pair => $"{MethodName.Of((Method)(pair.index / 700))} {pair.index % 700}", pair => pair.count);

    private static Dictionary<string, long> ReadRetransmissions(PhaseCounters counters) => counters.RetransmissionsSent
        .Select((count, index) => (count, index)).Where(pair => pair.count > 0)
        .ToDictionary(
            pair => pair.index switch
            {
                PhaseCounters.SuccessAgain => "200 to INVITE",
                PhaseCounters.FailureAgain => "failure to INVITE",
                _ => MethodName.Of((Method)pair.index),
            },
            pair => pair.count);

    private static Dictionary<Measure, Latency> ReadLatencies(PhaseCounters counters)
    {
        var latencies = new Dictionary<Measure, Latency>();
        for (var i = 0; i < counters.Latencies.Length; i++)
        {
            if (LatencyCurve.Of(counters.Latencies[i]) is { } latency)
            {
                latencies[(Measure)i] = latency;
            }
        }

        return latencies;
    }
}
