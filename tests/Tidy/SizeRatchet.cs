using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImsSipFast.Tidy;

/// <summary>
/// How big things may get. The numbers go down, not up: what outgrows them is two things.
/// </summary>
internal static class SizeRatchet
{
    public const int FileLines = 400;
    public const int MethodLines = 70;

    /// <summary>Lines of the engine that say something: without blank lines, comments and lone braces; exclusive.</summary>
    public const int EngineLines = 12_000;

    public const int EngineMedianFileLines = 120; // exclusive

    /// <summary>Files whose promise is tighter: the control flow of every path reads top to bottom here.</summary>
    public static readonly IReadOnlyDictionary<string, int> TighterFiles = new Dictionary<string, int>
    {
        ["src/Engine/Shards/Shard.cs"] = 250,
    };

    public static IEnumerable<string> LongFiles(IEnumerable<SourceFile> files) =>
        from file in files
        let limit = TighterFiles.GetValueOrDefault(file.Path, FileLines)
        where file.LineCount > limit
        select $"{file.Path}: {file.LineCount} lines, at most {limit}";

    public static IEnumerable<string> LongMethods(IEnumerable<SourceFile> files) =>
        from file in files
        from method in Methods(file.Root)
        let lines = Lines(method)
        where lines > MethodLines
        select $"{file.At(method)}: a method of {lines} lines, at most {MethodLines}";

    public static IEnumerable<string> BigEngine(IReadOnlyList<SourceFile> engine)
    {
        int total = engine.Sum(CodeLines);
        if (total >= EngineLines)
        {
            yield return $"src/Engine: {total} lines, fewer than {EngineLines}";
        }

        int median = engine.Count == 0 ? 0 : engine.Select(file => file.LineCount).Order().ElementAt(engine.Count / 2);
        if (median >= EngineMedianFileLines)
        {
            yield return $"src/Engine: the median file has {median} lines, fewer than {EngineMedianFileLines}";
        }
    }

    private static int CodeLines(SourceFile file) => file.Root.DescendantTokens()
        .Where(token => !token.IsKind(SyntaxKind.OpenBraceToken) && !token.IsKind(SyntaxKind.CloseBraceToken) && !token.IsKind(SyntaxKind.EndOfFileToken))
        .SelectMany(token => { var span = token.GetLocation().GetLineSpan(); return Enumerable.Range(span.StartLinePosition.Line, span.EndLinePosition.Line - span.StartLinePosition.Line + 1); })
        .Distinct()
        .Count();

    private static IEnumerable<SyntaxNode> Methods(SyntaxNode root) =>
        root.DescendantNodes().Where(node =>
            node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
                or PropertyDeclarationSyntax { ExpressionBody: not null } or AnonymousFunctionExpressionSyntax)
            .Concat(root is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Any() ? [unit] : []);

    /// <summary>From the signature to the closing brace; comments and attributes above do not count.</summary>
    private static int Lines(SyntaxNode method)
    {
        if (method is CompilationUnitSyntax unit)
        {
            return unit.Members.OfType<GlobalStatementSyntax>().Sum(statement => Span(statement.GetFirstToken(), statement.GetLastToken()));
        }

        SyntaxToken first = method.ChildNodesAndTokens().First(child => !child.IsKind(
            SyntaxKind.AttributeList)) switch
        {
            { IsToken: true } child => child.AsToken(),
            var child => child.AsNode()!.GetFirstToken(),
        };
        return Span(first, method.GetLastToken());

        static int Span(SyntaxToken first, SyntaxToken last) =>
            last.GetLocation().GetLineSpan().EndLinePosition.Line - first.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
    }
}
