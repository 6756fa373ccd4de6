namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>Two targets in turns.</summary>
/// <param name="Report">"compare".</param>
/// <param name="A">The one target.</param>
/// <param name="B">The other target.</param>
/// <param name="Ratios">A divided by B, by figure, over all rounds.</param>
/// <param name="Rounds">Every round, in order.</param>
internal sealed record ComparisonReport(
    string Report, string A, string B, IReadOnlyDictionary<string, RatioReport> Ratios, IReadOnlyList<RoundReport> Rounds);

/// <summary>One figure of A and B over the rounds.</summary>
/// <param name="MedianA">Of A, in the figure's unit.</param>
/// <param name="MedianB">Of B, in the figure's unit.</param>
/// <param name="MedianRatio">The median of the rounds' ratios A/B (not the ratio of the medians).</param>
/// <param name="LeastRatio">The least of them.</param>
/// <param name="GreatestRatio">The greatest of them.</param>
internal sealed record RatioReport(double MedianA, double MedianB, double MedianRatio, double LeastRatio, double GreatestRatio);

/// <summary>One round.</summary>
/// <param name="First">"a" or "b": which went first.</param>
/// <param name="A">What the one saw.</param>
/// <param name="B">What the other saw.</param>
/// <param name="Ratios">A divided by B, by figure.</param>
internal sealed record RoundReport(string First, RunReport A, RunReport B, IReadOnlyDictionary<string, double> Ratios);
