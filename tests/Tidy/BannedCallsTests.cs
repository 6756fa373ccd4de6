namespace ImsSipFast.Tidy;

public sealed class BannedCallsTests
{
    [Fact]
    public void The_engine_the_user_agents_and_their_tests_make_no_banned_call() =>
        Verdict.IsClean(BannedCalls.Find(
            SourceFile.In("src/Engine", "tests/Engine.Tests", "tools/loadgen/UserAgents", "tests/LoadGen.Tests")));

    [Fact]
    public void No_warning_is_silenced_without_a_reason() =>
        Verdict.IsClean(BannedCalls.FindSilencedWarnings(SourceFile.In("src", "tests", "perf", "tools")));

    [Theory]
    [InlineData("Thread.Sleep(1)")]
    [InlineData("System.Threading.Thread.Sleep(1)")]
    [InlineData("await Task.Delay(1, token)")]
    [InlineData("Use(Stopwatch.GetTimestamp())")]
    [InlineData("Use(DateTime.UtcNow.Ticks)")]
    [InlineData("Use(Environment.TickCount64)")]
    [InlineData("Use(new System.Random())")]
    [InlineData("Use(Random.Shared.Next())")]
    public void A_banned_call_is_seen(string statement)
    {
        Assert.Single(BannedCalls.Find([Sample("src/Engine/Timing/C.cs", statement)]));
        Assert.Single(BannedCalls.Find([Sample("tests/Engine.Tests/Timing/C.cs", statement)]));
        Assert.Single(BannedCalls.Find([Sample("tools/loadgen/UserAgents/Agents/C.cs", statement)]));
        Assert.Empty(BannedCalls.Find([Sample("tools/loadgen/UserAgents/Net/C.cs", statement)]));
        Assert.Empty(BannedCalls.Find([Sample("src/Engine/Net/C.cs", statement)]));
        Assert.Empty(BannedCalls.Find([Sample("src/Engine/Running/ShardRunner.cs", statement)]));
        Assert.Empty(BannedCalls.Find([Sample("tests/Host.Tests/C.cs", statement)]));
    }

    [Theory]
    [InlineData("Task.Run(() => 1)")]
    [InlineData("System.Console.WriteLine()")]
    public void Some_calls_are_banned_in_the_engine_only(string statement)
    {
        Assert.Single(BannedCalls.Find([Sample("src/Engine/Timing/C.cs", statement)]));
        Assert.Empty(BannedCalls.Find([Sample("tests/Engine.Tests/Timing/C.cs", statement)]));
    }

    [Theory]
    [InlineData("Use(new Random(42))")]
    [InlineData("Use(\"Thread.Sleep(1)\") /* Task.Delay */")]
    [InlineData("this.Sleep()")]
    public void What_is_not_banned_passes(string statement) =>
        Assert.Empty(BannedCalls.Find([Sample("src/Engine/Timing/C.cs", statement)]));

    [Fact]
    public void A_silenced_warning_is_seen()
    {
        Assert.Single(BannedCalls.FindSilencedWarnings([new("src/Engine/C.cs", "#pragma warning disable RS0030\nclass C;")]));
        Assert.Empty(BannedCalls.FindSilencedWarnings(
            [new("src/Engine/C.cs", "#pragma warning disable CA1000 // the node is its own list\nclass C;\n#pragma warning restore CA1000\n")]));
    }

    private static SourceFile Sample(string path, string statement) =>
        new(path, "class C { async void F() { " + statement + "; } }");
}
