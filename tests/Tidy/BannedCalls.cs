using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImsSipFast.Tidy;

/// <summary>
/// Calls that are never right in a place, each with what to write instead. In src/Engine the
/// compiler checks most of them too (BannedSymbols.txt); here they are checked for the tests as
/// well, and where a suppression would hide them.
/// </summary>
internal static class BannedCalls
{
    private const string Schedule = "schedule a TimerNode on the TimingWheel";
    private const string Tick = "take the tick as an argument; ShardRunner reads the clock once per batch";
    private const string Seed = "use the seeded random source, so that a run replays";
    private const string Post = "post an event to the shard through ShardDispatcher";
    private const string Simulate = "advance the SimClock: tests of the engine never wait";

    /// <summary>Where time and threads enter the engine, the same places as in .editorconfig, and the user agents.</summary>
    private static readonly string[] Edges =
    [
        "src/Engine/Net/", "src/Engine/Running/ShardRunner.cs", "src/Engine/SipEngine.cs",
        "tools/loadgen/UserAgents/Net/", "tools/loadgen/UserAgents/LoadRun.cs", "tools/loadgen/UserAgents/AgentPool.cs",
        "tools/loadgen/UserAgents/Asking/", "tests/LoadGen.Tests/Net/", "tests/LoadGen.Tests/EndToEnd/", "tests/LoadGen.Tests/Driver/",
        "tests/LoadGen.Tests/Scenarios/",
    ];

    /// <summary>What runs on virtual time.</summary>
    private static readonly string[] Timeless = ["src/Engine/", "tools/loadgen/UserAgents/"];

    private static readonly string[] TimelessTests = ["tests/Engine.Tests/", "tests/LoadGen.Tests/"];

    /// <summary>'Type.Member' for a member, 'new Type' for a constructor without arguments, 'Type' for any mention.</summary>
    private static readonly (string Call, string InEngine, string? InTests)[] Table =
    [
        ("Thread.Sleep", Schedule, Simulate),
        ("Thread.SpinWait", Schedule, Simulate),
        ("Task.Delay", Schedule, Simulate),
        ("Task.Run", Post, null),
        ("Task.Factory", Post, null),
        ("ThreadPool.QueueUserWorkItem", Post, null),
        ("ThreadPool.UnsafeQueueUserWorkItem", Post, null),
        ("PeriodicTimer", Schedule, Simulate),
        ("Stopwatch", Tick, Simulate),
        ("DateTime.Now", Tick, Simulate),
        ("DateTime.UtcNow", Tick, Simulate),
        ("DateTime.Today", Tick, Simulate),
        ("DateTimeOffset.Now", Tick, Simulate),
        ("DateTimeOffset.UtcNow", Tick, Simulate),
        ("TimeProvider.System", Tick, Simulate),
        ("Environment.TickCount", Tick, Simulate),
        ("Environment.TickCount64", Tick, Simulate),
        ("new Random", Seed, Seed),
        ("Random.Shared", Seed, Seed),
        ("Guid.NewGuid", Seed, Seed),
        ("Console.WriteLine", "write a decision record; the host prints", null),
        ("Console.Write", "write a decision record; the host prints", null),
        ("GC.Collect", "fix the allocation instead", null),
    ];

    public static IEnumerable<string> Find(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            bool engine = IsIn(file, Timeless);
            bool tests = IsIn(file, TimelessTests);
            if ((!engine && !tests) || IsIn(file, Edges))
            {
                continue;
            }

            foreach (SyntaxNode node in file.Root.DescendantNodes())
            {
                foreach ((string call, string inEngine, string? inTests) in Table)
                {
                    if ((engine ? inEngine : inTests) is string instead && Names(node, call))
                    {
                        yield return $"{file.At(node)}: {call} is banned here: {instead}";
                    }
                }
            }
        }
    }

    /// <summary>A silenced compiler is a decision: it says why on the same line.</summary>
    public static IEnumerable<string> FindSilencedWarnings(IEnumerable<SourceFile> files) =>
        from file in files
        from trivia in file.Root.DescendantTrivia(descendIntoTrivia: true)
        where trivia.GetStructure() is PragmaWarningDirectiveTriviaSyntax pragma
            && pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
            && !pragma.ToFullString().Contains("// ", StringComparison.Ordinal)
        select $"{file.At(trivia)}: #pragma warning disable without a reason on its line";

    private static bool IsIn(SourceFile file, string[] places) =>
        places.Any(place => file.Path.StartsWith(place, StringComparison.Ordinal));

    private static bool Names(SyntaxNode node, string call)
    {
        if (call.StartsWith("new ", StringComparison.Ordinal))
        {
            return node is ObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } creation
                && Last(creation.Type) == call["new ".Length..];
        }

        int dot = call.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? node is IdentifierNameSyntax name && name.Identifier.ValueText == call
            : node is MemberAccessExpressionSyntax access
                && access.Name.Identifier.ValueText == call[(dot + 1)..]
                && Last(access.Expression) == call[..dot];
    }

    private static string Last(SyntaxNode node) => node switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        QualifiedNameSyntax name => name.Right.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };
}
