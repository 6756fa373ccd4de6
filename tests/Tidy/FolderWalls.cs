using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImsSipFast.Tidy;

/// <summary>
/// The rooms of src/Engine and who may know whom. One assembly, so the compiler does not object to
/// a wrong <c>using</c>; this table does. To change it is to change the design: say why in
/// ARCHITECTURE.md.
/// </summary>
internal static class FolderWalls
{
    public const string EngineFolder = "src/Engine";
    private const string EngineNamespace = "ImsSipFast.Engine";

    /// <summary>
    /// Room → the rooms it may know. Diagnostics is known by all and knows none but the currency: a record without
    /// the peer's address would tell nobody anything. Parsing reads addresses out of hosts.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Common"] = [],
        ["Messages"] = ["Common"],
        ["Diagnostics"] = ["Messages"],
        ["Timing"] = [],
        ["Waiting"] = ["Messages", "Common", "Timing"],
        ["Running"] = ["Messages"],
        ["Net"] = ["Messages", "Common"],
        ["Parsing"] = ["Messages"],
        ["Keys"] = ["Parsing"],
        ["Writing"] = ["Parsing", "Messages"],
        ["Transactions"] = ["Keys", "Writing", "Parsing", "Timing", "Messages", "Common"],
        ["Registrar"] = ["Writing", "Parsing", "Timing", "Messages", "Common"],
        ["Dialogs"] = ["Parsing", "Timing", "Messages", "Common"],
        ["Routing"] = ["Waiting", "Transactions", "Registrar", "Dialogs", "Keys", "Writing", "Parsing", "Timing", "Messages", "Common"],
        ["Roles"] = ["Routing", "Waiting", "Transactions", "Registrar", "Writing", "Parsing", "Messages", "Common"],
        ["Shards"] = ["Running", "Waiting", "Routing", "Transactions", "Registrar", "Dialogs", "Keys", "Writing", "Parsing", "Timing", "Messages", "Common"],
    };

    public static bool MayKnow(string room, string other) =>
        room == other || other == "Diagnostics" || Allowed[room].Contains(other);

    public static IEnumerable<string> Breaches(IReadOnlyList<SourceFile> engine)
    {
        ILookup<string, string> types = engine
            .SelectMany(file => file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>(), (file, type) => (file, type))
            .ToLookup(pair => RoomOf(pair.file.Path) ?? "", pair => pair.type.Identifier.ValueText);

        foreach (SourceFile file in engine)
        {
            string? room = RoomOf(file.Path);
            if (room is not null && !Allowed.ContainsKey(room))
            {
                yield return $"{file.Path}: no room is called {room}; add it to the table in FolderWalls.cs";
                continue;
            }

            foreach (string finding in NamespaceBreaches(file).Concat(KnowledgeBreaches(file, room, types)))
            {
                yield return finding;
            }
        }
    }

    /// <summary>The room of a path: the first folder under src/Engine; null for the composition root.</summary>
    private static string? RoomOf(string path)
    {
        string[] parts = path[(EngineFolder.Length + 1)..].Split('/');
        return parts.Length == 1 ? null : parts[0];
    }

    private static IEnumerable<string> NamespaceBreaches(SourceFile file)
    {
        string folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/');
        string expected = EngineNamespace + folder[EngineFolder.Length..].Replace('/', '.');
        return file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            .Where(declaration => declaration.Name.ToString() != expected)
            .Select(declaration => $"{file.At(declaration)}: namespace {declaration.Name} lies in the folder of {expected}");
    }

    private static IEnumerable<string> KnowledgeBreaches(SourceFile file, string? room, ILookup<string, string> types)
    {
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (node is UsingDirectiveSyntax { GlobalKeyword.RawKind: not 0 })
            {
                yield return $"{file.At(node)}: a global using opens every wall; write the using where it is needed";
            }
            else if (room is null)
            {
                // The composition root knows every room: that is its job.
            }
            else if (node is IdentifierNameSyntax { Identifier.ValueText: "SipEngine" })
            {
                yield return $"{file.At(node)}: {room} may not know the composition root; take what it needs as an argument";
            }
            else if (RoomMentioned(node, types) is string other && !MayKnow(room, other))
            {
                yield return $"{file.At(node)}: {room} may not know {other} (it may know: "
                    + string.Join(", ", Allowed[room].Append("Diagnostics")) + ")";
            }
        }
    }

    /// <summary>The room that a dotted name leads into, whether written in full or relative to the engine.</summary>
    private static string? RoomMentioned(SyntaxNode node, ILookup<string, string> types)
    {
        bool outermost = node is QualifiedNameSyntax or MemberAccessExpressionSyntax or AliasQualifiedNameSyntax
            && node.Parent is not (QualifiedNameSyntax or BaseNamespaceDeclarationSyntax)
            && !(node.Parent is MemberAccessExpressionSyntax parent && parent.Expression == node);
        bool shortUsing = node is IdentifierNameSyntax && node.Parent is UsingDirectiveSyntax;
        if (!outermost && !shortUsing)
        {
            return null;
        }

        string[] parts = [.. NameParts(node)];
        int start = parts switch
        {
            ["ImsSipFast", "Engine", ..] => 2,
            ["Engine", ..] => 1,
            _ => 0,
        };
        if (parts.Length <= start || !Allowed.ContainsKey(parts[start]))
        {
            return null;
        }

        // Registrar is a room and a class: a relative name counts only if a type of that room follows.
        bool inFull = start > 0 || shortUsing;
        return inFull || (parts.Length > 1 && types[parts[0]].Contains(parts[1])) ? parts[start] : null;
    }

    private static IEnumerable<string> NameParts(SyntaxNode node) => node switch
    {
        QualifiedNameSyntax name => [.. NameParts(name.Left), name.Right.Identifier.ValueText],
        MemberAccessExpressionSyntax access => [.. NameParts(access.Expression), access.Name.Identifier.ValueText],
        AliasQualifiedNameSyntax alias => [alias.Name.Identifier.ValueText],
        SimpleNameSyntax name => [name.Identifier.ValueText],
        _ => [""],
    };
}
