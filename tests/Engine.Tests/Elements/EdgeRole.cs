using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Routing;

namespace ImsSipFast.Engine.Tests.Elements;

/// <summary>An edge proxy: it serves no domain, and what no Route leads on goes to the next element.</summary>
/// <param name="next">A Route value with the address of that element.</param>
internal sealed class EdgeRole(byte[] next) : IRole
{
    public RoleVerdict Admit(ref RoutedRequest request, Completion? answer) => RoleVerdict.Proceed;

    public RoleVerdict Place(in RoutedRequest request, TargetSet targets, Completion? answer)
    {
        var ends = request.IsInDialog || !request.NextRoute.IsEmpty;
        targets.TryAdd(request.Uri.Text, ends ? default : next, 1000, default);
        return RoleVerdict.Proceed;
    }
}
