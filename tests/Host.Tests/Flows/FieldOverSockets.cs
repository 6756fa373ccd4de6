using ImsSipFast.Engine.Tests.Field;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// The field reports of Engine.Tests once more, over real sockets: every test without parameters whose peers are all within
/// 127.0.0.0/24 and which needs no host name. One that needs another network has a test of its own.
/// </summary>
public sealed class FieldOverSockets
{
    private static readonly IReadOnlyDictionary<string, ConformanceCase> s_all = ConformanceCase.Of(typeof(FieldTest));

    public static TheoryData<string> Cases => [.. s_all.Values.Where(static c => c.RealMilliseconds is not null).Select(static c => c.Name)];

    [Theory(SkipTestWithoutData = true), MemberData(nameof(Cases))]
    public void Case(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has all of 127.0.0.0/8 without being told.");
        s_all[name].RunOverSockets();
    }
}
