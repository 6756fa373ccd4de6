namespace ImsSipFast.Tidy;

public sealed class FolderWallsTests
{
    [Fact]
    public void Rooms_of_the_engine_know_only_who_they_may() =>
        Verdict.IsClean(FolderWalls.Breaches(SourceFile.In(FolderWalls.EngineFolder)));

    [Fact]
    public void The_table_has_no_circle()
    {
        foreach (string room in FolderWalls.Allowed.Keys)
        {
            Assert.DoesNotContain(room, Reachable(room));
        }

        static HashSet<string> Reachable(string room)
        {
            HashSet<string> seen = [];
            Stack<string> open = new(FolderWalls.Allowed[room]);
            while (open.TryPop(out string? next))
            {
                if (seen.Add(next))
                {
                    Array.ForEach(FolderWalls.Allowed[next], open.Push);
                }
            }

            return seen;
        }
    }

    [Fact]
    public void The_engine_project_has_no_using_for_all_files() =>
        Assert.DoesNotContain("<Using ", ReadProject("src/Engine/Engine.csproj"), StringComparison.Ordinal);

    /// <summary>A witness must not share the suspect's parser.</summary>
    [Fact]
    public void The_load_generator_does_not_reference_the_engine()
    {
        string tools = Path.Combine(SourceFile.RepositoryRoot, "tools");
        if (!Directory.Exists(tools))
        {
            return;
        }

        foreach (string project in Directory.EnumerateFiles(tools, "*.csproj", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("Engine.csproj", File.ReadAllText(project), StringComparison.Ordinal);
            Assert.DoesNotContain("Host.csproj", File.ReadAllText(project), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Parsing", "using ImsSipFast.Engine.Timing;")]
    [InlineData("Net", "using ImsSipFast.Engine.Shards;")]
    [InlineData("Running", "using ImsSipFast.Engine.Shards;")]
    [InlineData("Running", "using ImsSipFast.Engine.Parsing;")]
    [InlineData("Shards", "using ImsSipFast.Engine.Net;")]
    [InlineData("Timing", "using static ImsSipFast.Engine.Parsing.HeaderName;")]
    [InlineData("Timing", "using Name = ImsSipFast.Engine.Parsing.HeaderName;")]
    [InlineData("Registrar", "using global::ImsSipFast.Engine.Dialogs;")]
    [InlineData("Diagnostics", "global using System.Text;")]
    [InlineData("Messages", "namespace ImsSipFast.Engine.Messages; class C { ImsSipFast.Engine.Net.Loop x; }")]
    [InlineData("Messages", "namespace ImsSipFast.Engine.Messages; class C { int F() => Engine.Net.Loop.F(1).G; }")]
    [InlineData("Messages", "namespace ImsSipFast.Engine.Messages; class C { Parsing.HeaderName x; }")]
    [InlineData("Messages", "namespace ImsSipFast.Engine.Messages; using Net; class C;")]
    [InlineData("Dialogs", "namespace ImsSipFast.Engine.Dialogs; class C { SipEngine x; }")]
    [InlineData("Dialogs", "namespace ImsSipFast.Engine.Dialog; class C;")]
    [InlineData("Cellar", "namespace ImsSipFast.Engine.Cellar; class C;")]
    public void A_breach_is_seen(string room, string text) => Assert.Single(FolderWalls.Breaches(Engine(room, text)));

    [Theory]
    [InlineData("Routing", "using ImsSipFast.Engine.Transactions; using ImsSipFast.Engine.Diagnostics;")]
    [InlineData("Shards", "namespace ImsSipFast.Engine.Shards; class C { void F() => Parsing.HeaderName.F(); }")]
    [InlineData("Transactions", "namespace ImsSipFast.Engine.Transactions; class C { void F() => Net.Send(); Sender Net; }")]
    [InlineData("Parsing", "namespace ImsSipFast.Engine.Parsing; /* ImsSipFast.Engine.Net.Loop */ class C { string s = \"Net.Loop\"; }")]
    public void What_is_allowed_passes(string room, string text) => Assert.Empty(FolderWalls.Breaches(Engine(room, text)));

    private static SourceFile[] Engine(string room, string text) =>
    [
        new($"src/Engine/{room}/Sample.cs", text),
        new("src/Engine/Parsing/HeaderName.cs", "namespace ImsSipFast.Engine.Parsing; enum HeaderName;"),
        new("src/Engine/SipEngine.cs", "using ImsSipFast.Engine.Net; namespace ImsSipFast.Engine; class SipEngine;"),
    ];

    private static string ReadProject(string path) => File.ReadAllText(Path.Combine(SourceFile.RepositoryRoot, path));
}
