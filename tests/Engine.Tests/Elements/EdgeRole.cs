using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Elements;

/// <summary>An edge proxy: it serves no domain, and what no Route leads on goes to the next element.</summary>
/// <param name="environment">What its proxy core shares.</param>
/// <param name="next">A Route value with the address of that element.</param>
internal sealed class EdgeRole(ProxyEnvironment environment, byte[] next) : IRole
{
    public RoleVerdict Admit(ref RoutedRequest request, Completion? answer) => RoleVerdict.Proceed;

    public RoleVerdict Place(in RoutedRequest request, TargetSet targets, Completion? answer)
    {
        var ends = request.IsInDialog || !request.NextRoute.IsEmpty;
        targets.TryAdd(request.Uri.Text, ends ? default : next, 1000, default);
        return RoleVerdict.Proceed;
    }

    public void Edit(HeaderEdits edits, in RoutedRequest request, in NextHop hop)
    {
        edits.Remove("P-Preferred-Identity"u8);
        if (RecordRoute.IsWanted(request))
        {
            RecordRoute.AddTo(edits, request, hop, environment);
        }
    }

    public void EditResponse(HeaderEdits edits, SipMessage response, RawMessage? request) =>
        edits.Add("P-Passed"u8, HeaderOperation.Append, "edge"u8);
}
