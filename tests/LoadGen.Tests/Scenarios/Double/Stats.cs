namespace NBomber.Contracts.Stats;

/// <summary>NBomber.Contracts.Stats.ReportFormat: an enum in both.</summary>
internal enum ReportFormat
{
    Txt = 0,
    Html = 1,
    Csv = 2,
    Md = 3,
}

/// <summary>NBomber.Contracts.Stats.NodeStats: an F# record in both, returned by Run.</summary>
internal sealed record NodeStats(ScenarioStats[] ScenarioStats);

/// <summary>NBomber.Contracts.Stats.ScenarioStats: an F# record in both; without steps the array is empty.</summary>
internal sealed record ScenarioStats(string ScenarioName, MeasurementStats Ok, MeasurementStats Fail, StepStats[] StepStats);

/// <summary>NBomber.Contracts.Stats.StepStats: an F# record in both.</summary>
internal sealed record StepStats(string StepName, MeasurementStats Ok, MeasurementStats Fail);

/// <summary>NBomber.Contracts.Stats.MeasurementStats: an F# record in both.</summary>
internal sealed record MeasurementStats(RequestStats Request, LatencyStats Latency, StatusCodeStats[] StatusCodes);

/// <summary>NBomber.Contracts.Stats.RequestStats: an F# record in both; Count is int in 4.1.2.</summary>
internal sealed record RequestStats(int Count);

/// <summary>NBomber.Contracts.Stats.LatencyStats: an F# record in both, milliseconds as double.</summary>
internal sealed record LatencyStats(double Percent50, double Percent75, double Percent95, double Percent99, double MaxMs);

/// <summary>NBomber.Contracts.Stats.StatusCodeStats: an F# record in both. Looked at by tests only.</summary>
internal sealed record StatusCodeStats(string StatusCode, int Count);
