namespace ImsSipFast.Tidy;

public sealed class UnfinishedWorkTests
{
    [Fact]
    public void Nothing_is_left_unfinished() =>
        Verdict.IsClean(UnfinishedWork.Find(SourceFile.In("src", "tests", "perf", "tools")));

    [Theory]
    [InlineData("// TODO: timer C\nclass C;")]
    [InlineData("/* FIXME */ class C;")]
    [InlineData("/// <summary>HACK</summary>\nclass C;")]
    [InlineData("class C { void F() => throw new NotImplementedException(); }")]
    [InlineData("class C { [Fact(Skip = \"\")] void F() { } }")]
    [InlineData("class C { [Fact(Skip = \"flaky\")] void F() { } }")]
    [InlineData("class C { void F() { Assert.SkipUnless(Found, \"\"); } }")]
    public void Unfinished_work_is_seen(string text) => Assert.Single(UnfinishedWork.Find([new("tests/C.cs", text)]));

    [Theory]
    [InlineData("class C { string s = \"TODO\"; }")]
    [InlineData("// The callee is in state TODOWN\nclass C;")]
    [InlineData("class C { [Fact(Skip = \"sipp is not installed\")] void F() { } }")]
    [InlineData("class C { void F() { Assert.SkipUnless(Found, Tools.WhyNot); } }")]
    public void Finished_work_passes(string text) => Assert.Empty(UnfinishedWork.Find([new("tests/C.cs", text)]));
}
