using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Roles;

/// <summary>
/// The REGISTERs whose commit takes its time. Each gets a server transaction, which keeps the request; those of the same
/// registration set that come meanwhile wait behind it. Whatever becomes of one, an exception too, the next has its turn.
/// </summary>
internal sealed class PendingRegisters(ProxyEnvironment environment, RegistrarCore registrar, Responder responder) : IAnswerReceiver
{
    private readonly RegisterQueues _queues = new();

    /// <summary>REGISTERs of a registration set that wait.</summary>
    public int CountOf(ReadOnlySpan<byte> registrationSet) =>
        _queues.IsEmpty ? 0 : _queues.CountOf(environment.Location.HashOf(registrationSet));

    /// <summary>A REGISTER waits for those of its set that came before, or gets 503 when they are many; false when that cannot be kept.</summary>
    public bool TryEnqueue(in RoutedRequest request, ReadOnlySpan<byte> registrationSet, int waiting)
    {
        var metrics = environment.Resources.Metrics;
        if (!environment.Resources.Budget.HasRoomForNew)
        {
            metrics.CommitsCrowded++;
            return false;
        }

        if (waiting > RegisterQueues.MostBehind)
        {
            metrics.CommitsCrowded++;
            var server = CreateServer(request);
            responder.Respond(server, request.Message, 503, "21.5.4");
            environment.Transactions.Detach(server);
            return true;
        }

        metrics.CommitsQueued++;
        Keep(request, registrationSet);
        return true;
    }

    /// <summary>The commit of a REGISTER is pending.</summary>
    public void Wait(in RoutedRequest request, ReadOnlySpan<byte> registrationSet, long ticket, PendingCommit commit)
    {
        PendingRegister? register = null;
        try
        {
            register = Keep(request, registrationSet);
        }
        finally
        {
            registrar.Abandon(register is null ? commit : default);
        }

        Wait(register, ticket, commit);
    }

    /// <summary>
    /// A commit has failed at once. Its retransmission gets the same answer (RFC 3261 §17.2.2), though the store might take
    /// it by then.
    /// </summary>
    public void Refuse(in RoutedRequest request, in SipWriter writer, in RegistrarVerdict verdict)
    {
        var server = CreateServer(request);
        responder.Transmit(server, request.Message, writer, verdict.StatusCode, verdict.Bindings, "10.3");
        environment.Transactions.Detach(server);
    }

    /// <summary>A commit has ended, or not in time.</summary>
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

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => _queues.Trim();

    private PendingRegister Keep(in RoutedRequest request, ReadOnlySpan<byte> registrationSet) =>
        _queues.Add(environment.Location.HashOf(registrationSet), CreateServer(request));

    private ServerTransaction CreateServer(in RoutedRequest request) =>
        environment.Transactions.CreateServer(request.Key, request.Message, request.Datagram, request.Source, request.ReplyTo);

    /// <summary>It waits for its commit; when there is no room for one more that does, that is as if no answer had come.</summary>
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
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        var verdict = registrar.Conclude(
            message, register.Server.Source, registrationSet, responder.TagOf(message, tag), register.Commit, outcome,
            environment.Resources.NowTick, ref writer);
        environment.Identity.Domains.CountChange(AddressOfRecord.HostOf(registrationSet), verdict.Added);
        responder.Transmit(register.Server, message, writer, verdict.StatusCode, verdict.Bindings, "10.3");
    }

    /// <summary>Its turn has come.</summary>
    private void Begin(PendingRegister register)
    {
        var ticket = environment.Answers.NextTicket();
        var verdict = default(RegistrarVerdict);
        var isWaiting = false;
        try
        {
            Span<byte> addressOfRecord = stackalloc byte[AddressOfRecord.MaxLength];
            var message = Read(register, addressOfRecord, out var registrationSet);
            Span<byte> tag = stackalloc byte[Responder.TagLength];
            var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
            verdict = registrar.Apply(
                message, register.Server.Source, registrationSet, responder.TagOf(message, tag), environment.Resources.NowTick, ref writer, ticket);
            environment.Identity.Domains.CountChange(AddressOfRecord.HostOf(registrationSet), verdict.Added);
            isWaiting = verdict.IsPending;
            if (!isWaiting)
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

        if (isWaiting)
        {
            Wait(register, ticket, verdict.Pending);
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
}
