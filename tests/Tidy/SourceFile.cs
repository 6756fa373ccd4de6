using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ImsSipFast.Tidy;

/// <summary>One C# file as its author wrote it, parsed but never bound: no project is loaded.</summary>
internal sealed class SourceFile
{
    // DEBUG is defined so that the pool's leak bookkeeping is read like everything else.
    private static readonly CSharpParseOptions Options = new(
        LanguageVersion.Preview, DocumentationMode.Parse, preprocessorSymbols: ["DEBUG"]);

    private static readonly Lazy<IReadOnlyList<SourceFile>> Repository = new(ReadAll);

    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Root = CSharpSyntaxTree.ParseText(text, Options, path).GetRoot();
    }

    /// <summary>Relative to the repository's root, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public SyntaxNode Root { get; }

    public int LineCount => Text.Length == 0 ? 0 : Text.AsSpan().Count('\n') + (Text[^1] == '\n' ? 0 : 1);

    public string At(SyntaxNode node) => $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    public string At(SyntaxTrivia trivia) => $"{Path}:{trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    /// <summary>The files below one of <paramref name="folders"/>, in the order of their paths.</summary>
    public static IReadOnlyList<SourceFile> In(params string[] folders) =>
        [.. Repository.Value.Where(file => folders.Any(f => file.Path.StartsWith(f + "/", StringComparison.Ordinal)))];

    public static string RepositoryRoot { get; } = FindRoot();

    private static SourceFile[] ReadAll() =>
    [
        .. new[] { "src", "tests", "perf", "tools" }
            .Select(folder => System.IO.Path.Combine(RepositoryRoot, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => System.IO.Path.GetRelativePath(RepositoryRoot, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal)
                && !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(System.IO.Path.Combine(RepositoryRoot, path)))),
    ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "ImsSipFast.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("ImsSipFast.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
