using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// The proxy core, RFC 3261 §16: takes requests that are new, responses and timeouts of branches, and decides. Each
/// step stands in a file of its own named after what it does; here they are put in order.
/// </summary>
internal sealed class ProxyCore : IAnswerReceiver
{
    private readonly ProxyEnvironment _environment;
    private readonly RequestForwarder _forwarder;
    private readonly Cancellation _cancellation;
    private readonly ResponseProcessing _responses;
    private readonly StatelessForwarding _stateless;
    private readonly RegisterHandler _registers;
    private readonly LocalPool<ResponseContext> _contexts;

    public ProxyCore(ProxyEnvironment environment, RegisterHandler registers, Responder responder)
    {
        _environment = environment;
        Responder = responder;
        _registers = registers;
        _forwarder = new RequestForwarder(environment, this);
        _cancellation = new Cancellation(environment, _forwarder);
        _responses = new ResponseProcessing(environment, _forwarder, _cancellation, responder);
        _stateless = new StatelessForwarding(environment, _forwarder);
        _contexts = new(() => new ResponseContext(environment.Options.MaxTargets));
    }

    /// <summary>Responses of our own.</summary>
    public Responder Responder { get; }

    /// <summary>The request that is worked on now, once it has a context; kept for <see cref="Abort"/>.</summary>
    public ResponseContext? InHand { get; set; }

    /// <summary>A request that matches no transaction: §16.3 to §16.6.</summary>
    public Outcome ReceiveRequest(SipMessage message, ReadOnlySpan<byte> datagram, in Flow source, in RequestKey key)
    {
        var request = new RoutedRequest { Message = message, Source = source };
        if (request.Method == SipMethod.Ack && Responder.IsAckToOwnResponse(message))
        {
            return Outcome.Absorbed;
        }

        var refusal = RequestValidation.Check(ref request);
        if (refusal.StatusCode == 0)
        {
            request.LoopHash = RequestValidation.LoopHashOf(message, _environment.Keys.Loop);
            refusal = RequestValidation.IsLoop(request, _environment.Identity, _environment.Transactions) ? new Refusal(482, "16.3.4") : RequestLimits.Check(request, _environment);
        }

        if (refusal.StatusCode == 0)
        {
            RoutePreprocessing.Apply(ref request, _environment);
            refusal = RequestValidation.CheckRouted(request);
        }

        if (refusal.StatusCode != 0)
        {
            return Refuse(request, refusal);
        }

        if (request.Method == SipMethod.Register && _registers.IsForUs(request))
        {
            return _registers.Receive(request, datagram, key);
        }

        var context = _contexts.Get();
        var verdict = TargetResolver.Resolve(request, _environment, context.Targets);
        if (message.MaxForwards == 0 && verdict != TargetVerdict.ServeHere)
        {
            // RFC 3261 §16.3 item 3: only what is for this element itself goes no further anyway.
            verdict = TargetVerdict.TooManyHops;
        }

        if (verdict == TargetVerdict.Proxy && request.Method is not (SipMethod.Ack or SipMethod.Cancel))
        {
            return Proxy(request, datagram, context, key);
        }

        var outcome = verdict switch
        {
            TargetVerdict.Proxy => _stateless.Forward(request, context.Targets),
            TargetVerdict.ServeHere => ServeHere(request),
            TargetVerdict.NotFound => Refuse(request, new Refusal(404, "16.5")),
            TargetVerdict.Unavailable => Refuse(request, new Refusal(480, "16.5")),
            TargetVerdict.SipsNotAllowed => Refuse(request, new Refusal(480, "RFC 5630 5.3", 380)),
            TargetVerdict.SipsRequired => Refuse(request, new Refusal(480, "RFC 5630 5.3", 381)),
            TargetVerdict.TooManyHops => Refuse(request, new Refusal(483, "16.3.3")),
            _ => Refuse(request, new Refusal(403, "26.3")),
        };
        context.Targets.Clear();
        _contexts.Return(context);
        return outcome;
    }

    /// <summary>RFC 3261 §16.10: a CANCEL that matches <paramref name="server"/>.</summary>
    public Outcome ReceiveCancel(SipMessage message, ReadOnlySpan<byte> datagram, in Flow source, in RequestKey key, ServerTransaction server)
    {
        // RFC 3261 §9.2: the CANCEL has a transaction of its own, and its 200 leaves before anything else happens.
        if (!Responder.TryGetReplyTo(message, source, out var replyTo))
        {
            return Outcome.Dropped(DropReason.NoUsableVia);
        }

        var cancel = _environment.Transactions.CreateServer(key, message, datagram, source, replyTo);
        Responder.Respond(cancel, message, 200, "9.2");
        if (server is { HasFinal: false, Method: SipMethod.Invite, User: ResponseContext { FinalSent: false } context })
        {
            InHand = context;
            context.IsCancelled = true;
            context.KeepCancelReasons(message, _environment.Resources.Pool);
            _cancellation.CancelOpen(context);
            Complete(context);
        }

        return Outcome.Answered;
    }

