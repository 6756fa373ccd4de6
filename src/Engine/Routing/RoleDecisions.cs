using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Routing;

/// <summary>Puts a request before the role of the element, and again when the role has asked for something and the answer is there.</summary>
/// <param name="environment">What the proxy core shares.</param>
/// <param name="role">Decides.</param>
/// <param name="forwarder">Sends the request to what was decided.</param>
/// <param name="responder">Tells the caller of a refusal.</param>
/// <param name="contexts">Whose requests they are.</param>
internal sealed class RoleDecisions(
    ProxyEnvironment environment, IRole role, RequestForwarder forwarder, Responder responder, ResponseContexts contexts) : IAnswerReceiver
{
    /// <summary>Asks the role; <paramref name="answer"/> is what it had asked for, null at first.</summary>
    public RoleVerdict Decide(ref RoutedRequest request, TargetSet targets, Completion? answer = null)
    {
        var verdict = role.Admit(ref request, answer);
        verdict = verdict.Kind == RoleVerdictKind.Proceed ? role.Place(request, targets, answer) : verdict;

        // RFC 3261 §16.3 item 3: only what is for this element itself goes no further anyway.
        return request.Message.MaxForwards == 0 && verdict.Kind is not (RoleVerdictKind.Answer or RoleVerdictKind.Done)
            ? RoleVerdict.Refuse(483, "16.3.3")
            : verdict;
    }

    /// <summary>The request waits for the answer that its role has asked for; it has a transaction.</summary>
    public void Wait(ResponseContext context, long ticket)
    {
        context.Ticket = ticket;
        environment.Answers.Wait(
            ticket, this, context, kept: null, environment.Resources.NowTick + environment.Resources.Timers.SixtyFourT1);
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => role.Trim();

    /// <inheritdoc/>
    public void Answered(object? subject, RawMessage? kept, Completion? answer)
    {
        var context = environment.InHand.Context = (ResponseContext)subject!;
        context.Ticket = 0;
        var server = context.Server;

        // RFC 3261 §21.5.5: no answer in time from what we depend on.
        var verdict = RoutedRequest.TryReadKept(server, environment, out var request) && answer is not null
            ? Decide(ref request, context.Targets, answer)
            : RoleVerdict.Refuse(504, "21.5.5");
        switch (verdict.Kind)
        {
            case RoleVerdictKind.Proceed:
                context.SetPlaced(request.EndsHere, environment.Resources.Budget);
                forwarder.StartNextGroup(context, request);
                break;
            case RoleVerdictKind.Ask:
                Wait(context, verdict.Ticket);
                return;
            case RoleVerdictKind.Done:
                context.IsClosed = context.FinalSent = true;
                (server as NonInviteServerTransaction)?.EndSilently();
                break;
            default:
                context.IsClosed = context.FinalSent = true;
                responder.Respond(server, verdict.Response);
                break;
        }

        contexts.Complete(context);
    }
}
