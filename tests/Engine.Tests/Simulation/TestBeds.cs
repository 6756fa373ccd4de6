namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Where a conformance case gets its bed from; a project that runs the same cases over sockets has its own.</summary>
public static class TestBeds
{
    private static readonly AsyncLocal<Func<SipEngineOptions, ITestBed>?> s_maker = new();

    /// <summary>Makes the beds of this flow of control in place of the simulated ones; null for those again.</summary>
    public static void Use(Func<SipEngineOptions, ITestBed>? maker) => s_maker.Value = maker;

    /// <summary>A proxy for home.test at 127.0.0.1:5060 with the options that <paramref name="configure"/> changes.</summary>
    public static ITestBed Start(Action<SipEngineOptions>? configure = null)
    {
        var options = Fixtures.Options();
        configure?.Invoke(options);
        return s_maker.Value?.Invoke(options) ?? Simulated(options);
    }

    /// <summary>A bed on virtual time.</summary>
    public static ITestBed Simulated(SipEngineOptions options) => new SimTestBed(options);
}
