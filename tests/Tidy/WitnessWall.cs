using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImsSipFast.Tidy;

/// <summary>
/// A witness must not share the suspect's parser: the load generator knows nothing of the engine but two sources of system
/// calls, which know no SIP.
/// </summary>
internal static class WitnessWall
{
    private const string SharedNamespace = "ImsSipFast.Engine.Net";

    /// <summary>Where the shared system calls are used.</summary>
    private const string SocketFolder = "tools/loadgen/UserAgents/Net/";

    /// <summary>The sources that are shared, relative to the repository.</summary>
    public static readonly string[] Shared = ["src/Engine/Net/LinuxMessages.cs", "src/Engine/Net/LinuxSocketCalls.cs"];

    public static IEnumerable<string> Breaches(IEnumerable<SourceFile> generator) =>
        from file in generator
        from name in file.Root.DescendantNodes().OfType<QualifiedNameSyntax>()
        where name.Parent is not QualifiedNameSyntax && name.ToString().StartsWith("ImsSipFast.Engine", StringComparison.Ordinal)
            && !(name.ToString() == SharedNamespace && file.Path.StartsWith(SocketFolder, StringComparison.Ordinal))
        select $"{file.At(name)}: {name} in the load generator";

    /// <summary>What a project file takes from the engine.</summary>
    public static IEnumerable<string> Taken(string project) => System.Xml.Linq.XDocument.Parse(project).Descendants()
        .Where(element => element.Name.LocalName is "ProjectReference" or "Compile")
        .Select(element => ((string?)element.Attribute("Include") ?? "").Replace('\\', '/'))
        .Where(path => path.Contains("src/Engine", StringComparison.Ordinal))
        .Select(path => path[path.IndexOf("src/Engine", StringComparison.Ordinal)..]);
}
