using System.Net;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>What a command line asks for.</summary>
/// <param name="Output">Where the results go.</param>
/// <param name="TargetPids">Processes whose CPU and memory are read, one per target; empty for none.</param>
internal abstract record Request(OutputRequest Output, IReadOnlyList<int> TargetPids);

/// <summary>Where the results go.</summary>
/// <param name="Json">A file, or "-" for the standard output in place of the tables; null for none.</param>
/// <param name="Html">A file; null for none.</param>
/// <param name="Quiet">No progress.</param>
internal sealed record OutputRequest(string? Json, string? Html, bool Quiet);

/// <summary>One run.</summary>
internal sealed record RunRequest(LoadPlan Plan, OutputRequest Output, IReadOnlyList<int> TargetPids) : Request(Output, TargetPids);

/// <summary>The search for the highest rate within the bounds.</summary>
/// <param name="Plan">Each probe, but for its rate.</param>
/// <param name="Bounds">What is searched, and how.</param>
/// <param name="Output">Where the results go.</param>
/// <param name="TargetPids">Processes whose CPU and memory are read.</param>
internal sealed record KneeRequest(LoadPlan Plan, KneeBounds Bounds, OutputRequest Output, IReadOnlyList<int> TargetPids) : Request(Output, TargetPids);

/// <summary>Two targets in turns.</summary>
/// <param name="Plan">Each turn; its target is A.</param>
/// <param name="Other">The target B.</param>
/// <param name="Rounds">Turns of each.</param>
/// <param name="Output">Where the results go.</param>
/// <param name="TargetPids">Processes of A and of B.</param>
internal sealed record CompareRequest(LoadPlan Plan, IPEndPoint Other, int Rounds, OutputRequest Output, IReadOnlyList<int> TargetPids) : Request(Output, TargetPids);

/// <summary>What counts as carried, and how the search goes.</summary>
internal sealed record KneeBounds
{
    /// <summary>The 99th percentile of every request's first answer stays below it.</summary>
    public TimeSpan P99 { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The first rate tried, per second.</summary>
    public double From { get; init; } = 500;

    /// <summary>The highest rate tried, per second.</summary>
    public double To { get; init; } = 200_000;

    /// <summary>The bisection ends when the bracket is this narrow, relative to its lower end.</summary>
    public double Tolerance { get; init; } = 0.02;

    /// <summary>Further runs in a row that the knee must pass.</summary>
    public int Confirmations { get; init; } = 2;
}
