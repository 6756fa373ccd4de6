using ImsSipFast.Engine.Tests.Conformance;

namespace ImsSipFast.Engine.Tests.Routing;

/// <summary>Header fields that leave no room for ours.</summary>
public sealed class LongHeaders : ConformanceTest
{
    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void They_are_refused_with_513(string method)
    {
        RegisterB();
        A.Send(A.Request(method, "sip:b@home.test").Add("X-Long", new string('x', 62_000)));
        A.Expect(513, method);
        B.Silence();
    }
}
