using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Elements;

/// <summary>Asks the outside about each request before another role decides about it.</summary>
internal sealed class AskingRole(ProxyEnvironment environment, IRole next) : IRole
{
    /// <summary>Tickets of what it has asked, in order.</summary>
    public List<long> Asked { get; } = [];

    public RoleVerdict Admit(ref RoutedRequest request, Completion? answer)
    {
        if (answer is null && request.Method is not (SipMethod.Ack or SipMethod.Cancel or SipMethod.Register))
        {
            Asked.Add(environment.Answers.NextTicket());
            return RoleVerdict.Ask(Asked[^1]);
        }

        return answer is Permission { IsGranted: false } ? RoleVerdict.Refuse(403, "26.3") : next.Admit(ref request, null);
    }

    public RoleVerdict Place(in RoutedRequest request, TargetSet targets, Completion? answer) => next.Place(request, targets, null);

    public void Edit(HeaderEdits edits, in RoutedRequest request, in NextHop hop) => next.Edit(edits, request, hop);

    public void EditResponse(HeaderEdits edits, SipMessage response, RawMessage? request) => next.EditResponse(edits, response, request);

    /// <summary>What the outside says.</summary>
    internal sealed record Permission(long Ticket, bool IsGranted) : Completion(Ticket);
}
