using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImsSipFast.Tidy;

/// <summary>What is not done is an issue with a number, not a note in the code.</summary>
internal static partial class UnfinishedWork
{
    public static IEnumerable<string> Find(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            foreach (SyntaxTrivia comment in file.Root.DescendantTrivia().Where(IsComment))
            {
                if (Marker().Match(comment.ToFullString()) is { Success: true } marker)
                {
                    yield return $"{file.At(comment)}: {marker.Value}: do it, or open an issue";
                }
            }

            foreach (SyntaxNode node in file.Root.DescendantNodes())
            {
                if (node is IdentifierNameSyntax { Identifier.ValueText: "NotImplementedException" })
                {
                    yield return $"{file.At(node)}: NotImplementedException: write it, or leave the member out";
                }
                else if (SkipReason(node) is LiteralExpressionSyntax reason && !SaysWhy(reason))
                {
                    yield return $"{file.At(node)}: a skipped test says why, in a sentence";
                }
            }
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or
        SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    /// <summary>The reason in [Fact(Skip = reason)], Assert.Skip(reason), Assert.SkipWhen and SkipUnless(condition, reason).</summary>
    private static ExpressionSyntax? SkipReason(SyntaxNode node) => node switch
    {
        AttributeArgumentSyntax { NameEquals.Name.Identifier.ValueText: "Skip" } argument => argument.Expression,
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Skip" or "SkipWhen" or "SkipUnless" } access,
            ArgumentList.Arguments: [.., var last],
        } when access.Expression.ToString() == "Assert" => last.Expression,
        _ => null,
    };

    private static bool SaysWhy(LiteralExpressionSyntax reason) =>
        reason.Token.ValueText.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= 3;

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Marker();
}
