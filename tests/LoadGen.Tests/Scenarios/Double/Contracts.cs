namespace NBomber.Contracts;

// A double: of NBomber's types those, and of them the members, that the front end in tools/loadgen/nbomber calls. Each
// says what it stands for; the signatures are those of 4.1.2 as far as a caller in C# can tell, and 6.x has them too.

/// <summary>NBomber.Contracts.IResponse: an interface in both.</summary>
internal interface IResponse
{
    /// <summary>A string in both; "" for none.</summary>
    string StatusCode { get; }

    /// <summary>bool in both.</summary>
    bool IsError { get; }
}

/// <summary>NBomber.Contracts.Response&lt;T&gt;: an F# record in both, which implements IResponse.</summary>
internal sealed record Response<T>(string StatusCode, bool IsError, string Message) : IResponse;

/// <summary>NBomber.Contracts.ScenarioOperation: an enum in both.</summary>
internal enum ScenarioOperation
{
    Init = 0,
    Clean = 1,
    WarmUp = 2,
    Bombing = 3,
}

/// <summary>NBomber.Contracts.ScenarioInfo: an F# record in both, with more about the copy that runs.</summary>
internal sealed record ScenarioInfo(ScenarioOperation ScenarioOperation);

/// <summary>NBomber.Contracts.IScenarioContext: an interface in both, which NBomber implements.</summary>
internal interface IScenarioContext
{
    /// <summary>A property in both.</summary>
    ScenarioInfo ScenarioInfo { get; }

    /// <summary>A method with one argument in both: the whole test ends.</summary>
    void StopCurrentTest(string reason);
}

/// <summary>NBomber.Contracts.LoadSimulation: an F# union in both, of which callers see no more than the type.</summary>
internal sealed record LoadSimulation(string Name, int Value, TimeSpan Interval, TimeSpan During);

/// <summary>NBomber.Contracts.ScenarioProps: an F# record in both, which the methods of Scenario copy.</summary>
internal sealed record ScenarioProps(string ScenarioName, Func<IScenarioContext, Task<IResponse>> Run)
{
    /// <summary>30 s in both when nobody says otherwise.</summary>
    public TimeSpan? WarmUpDuration { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<LoadSimulation> LoadSimulations { get; init; } = [];

    public bool RestartIterationOnFail { get; init; } = true;

    public int MaxFailCount { get; init; } = 5_000;
}

/// <summary>NBomber.Contracts.NBomberContext: an F# record in both, which the methods of NBomberRunner copy.</summary>
internal sealed record NBomberContext(IReadOnlyList<ScenarioProps> Scenarios)
{
    public string TestSuite { get; init; } = "nbomber_default_test_suite_name";

    public string TestName { get; init; } = "nbomber_default_test_name";

    public string? ReportFolder { get; init; }

    public IReadOnlyList<Stats.ReportFormat>? ReportFormats { get; init; }
}
