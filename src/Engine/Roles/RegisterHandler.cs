using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Roles;

/// <summary>
/// REGISTER for a domain of ours: decides that it is for us, names the address-of-record, and leaves the bindings to
/// the registrar (RFC 3261 §10.3 steps 1 and 5).
/// </summary>
internal sealed class RegisterHandler(ProxyEnvironment environment, RegistrarCore registrar, Responder responder)
{
    private readonly PendingRegisters _pending = new(environment, registrar, responder);

    /// <summary>
    /// RFC 3261 §10.3 step 1: the domain of the Request-URI is ours. In loopback mode a domain name seen here for the first
    /// time becomes ours: on one machine no other element would serve it.
    /// </summary>
    public bool IsForUs(in RoutedRequest request)
    {
        var identity = environment.Identity;
        if (identity.IsResponsibleFor(request.Uri))
        {
            return true;
        }

        // A name with a port that we do not listen on is another program's.
        return identity.Mode == NetworkMode.Loopback
            && (request.Uri.Port == 0 || identity.ListensOn(request.Uri.Port, null))
            && !PeerAddress.TryParseHost(request.Uri.Host, 0, out _)
            && environment.TryAdoptDomain(request.Uri.Host);
    }

    /// <summary>Applies the REGISTER, answers it, and tells the domains how many more bindings they have.</summary>
    public Outcome Receive(in RoutedRequest request)
    {
        var domains = environment.Identity.Domains;
        try
        {
            return Serve(request);
        }
        finally
        {
            // Also for one that came to nothing: the domain that it had adopted may make room again.
            domains.Count(request.Uri.Host, 0);
        }
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => _pending.Trim();

    private Outcome Serve(in RoutedRequest request)
    {
        var message = request.Message;
        Span<byte> addressOfRecord = stackalloc byte[AddressOfRecord.MaxLength];
        if (TryReadUser(message, addressOfRecord, out var length) is var refusal and not 0)
        {
            return Answer(request, refusal, "10.3.5");
        }

        // RFC 3261 §10.3: REGISTERs are processed in the order in which they came, and each as a whole.
        var registrationSet = environment.Location.SetOf(addressOfRecord[..length]);
        if (_pending.CountOf(registrationSet) is var waiting and > 0)
        {
            return _pending.TryEnqueue(request, registrationSet, waiting) ? Outcome.Answered : Answer(request, 503, "21.5.4");
        }

        Span<byte> tag = stackalloc byte[Responder.TagLength];
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        var ticket = environment.Answers.NextTicket();
        var verdict = registrar.Apply(
            message, request.Source, registrationSet, responder.TagOf(message, tag), environment.Resources.NowTick, ref writer, ticket);
        environment.Identity.Domains.CountChange(AddressOfRecord.HostOf(registrationSet), verdict.Added);
        if (verdict.IsPending)
        {
            _pending.Wait(request, registrationSet, ticket, verdict.Pending);
        }
        else if (writer.Overflowed)
        {
            return Answer(request, 500, "10.3.8");
        }
        else if (verdict.CommitFailed && environment.Resources.Budget.HasRoom)
        {
            _pending.Refuse(request, writer, verdict);
        }
        else
        {
            responder.Transmit(message, writer, request.ReplyTo, verdict.StatusCode, verdict.Bindings, "10.3");
        }

        return Outcome.Answered;
    }

    /// <summary>RFC 3261 §10.3 step 5: whose bindings they are; the status code when no user of ours has them, else 0.</summary>
    private int TryReadUser(SipMessage message, Span<byte> addressOfRecord, out int length)
    {
        length = 0;
        return !NameAddr.TryParse(message.FirstValue(HeaderName.To), out var to) || !SipUri.TryParse(to.Uri, out var uri) || !uri.IsSip ? 400
            : !uri.HasUser || !environment.Identity.IsResponsibleFor(uri) || !AddressOfRecord.TryWrite(uri, addressOfRecord, out length) ? 404
            : 0;
    }

    private Outcome Answer(in RoutedRequest request, int statusCode, string rule)
    {
        responder.Reply(request.Message, request.Source, request.ReplyTo, statusCode, rule);
        return Outcome.Answered;
    }
}
