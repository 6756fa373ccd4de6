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
    private readonly ResponseContexts _contexts;
    private readonly RoleDecisions _decisions;

    public ProxyCore(ProxyEnvironment environment, IRole role, Responder responder)
    {
        _environment = environment;
        Responder = responder;
        _forwarder = new RequestForwarder(environment, role, this);
        _cancellation = new Cancellation(environment, _forwarder);
        _responses = new ResponseProcessing(environment, role, _forwarder, _cancellation, responder);
        _stateless = new StatelessForwarding(environment, role, _forwarder);
        _contexts = new ResponseContexts(environment, this, _forwarder, _responses);
        _decisions = new RoleDecisions(environment, role, _forwarder, responder, _contexts);
    }

    /// <summary>Responses of our own.</summary>
    public Responder Responder { get; }

    private ResponseContext InHand
    {
        set => _environment.InHand.Context = value;
    }

    /// <summary>A request that matches no transaction: §16.3 to §16.6.</summary>
    public Outcome ReceiveRequest(SipMessage message, ReadOnlySpan<byte> datagram, in Flow source, in Flow replyTo, in RequestKey key)
    {
        var request = new RoutedRequest { Message = message, Source = source, ReplyTo = replyTo, Datagram = datagram, Key = key };
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

        var context = _contexts.Get();
        var verdict = _decisions.Decide(ref request, context.Targets);
        if (verdict.Kind is RoleVerdictKind.Proceed or RoleVerdictKind.Ask && request.Method is not (SipMethod.Ack or SipMethod.Cancel))
        {
            return Proxy(request, context, verdict.Ticket);
        }

        var outcome = verdict.Kind switch
        {
            RoleVerdictKind.Proceed => _stateless.Forward(request, context.Targets),
            RoleVerdictKind.Done => verdict.Outcome,
            RoleVerdictKind.Ask => Outcome.Dropped(DropReason.UnroutableAck),
            _ => Refuse(request, verdict.Response),
        };
        _contexts.Return(context);
        return outcome;
    }

    /// <summary>RFC 3261 §16.10: a CANCEL that matches <paramref name="server"/>.</summary>
    public Outcome ReceiveCancel(
        SipMessage message, ReadOnlySpan<byte> datagram, in Flow source, in Flow replyTo, in RequestKey key, ServerTransaction server)
    {
        // RFC 3261 §9.2: the CANCEL has a transaction of its own, and its 200 leaves before anything else happens.
        var cancel = _environment.Transactions.CreateServer(key, message, datagram, source, replyTo);
        Responder.Respond(cancel, message, 200, "9.2");
        if (server is { HasFinal: false, Method: SipMethod.Invite, User: ResponseContext { FinalSent: false } context })
        {
            InHand = context;
            context.IsCancelled = true;
            context.KeepCancelReasons(message, _environment.Resources.Pool);
            _cancellation.CancelOpen(context);
            _contexts.Complete(context);
        }

        return Outcome.Answered;
    }

    /// <summary>A response that a client transaction passed up.</summary>
    public Outcome ReceiveResponse(ClientTransaction client, SipMessage response)
    {
        if (client.User is not Branch branch)
        {
            return _responses.ForwardLate(client, response);
        }

        var context = branch.Context;
        var outcome = _responses.Receive(branch, response);
        _contexts.Complete(context);
        return outcome;
    }

    /// <summary>A response that matches no client transaction.</summary>
    public Outcome ReceiveStrayResponse(SipMessage response) => _stateless.ForwardResponse(response);

    /// <summary>
    /// A request that matches none of more transactions than one branch can have (<see cref="TransactionLayer.MostOfOneCall"/>):
    /// to look for its own would cost more with each that is accepted.
    /// </summary>
    public Outcome ReceiveCrowding(SipMessage message, in Flow source, in Flow replyTo) =>
        Refuse(new RoutedRequest { Message = message, Source = source, ReplyTo = replyTo }, new Refusal(482, "8.2.2.2"));

    /// <summary>The client transaction of a branch failed, by timer B or F (408) or the transport (503).</summary>
    public void BranchFailed(Branch branch, int statusCode)
    {
        var context = InHand = branch.Context;
        if (!_forwarder.TryNextAddress(branch))
        {
            _forwarder.Fail(branch, statusCode, statusCode == 408 ? FailureReason.NoAnswer : FailureReason.Unreachable);
        }

        _contexts.Complete(context);
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

        _contexts.Complete(context);
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

        _contexts.Complete(context);
    }

    /// <summary>The name that a branch waits for has been looked up, or has not in time.</summary>
    public void Answered(object? subject, RawMessage? kept, Completion? answer)
    {
        var branch = (Branch)subject!;
        var context = InHand = branch.Context;
        branch.Ticket = 0;

        // RFC 3261 §16.7 step 5: a request that has its answer meanwhile goes nowhere any more.
        if (!context.IsClosed && RoutedRequest.TryReadKept(context.Server, _environment, out var request))
        {
            // RFC 3263 §4.3: no answer in time is like a name that leads nowhere.
            _forwarder.Continue(branch, request, answer is HostResolution found ? found.Hops : default);
        }
        else
        {
            _forwarder.Fail(branch, 503, FailureReason.None);
        }

        _contexts.Complete(context);
    }

    /// <summary>
    /// An exception was caught while <paramref name="context"/> was worked on: its caller gets a 500, what is open downstream is
    /// cancelled, and nothing is kept that no timer ends.
    /// </summary>
    public void Abort(ResponseContext context)
    {
        try
        {
            _cancellation.Abort(context, Responder);
        }
        finally
        {
            _contexts.Complete(context);
        }
    }

    private Outcome Proxy(in RoutedRequest request, ResponseContext context, long ticket)
    {
        if (!RequestLimits.TryReadBreadth(request.Message, _environment.Options.MaxBreadth, out var breadth))
        {
            _contexts.Return(context);
            return Refuse(request, new Refusal(440, "RFC 5393 5.3.3"));
        }

        if (!RequestLimits.HasMemory(request.Message, _environment.Resources.Budget))
        {
            _environment.Resources.Metrics.RefusedForMemory++;
            _contexts.Return(context);
            return Refuse(request, new Refusal(503, "memory"));
        }

        var place = DialogPlace.Unobserved;
        if (request.Method == SipMethod.Bye)
        {
            // RFC 3261 §15.1.1: over as soon as the BYE is on its way, also when no answer comes any more.
            _environment.Dialogs.Terminate(request.Message);
        }
        else
        {
            place = _environment.Dialogs.Touch(request.Message, _environment.Resources.NowTick);
        }

        var server = _environment.Transactions.CreateServer(request.Key, request.Message, request.Datagram, request.Source, request.ReplyTo);
        context.Begin(server, breadth, request.Uri.Scheme == UriScheme.Sips, place);
        _environment.Resources.Metrics.ContextsAlive++;
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

        if (ticket != 0)
        {
            _decisions.Wait(context, ticket);
            return Outcome.Forwarded;
        }

        context.SetPlaced(request.EndsHere, _environment.Resources.Budget);
        _forwarder.StartNextGroup(context, request);
        _contexts.Complete(context);
        return Outcome.Forwarded;
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim()
    {
        _contexts.Trim();
        _forwarder.Trim();
        _decisions.Trim();
    }

    private Outcome Refuse(in RoutedRequest request, Refusal refusal)
    {
        // RFC 3261 §17: an ACK is never answered.
        if (request.Method == SipMethod.Ack)
        {
            return Outcome.Dropped(DropReason.UnroutableAck);
        }

        Responder.Reply(request.Message, request.Source, request.ReplyTo, refusal.StatusCode, refusal.Rule, refusal.WarnCode);
        return Outcome.Answered;
    }
}
