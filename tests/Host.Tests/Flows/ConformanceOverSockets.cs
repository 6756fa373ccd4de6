namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// The conformance cases of Engine.Tests once more, with real sockets and real time in place of the simulation: every
/// case that is over in a moment and needs no host name.
/// </summary>
public sealed class ConformanceOverSockets
{
    private const long LongestCaseMilliseconds = 2500;

    public static TheoryData<string> Cases =>
        [.. ConformanceCase.All.Values.Where(static c => c.RealMilliseconds < LongestCaseMilliseconds).Select(static c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void Case(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has all of 127.0.0.0/8 without being told.");
        ConformanceCase.All[name].RunOverSockets();
    }

    [Fact]
    public void Most_cases_are_run() => Assert.InRange(Cases.Count, 100, ConformanceCase.All.Count);
}
