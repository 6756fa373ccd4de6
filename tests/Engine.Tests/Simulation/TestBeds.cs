namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Where a conformance case gets its bed from; a project that runs the same cases over sockets has its own.</summary>
public static class TestBeds
{
    /// <summary>A proxy for home.test at 127.0.0.1:5060 with the options that <paramref name="configure"/> changes.</summary>
    public static ITestBed Start(Action<SipEngineOptions>? configure = null)
    {
        var options = Fixtures.Options();
        configure?.Invoke(options);
        return new SimTestBed(options);
    }
}
