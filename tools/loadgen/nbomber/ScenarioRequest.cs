using ImsSipFast.LoadGen.Planning;
using NBomber.Contracts.Stats;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>What a command line asks for.</summary>
/// <param name="Name">The name of the scenario: the profile's, or "mixed".</param>
/// <param name="Plan">What the user agents do. Its first phase is the warm-up, unless there is none.</param>
/// <param name="Thresholds">What has to hold in the end.</param>
/// <param name="Reports">NBomber's own.</param>
internal sealed record ScenarioRequest(string Name, LoadPlan Plan, Thresholds Thresholds, ReportRequest Reports);

/// <summary>NBomber's reports.</summary>
/// <param name="Folder">Where they go.</param>
/// <param name="Formats">Empty for none.</param>
internal sealed record ReportRequest(string Folder, IReadOnlyList<ReportFormat> Formats);
