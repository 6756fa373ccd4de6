using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// REGISTER for a domain of ours: decides that it is for us, names the address-of-record, and leaves the bindings to
/// the registrar (RFC 3261 §10.3 steps 1 and 5). One whose commit takes its time gets a server transaction and waits
/// there; those of the same registration set that come meanwhile wait behind it.
/// </summary>
internal sealed class RegisterHandler(ProxyEnvironment environment, RegistrarCore registrar, Responder responder) : IAnswerReceiver
{
    private readonly RegisterQueues _queues = new();

    /// <summary>
    /// RFC 3261 §10.3 step 1: the domain of the Request-URI is ours and no Route leads on. In loopback mode a domain
    /// name seen here for the first time becomes ours: on one machine there is nobody else to serve it.
    /// </summary>
    public bool IsForUs(in RoutedRequest request)
    {
        if (!request.NextRoute.IsEmpty)
        {
            return false;
        }

        var identity = environment.Identity;
        if (identity.IsResponsibleFor(request.Uri))
        {
            return true;
        }

        // A name with a port that we do not listen on is another program's.
        if (identity.Mode != NetworkMode.Loopback
            || (request.Uri.Port != 0 && !identity.ListensOn(request.Uri.Port, null))
            || PeerAddress.TryParseHost(request.Uri.Host, 0, out _)
            || !identity.Domains.TryAdopt(request.Uri.Host, out var isNew))
        {
            return false;
        }

        // It may be another shard that took the domain in since the look above: it is ours all the same.
        if (isNew)
        {
            environment.Recorder.Note("Domain adopted as ours: "u8, request.Uri.Host);
        }

        return true;
    }

    /// <summary>Applies the REGISTER, answers it, and tells the domains how many more bindings they have.</summary>
    public Outcome Receive(in RoutedRequest request, ReadOnlySpan<byte> datagram, in RequestKey key)
    {
        var domains = environment.Identity.Domains;
        try
        {
            return Serve(request, datagram, key);
        }
        finally
        {
            // Also for one that came to nothing: the domain that it had adopted may make room again.
            domains.Count(request.Uri.Host, 0);
        }
    }

    /// <summary>A commit has ended, or not in time. Whatever becomes of that, who waits behind it gets his turn.</summary>
    public void Answered(object? subject, RawMessage? kept, Completion? answer)
    {
        var register = (PendingRegister)subject!;
        try
        {
            Conclude(register, answer is BindingCommit commit ? commit.Status : CommitStatus.Pending);
        }
        finally
        {
            GoOn(register);
        }
    }

    /// <summary>Bindings of a registration set have expired.</summary>
    public void Expired(ReadOnlySpan<byte> registrationSet, int bindings) =>
        environment.Identity.Domains.Count(AddressOfRecord.HostOf(registrationSet), -bindings);

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => _queues.Trim();

    private Outcome Serve(in RoutedRequest request, ReadOnlySpan<byte> datagram, in RequestKey key)
    {
        var message = request.Message;
        Span<byte> addressOfRecord = stackalloc byte[AddressOfRecord.MaxLength];
        if (TryReadUser(message, addressOfRecord, out var length) is var refusal and not 0)
        {
            return Answer(request, refusal, "10.3.5");
        }

        var registrationSet = environment.Location.SetOf(addressOfRecord[..length]);
        if (!_queues.IsEmpty && _queues.CountOf(environment.Location.HashOf(registrationSet)) is var waiting and > 0)
        {
            return Enqueue(request, datagram, key, registrationSet, waiting);
        }

        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        var ticket = environment.Answers.NextTicket();
        var verdict = Apply(message, request.Source, registrationSet, ticket, ref writer);
        if (verdict.IsPending)
        {
            Wait(Keep(request, datagram, key, registrationSet), ticket, verdict.Pending);
            return Outcome.Answered;
        }

        if (writer.Overflowed)
        {
            return Answer(request, 500, "10.3.8");
        }

        responder.Transmit(message, writer, request.Source, verdict.StatusCode, verdict.Bindings, "10.3");
        return Outcome.Answered;
    }

    /// <summary>RFC 3261 §10.3 step 5: whose bindings they are; the status code when they are nobody's here, else 0.</summary>
    private int TryReadUser(SipMessage message, Span<byte> addressOfRecord, out int length)
    {
        length = 0;
        return !NameAddr.TryParse(message.FirstValue(HeaderName.To), out var to) || !SipUri.TryParse(to.Uri, out var uri) || !uri.IsSip ? 400
            : !uri.HasUser || !environment.Identity.IsResponsibleFor(uri) || !AddressOfRecord.TryWrite(uri, addressOfRecord, out length) ? 404
            : 0;
    }

    private RegistrarVerdict Apply(SipMessage message, in Flow source, scoped ReadOnlySpan<byte> registrationSet, long ticket, ref SipWriter writer)
    {
        Span<byte> tag = stackalloc byte[Responder.TagLength];
        var before = environment.Resources.Metrics.BindingsAlive;
        var verdict = registrar.Apply(
            message, source, registrationSet, responder.TagOf(message, tag), environment.Resources.NowTick, ref writer, ticket);
        CountBindings(registrationSet, before);
        return verdict;
    }