    /// <summary>A response that a client transaction passed up.</summary>
    public Outcome ReceiveResponse(ClientTransaction client, SipMessage response)
    {
        if (client.User is not Branch branch)
        {
            RewriteRecordRoute(response, null);
            return _responses.ForwardLate(client, response);
        }

        RewriteRecordRoute(response, branch.Context.Server);
        var context = branch.Context;
        var outcome = _responses.Receive(branch, response);
        Complete(context);
        return outcome;
    }

    /// <summary>A response that matches no client transaction.</summary>
    public Outcome ReceiveStrayResponse(SipMessage response) => _stateless.ForwardResponse(response);

    /// <summary>
    /// A request that matches none of more transactions than one branch can have (<see cref="TransactionLayer.MostOfOneCall"/>):
    /// to look for its own would cost more with each that is accepted.
    /// </summary>
    public Outcome ReceiveCrowding(SipMessage message, in Flow source) =>
        Refuse(new RoutedRequest { Message = message, Source = source }, new Refusal(482, "8.2.2.2"));

    /// <summary>A client transaction failed, by timer B or F (408) or the transport (503), and ends.</summary>
    public void ClientFailed(ClientTransaction client, int statusCode)
    {
        try
        {
            if (client.User is Branch branch)
            {
                var context = InHand = branch.Context;
                _forwarder.Fail(branch, statusCode, statusCode == 408 ? FailureReason.NoAnswer : FailureReason.Unreachable);
                Complete(context);
            }
        }
        finally
        {
            // It has no timer any more: an exception above must not leave it in the table.
            _environment.Transactions.End(client);
        }
    }

    /// <summary>Timer C (RFC 3261 §16.8), or the end of the wait after a CANCEL (§9.1).</summary>
    public void BranchTimer(Branch branch, TimerKind kind)
    {
        if (!branch.EndsAt(kind))
        {
            _cancellation.Cancel(branch);
            return;
        }

        var context = branch.Context;
        if (branch.Client is { } client)
        {
            client.Abandon();
            _forwarder.Fail(branch, 408, FailureReason.NoAnswer);
            _environment.Transactions.End(client);
        }

        Complete(context);
    }

    /// <summary>A pending non-INVITE request has lived too long: its branches are given up.</summary>
    public void PendingTimer(ResponseContext context)
    {
        context.IsClosed = true;
        for (var i = context.Open.Count - 1; i >= 0; i--)
        {
            var client = context.Open[i].Client;
            _forwarder.Fail(context.Open[i], 408, FailureReason.NoAnswer);
            if (client is not null)
            {
                client.Abandon();
                _environment.Transactions.End(client);
            }
        }

        Complete(context);
    }

    /// <summary>Bindings of a registration set have expired.</summary>
    public void BindingsExpired(ReadOnlySpan<byte> registrationSet, int count) => _registers.Expired(registrationSet, count);

    /// <summary>The name that a branch waits for has been looked up, or not in time.</summary>
    public void Answered(object? subject, RawMessage? kept, Completion? answer)
    {
        var branch = (Branch)subject!;
        var context = InHand = branch.Context;
        branch.Ticket = 0;

        // RFC 3261 §16.7 step 5: a request that has its answer meanwhile goes nowhere any more.
        if (!context.IsClosed && TryPrepare(context.Server, out var request))
        {
            // RFC 3263 §4.3: no answer in time is like a name that leads nowhere.
            _forwarder.Continue(branch, request, answer is HostResolution found ? found.Hops : default);
        }
        else
        {
            _forwarder.Fail(branch, 503, FailureReason.None);
        }

        Complete(context);
    }

    /// <summary>
    /// An exception was caught while <see cref="InHand"/> was worked on: its caller gets a 500, what is open downstream is
    /// cancelled, and nothing is kept that no timer ends. False when there is no such request.
    /// </summary>
    public bool Abort()
    {
        if (InHand is not { } context || context.Server?.User != context)
        {
            return false;
        }

        try
        {
            _cancellation.Abort(context, Responder);
        }
        finally
        {
            Complete(context);
        }

        return true;
    }

    /// <summary>RFC 3261 §16.7 step 8: once the response says what became of the request, our Record-Route says so too.</summary>
    private void RewriteRecordRoute(SipMessage response, ServerTransaction? server)
    {
        if (_environment.Identity.Mode == NetworkMode.Loopback || !response.Has(HeaderName.RecordRoute))
        {
            return;
        }

        var asked = default(SipMessage);
        if (response.CSeq.Method != SipMethod.Invite && server?.Request is { } kept && SipParser.TryParse(kept.Buffer, kept.Length, _environment.KeptView))
        {
            asked = _environment.KeptView;
        }

        RecordRoute.RewriteInResponse(response, asked, _environment);
    }

