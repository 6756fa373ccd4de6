using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Roles;

/// <summary>
/// A proxy and the registrar of its domains in one: what is for a domain of ours is served or looked up, all the rest goes
/// where it says, for those who may use us so.
/// </summary>
/// <param name="environment">What the proxy core shares.</param>
/// <param name="registers">The registrar's part.</param>
internal sealed class ProxyRegistrarRole(ProxyEnvironment environment, RegisterHandler registers) : IRole
{
    /// <summary>An element of this role.</summary>
    public static ElementDefinition Define(LocalIdentity identity) => new(
        identity, static parts => new ProxyRegistrarRole(parts.Environment, new RegisterHandler(parts.Environment, parts.Registrar, parts.Responder)));

    /// <inheritdoc/>
    public RoleVerdict Admit(ref RoutedRequest request, Completion? answer)
    {
        // A Route that remains decides the next hop, and the Request-URI is for the element at its end.
        request.EndsHere = request.NextRoute.IsEmpty && (request.Method == SipMethod.Register
            ? registers.IsForUs(request)
            : environment.Identity.IsResponsibleFor(request.Uri, request.IsInDialog) && !request.Uri.HasParameter("maddr"u8));
        return MayRelay(request) ? RoleVerdict.Proceed : RoleVerdict.Refuse(403, "26.3");
    }

    /// <inheritdoc/>
    public RoleVerdict Place(in RoutedRequest request, TargetSet targets, Completion? answer)
    {
        if (request.Method == SipMethod.Register && request.EndsHere)
        {
            return RoleVerdict.Done(registers.Receive(request));
        }

        return TargetResolver.Resolve(request, environment, targets) switch
        {
            TargetVerdict.Proxy => RoleVerdict.Proceed,
            TargetVerdict.ServeHere => ServeHere(request),
            TargetVerdict.NotFound => RoleVerdict.Refuse(404, "16.5"),
            TargetVerdict.SipsNotAllowed => RoleVerdict.Refuse(480, "RFC 5630 5.3", 380),
            TargetVerdict.SipsRequired => RoleVerdict.Refuse(480, "RFC 5630 5.3", 381),
            _ => RoleVerdict.Refuse(480, "16.5"),
        };
    }

    /// <inheritdoc/>
    public void Edit(HeaderEdits edits, in RoutedRequest request, in NextHop hop)
    {
        if (RecordRoute.IsWanted(request))
        {
            RecordRoute.AddTo(edits, request, hop, environment);
        }
    }

    /// <summary>RFC 3261 §16.7 step 8: once the response says what became of the request, our Record-Route says so too.</summary>
    public void EditResponse(HeaderEdits edits, SipMessage response, RawMessage? request)
    {
        if (environment.Identity.Mode == NetworkMode.Loopback || !response.Has(HeaderName.RecordRoute))
        {
            return;
        }

        var asked = default(SipMessage);
        if (response.CSeq.Method != SipMethod.Invite && response.StatusCode < 300
            && request is not null && SipParser.TryParse(request.Buffer, request.Length, environment.KeptView))
        {
            asked = environment.KeptView;
        }

        RecordRoute.RewriteInResponse(response, asked, environment);
    }

    /// <inheritdoc/>
    public void Trim() => registers.Trim();

    /// <summary>
    /// No open relay: outside loopback mode a stranger reaches foreign domains only within a dialog that we let
    /// through, which the token in our Record-Route proves. A Route is a way out too, whatever the Request-URI says.
    /// </summary>
    private bool MayRelay(in RoutedRequest request) =>
        request.EndsHere
        || environment.Options.Relay
        || request.IsOfOurDialog
        || environment.Neighbours.IsNear(request.Source.Remote);

    private static RoleVerdict ServeHere(in RoutedRequest request) => request.Method switch
    {
        // RFC 3261 §8.2.2.3: here we are the server, so Require is for us.
        SipMethod.Options when !OptionTags.AreSupported(request.Message, HeaderName.Require) => RoleVerdict.Answer(420, "8.2.2.3"),
        SipMethod.Options => RoleVerdict.Answer(200, "11.2"),
        SipMethod.Cancel => RoleVerdict.Answer(481, "9.2"),
        _ => RoleVerdict.Answer(404, "16.5"),
    };
}
