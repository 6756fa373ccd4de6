namespace ImsSipFast.Tidy;

public sealed class SizeRatchetTests
{
    [Fact]
    public void No_file_is_too_long() => Verdict.IsClean(SizeRatchet.LongFiles(SourceFile.In("src", "tools")));

    [Fact]
    public void No_method_is_too_long() => Verdict.IsClean(SizeRatchet.LongMethods(SourceFile.In("src", "tools")));

    [Fact]
    public void The_engine_stays_small() => Verdict.IsClean(SizeRatchet.BigEngine(SourceFile.In("src/Engine")));

    [Fact]
    public void A_long_file_is_seen()
    {
        Assert.Single(SizeRatchet.LongFiles([Blank("src/Host/Program.cs", 401)]));
        Assert.Empty(SizeRatchet.LongFiles([Blank("src/Host/Program.cs", 400)]));
        Assert.Single(SizeRatchet.LongFiles([Blank("src/Engine/Shards/Shard.cs", 251)]));
        Assert.Empty(SizeRatchet.LongFiles([Blank("src/Engine/Shards/Shard.cs", 250)]));
    }

    [Theory]
    [InlineData("class C { void F() {", "} }")]
    [InlineData("class C { C() {", "} }")]
    [InlineData("class C { int P { get {", "return 1; } } }")]
    [InlineData("class C { System.Action A = () => {", "}; }")]
    [InlineData("", "return;")]
    public void A_long_method_is_seen(string head, string tail)
    {
        Assert.Empty(SizeRatchet.LongMethods([Body(70)]));
        Assert.NotEmpty(SizeRatchet.LongMethods([Body(71)]));

        SourceFile Body(int lines) => new("src/Host/C.cs",
            head + "\n" + string.Concat(Enumerable.Repeat("F();\n", lines - (head.Length == 0 ? 1 : 2))) + tail);
    }

    [Fact]
    public void Documentation_is_not_length() => Assert.Empty(SizeRatchet.LongMethods(
        [new("src/Host/C.cs", "class C {\n" + string.Concat(Enumerable.Repeat("/// doc\n", 90)) + "[A]\nvoid F() { }\n}")]));

    [Fact]
    public void A_big_engine_is_seen()
    {
        Assert.Empty(SizeRatchet.BigEngine([.. Enumerable.Repeat(Fields(79), 151)]));
        Assert.Single(SizeRatchet.BigEngine([.. Enumerable.Repeat(Fields(80), 150)]));
        Assert.Single(SizeRatchet.BigEngine([.. Enumerable.Repeat(Blank("src/Engine/C.cs", 120), 3)]));
    }

    /// <summary>A file that says something on so many lines, and nothing on others.</summary>
    private static SourceFile Fields(int lines) => new("src/Engine/C.cs",
        "class C\n{\n\n// why\n" + string.Concat(Enumerable.Range(1, lines - 1).Select(i => $"int f{i};\n")) + "}");

    private static SourceFile Blank(string path, int lines) => new(path, new string('\n', lines));
}
