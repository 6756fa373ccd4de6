using HdrHistogram;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Metrics;

/// <summary>A histogram as reports want it.</summary>
internal static class LatencyCurve
{
    private const int PointsPerHalving = 8;

    /// <summary>Null when there is no value.</summary>
    public static Latency? Of(HistogramBase? histogram)
    {
        if (histogram is null || histogram.TotalCount == 0)
        {
            return null;
        }

        return new()
        {
            Count = histogram.TotalCount,
            Min = histogram.GetValueAtPercentile(0),
            Mean = histogram.GetMean(),
            P50 = histogram.GetValueAtPercentile(50),
            P90 = histogram.GetValueAtPercentile(90),
            P99 = histogram.GetValueAtPercentile(99),
            P999 = histogram.GetValueAtPercentile(99.9),
            P9999 = histogram.GetValueAtPercentile(99.99),
            Max = histogram.GetMaxValue(),
            Curve = [.. histogram.Percentiles(PointsPerHalving).Select(point => new PercentilePoint(point.Percentile, point.ValueIteratedTo))],
        };
    }
}