    private Outcome Proxy(in RoutedRequest request, ReadOnlySpan<byte> datagram, ResponseContext context, in RequestKey key)
    {
        if (!RequestLimits.TryReadBreadth(request.Message, _environment.Options.MaxBreadth, out var breadth) || !Responder.TryGetReplyTo(request.Message, request.Source, out var replyTo))
        {
            context.Targets.Clear();
            _contexts.Return(context);
            return Refuse(request, new Refusal(440, "RFC 5393 5.3.3"));
        }

        if (!RequestLimits.HasMemory(request.Message, _environment.Resources.Budget))
        {
            _environment.Resources.Metrics.RefusedForMemory++;
            context.Targets.Clear();
            _contexts.Return(context);
            return Refuse(request, new Refusal(503, "memory"));
        }

        var place = DialogPlace.Unobserved;
        if (request.Method == SipMethod.Bye)
        {
            // RFC 3261 §15.1.1: over as soon as the BYE is on its way, also when nobody answers it any more.
            _environment.Dialogs.Terminate(request.Message);
        }
        else
        {
            place = _environment.Dialogs.Touch(request.Message, _environment.Resources.NowTick);
        }

        var server = _environment.Transactions.CreateServer(key, request.Message, datagram, request.Source, replyTo);
        var isResponsible = _environment.Identity.IsResponsibleFor(request.Uri, request.IsInDialog) && request.NextRoute.IsEmpty;
        context.Begin(server, isResponsible, breadth, request.Uri.Scheme == UriScheme.Sips, place);
        _environment.Resources.Metrics.ContextsAlive++;
        context.CountTargets(_environment.Resources.Budget);
        InHand = context;
        if (request.Method == SipMethod.Invite)
        {
            // RFC 3261 §17.2.1: at once, since we do not know that the callee will answer within 200 ms.
            Responder.Respond(server, request.Message, 100, "17.2.1");
        }
        else
        {
            _environment.Resources.Wheel.Schedule(
                context.PendingTimer, TimerKind.PendingRequest, _environment.Resources.NowTick + _environment.Resources.Timers.Pending);
        }

        _forwarder.StartNextGroup(context, request);
        Complete(context);
        return Outcome.Forwarded;
    }

    /// <summary>RFC 3261 §16.7: the next group is tried when it is its turn; when nothing is open the best response goes upstream.</summary>
    private void Complete(ResponseContext context)
    {
        while (!context.FinalSent && (context.Open.Count == 0 || context.HasNextGroup))
        {
            if (context.HasNextGroup && TryPrepare(context.Server, out var request))
            {
                _forwarder.StartNextGroup(context, request);
            }
            else if (context.Open.Count == 0)
            {
                _responses.SendBest(context);
            }
            else
            {
                break;
            }
        }

        if (context.Open.Count == 0)
        {
            _environment.Resources.Wheel.Cancel(context.PendingTimer);
            _environment.Resources.Metrics.ContextsAlive--;
            var server = context.Server;
            context.Release(_environment.Resources.Budget);
            _contexts.Return(context);
            _environment.Transactions.Detach(server);
        }
    }

    /// <summary>Reads a kept request again and repeats its route preprocessing.</summary>
    private bool TryPrepare(ServerTransaction server, out RoutedRequest request)
    {
        var message = _environment.KeptView;
        request = new RoutedRequest { Message = message, Source = server.Source };
        if (server.Request is not { } kept || !SipParser.TryParse(kept.Buffer, kept.Length, message)
            || !SipUri.TryParse(message[message.RequestUri], out request.Uri))
        {
            return false;
        }

        request.LoopHash = RequestValidation.LoopHashOf(message, _environment.Keys.Loop);
        RoutePreprocessing.Apply(ref request, _environment);
        return true;
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim()
    {
        _contexts.Trim();
        _forwarder.Trim();
        _registers.Trim();
    }

    private Outcome Refuse(in RoutedRequest request, Refusal refusal)
    {
        // RFC 3261 §17: an ACK is never answered.
        if (request.Method == SipMethod.Ack)
        {
            return Outcome.Dropped(DropReason.UnroutableAck);
        }

        Responder.Reply(request.Message, request.Source, refusal.StatusCode, refusal.Rule, refusal.WarnCode);
        return Outcome.Answered;
    }

    private Outcome ServeHere(in RoutedRequest request) => request.Method switch
    {
        // RFC 3261 §8.2.2.3: here we are the server, so Require is for us.
        SipMethod.Options when !OptionTags.AreSupported(request.Message, HeaderName.Require) => Refuse(request, new Refusal(420, "8.2.2.3")),
        SipMethod.Options => Refuse(request, new Refusal(200, "11.2")),
        SipMethod.Cancel => Refuse(request, new Refusal(481, "9.2")),
        _ => Refuse(request, new Refusal(404, "16.5")),
    };
}
