namespace ImsSipFast.Tidy;

public sealed class WitnessWallTests
{
    [Fact]
    public void The_load_generator_does_not_know_the_engine() =>
        Verdict.IsClean(WitnessWall.Breaches(SourceFile.In("tools/loadgen")));

    [Fact]
    public void It_shares_the_system_calls_and_nothing_else()
    {
        string folder = Path.Combine(SourceFile.RepositoryRoot, "tools", "loadgen");
        Assert.Equal(WitnessWall.Shared, Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(path => WitnessWall.Taken(File.ReadAllText(path))).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tools/loadgen/UserAgents/Wire/C.cs", "using ImsSipFast.Engine.Parsing;", 1)]
    [InlineData("tools/loadgen/UserAgents/Wire/C.cs", "using ImsSipFast.Engine.Net;", 1)]
    [InlineData("tools/loadgen/UserAgents/Net/C.cs", "using ImsSipFast.Engine.Parsing;", 1)]
    [InlineData("tools/loadgen/UserAgents/Net/C.cs", "using ImsSipFast.Engine.Net;", 0)]
    [InlineData("tools/loadgen/UserAgents/Wire/C.cs", "class C { ImsSipFast.Engine.Parsing.SipParser p; }", 1)]
    public void A_breach_is_seen(string path, string text, int findings) =>
        Assert.Equal(findings, WitnessWall.Breaches([new(path, text)]).Count());

    [Fact]
    public void A_reference_is_seen() => Assert.Equal(
        ["src/Engine/Engine.csproj"],
        WitnessWall.Taken("<Project><ItemGroup><ProjectReference Include=\"..\\..\\..\\src\\Engine\\Engine.csproj\" /></ItemGroup></Project>"));
}