    private void CountBindings(ReadOnlySpan<byte> registrationSet, long before)
    {
        if (environment.Resources.Metrics.BindingsAlive - before is not 0 and var more)
        {
            environment.Identity.Domains.Count(AddressOfRecord.HostOf(registrationSet), (int)more);
        }
    }

    private Outcome Enqueue(
        in RoutedRequest request, ReadOnlySpan<byte> datagram, in RequestKey key, ReadOnlySpan<byte> registrationSet, int waiting)
    {
        var metrics = environment.Resources.Metrics;
        if (waiting > RegisterQueues.MostBehind || !environment.Resources.Budget.HasRoomForNew)
        {
            metrics.CommitsCrowded++;
            return Answer(request, 503, "10.3");
        }

        metrics.CommitsQueued++;
        Keep(request, datagram, key, registrationSet);
        return Outcome.Answered;
    }

    private PendingRegister Keep(in RoutedRequest request, ReadOnlySpan<byte> datagram, in RequestKey key, ReadOnlySpan<byte> registrationSet)
    {
        responder.TryGetReplyTo(request.Message, request.Source, out var replyTo);
        var server = environment.Transactions.CreateServer(key, request.Message, datagram, request.Source, replyTo);
        return _queues.Add(environment.Location.HashOf(registrationSet), server);
    }

    /// <summary>It waits for its commit; when there is no room for one more that does, that is as if it had failed.</summary>
    private void Wait(PendingRegister register, long ticket, PendingCommit commit)
    {
        register.Commit = commit;
        var isWaiting = false;
        try
        {
            if (environment.Answers.IsFull || !environment.Resources.Budget.HasRoom)
            {
                Conclude(register, CommitStatus.Pending);
                return;
            }

            environment.Answers.Wait(
                ticket, this, register, kept: null, environment.Resources.NowTick + environment.Resources.Timers.Commit);
            isWaiting = true;
        }
        finally
        {
            if (!isWaiting)
            {
                GoOn(register);
            }
        }
    }

    private void Conclude(PendingRegister register, CommitStatus outcome)
    {
        Span<byte> addressOfRecord = stackalloc byte[AddressOfRecord.MaxLength];
        var message = Read(register, addressOfRecord, out var registrationSet);
        Span<byte> tag = stackalloc byte[Responder.TagLength];
        var before = environment.Resources.Metrics.BindingsAlive;
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        var verdict = registrar.Conclude(
            message, register.Server.Source, registrationSet, responder.TagOf(message, tag), register.Commit, outcome,
            environment.Resources.NowTick, ref writer);
        CountBindings(registrationSet, before);
        responder.Transmit(register.Server, message, writer, verdict.StatusCode, verdict.Bindings, "10.3");
    }

    /// <summary>Its turn has come.</summary>
    private void Begin(PendingRegister register)
    {
        Span<byte> addressOfRecord = stackalloc byte[AddressOfRecord.MaxLength];
        var message = Read(register, addressOfRecord, out var registrationSet);
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        var ticket = environment.Answers.NextTicket();
        var isWaiting = false;
        try
        {
            var verdict = Apply(message, register.Server.Source, registrationSet, ticket, ref writer);
            isWaiting = verdict.IsPending;
            if (isWaiting)
            {
                Wait(register, ticket, verdict.Pending);
            }
            else
            {
                responder.Transmit(register.Server, message, writer, verdict.StatusCode, verdict.Bindings, "10.3");
            }
        }
        finally
        {
            if (!isWaiting)
            {
                GoOn(register);
            }
        }
    }

    /// <summary>A REGISTER is done with: its transaction rests, and the next one has its turn.</summary>
    private void GoOn(PendingRegister register)
    {
        var server = register.Server;
        var next = _queues.RemoveFirst(register);
        try
        {
            if (!server.HasFinal)
            {
                // An exception, or an answer that is too long, kept it from its own.
                responder.Respond(server, 500, "21.5.1");
            }
        }
        finally
        {
            if (server.HasFinal)
            {
                environment.Transactions.Detach(server);
            }
            else
            {
                environment.Transactions.End(server);
            }

            if (next is not null)
            {
                Begin(next);
            }
        }
    }

    /// <summary>Reads a request again that has been found to be for us, and whose bindings it is about.</summary>
    private SipMessage Read(PendingRegister register, Span<byte> addressOfRecord, out ReadOnlySpan<byte> registrationSet)
    {
        var message = environment.KeptView;
        var kept = register.Server.Request!;
        SipParser.TryParse(kept.Buffer, kept.Length, message);
        AddressOfRecord.TryWrite(message.FirstValue(HeaderName.To), addressOfRecord, out var length);
        registrationSet = environment.Location.SetOf(addressOfRecord[..length]);
        return message;
    }

    private Outcome Answer(in RoutedRequest request, int statusCode, string rule)
    {
        responder.Reply(request.Message, request.Source, statusCode, rule);
        return Outcome.Answered;
    }
}
