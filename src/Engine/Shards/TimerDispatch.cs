using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Transactions.Lingering;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Shards;

/// <summary>Takes each timer that fires to what it times, and tells the operator what it cleaned up.</summary>
internal sealed class TimerDispatch
{
    private readonly ShardResources _environment;
    private readonly TransactionLayer _transactions;
    private readonly Elements _elements;
    private readonly ShardBindings _bindings;
    private readonly PendingAnswers _answers;
    private readonly DialogTable _dialogs;
    private readonly RegistrarCore _registrar;
    private readonly DecisionRecorder _recorder;
    private readonly RequestInHand _inHand;
    private readonly SipMessage _view;
    private readonly TimerNode _cleanup;

    public TimerDispatch(ShardParts parts, Elements elements, ShardBindings bindings, int maxHeaders)
    {
        _environment = parts.Resources;
        _transactions = parts.Transactions;
        _elements = elements;
        _bindings = bindings;
        _answers = parts.Answers;
        _dialogs = parts.Dialogs;
        _registrar = parts.Registrar;
        _recorder = parts.Recorder;
        _inHand = parts.InHand;
        _view = new SipMessage(maxHeaders);
        _cleanup = new TimerNode(this);
        _environment.Wheel.Schedule(_cleanup, TimerKind.Cleanup, _environment.Timers.RegistrationCheck);
    }

    private long NowTick => _environment.NowTick;

    /// <summary>The process ends: what waits for an answer from outside has none, and what only absorbs retransmissions is let go.</summary>
    public void EndWaiting()
    {
        _answers.ExpireAll();
        _transactions.EndLingering();
    }

    /// <summary>Fires one timer; it is off the wheel already.</summary>
    public void Fire(TimerNode timer)
    {
        _inHand.Context = timer.Owner as ResponseContext
            ?? (timer.Owner as Branch)?.Context
            ?? ((timer.Owner as ClientTransaction)?.User as Branch)?.Context;
        switch (timer.Owner)
        {
            case ServerTransaction server:
                FireServer(server, timer.Kind);
                break;
            case ClientTransaction client:
                FireClient(client, timer.Kind);
                break;
            case LingeringRing ring:
                _transactions.ExpireLingering(ring);
                break;
            case Branch branch:
                Tell(branch.EndsAt(timer.Kind) ? TimerTag.H : TimerTag.C, branch.Client);
                branch.Context.Core.BranchTimer(branch, timer.Kind);
                break;
            case ResponseContext context:
                Tell(TimerTag.F, context.Server);
                context.Core.PendingTimer(context);
                break;
            case PendingAnswer pending:
                _answers.Expire(pending);
                break;
            case Dialog dialog:
                if (_dialogs.OnIdleTimer(dialog, NowTick))
                {
                    _recorder.Timer(TimerTag.Dialog, dialog.Name, default, NowTick - dialog.CreatedTick);
                }

                break;
            case Binding:
                var expired = _registrar.OnExpired(timer, NowTick);
                if (expired.Count > 0)
                {
                    _bindings.Count(expired.RegistrationSet, -expired.Count);
                    _recorder.Timer(TimerTag.Registration, expired.RegistrationSet, default, 0, expired.Count);
                }

                break;
            default:
                Trim();
                _environment.Wheel.Schedule(timer, TimerKind.Cleanup, NowTick + _environment.Timers.RegistrationCheck);
                Summarise();
                break;
        }
    }

    private void FireServer(ServerTransaction server, TimerKind kind)
    {
        switch (server.OnTimer(kind))
        {
            case TransactionVerdict.TryingDue:
                _elements.At(server.Source).Core.Responder.Respond(server, 100, "RFC 4320 4.1");
                break;
            case TransactionVerdict.NoAck:
                Tell(TimerTag.H, server, FailureReason.NoAck);
                _transactions.End(server);
                break;
            case TransactionVerdict.Terminated:
                _transactions.End(server);
                break;
            default:
                break;
        }
    }

    private void FireClient(ClientTransaction client, TimerKind kind)
    {
        var verdict = client.OnTimer(kind);
        if (verdict == TransactionVerdict.TimedOut)
        {
            Tell(kind == TimerKind.B ? TimerTag.H : TimerTag.F, client);
            ClientFailed(client, 408);
        }
        else if (verdict != TransactionVerdict.Absorbed)
        {
            _transactions.End(client);
        }
    }

    /// <summary>A client transaction failed, by timer B or F (408) or the transport (503), and ends.</summary>
    public void ClientFailed(ClientTransaction client, int statusCode)
    {
        try
        {
            if (client.User is Branch branch)
            {
                branch.Context.Core.BranchFailed(branch, statusCode);
            }
        }
        finally
        {
            // It has no timer any more: an exception above must not leave it in the table.
            _transactions.End(client);
        }
    }

    /// <summary>The line of a transaction that a timer ended, or cancelled: its Call-ID, its branch, its age.</summary>
    private void Tell(TimerTag tag, Transaction? transaction, FailureReason reason = FailureReason.None)
    {
        if (!_recorder.IsWatched || transaction?.Request is not { } request)
        {
            return;
        }

        SipParser.TryParse(request.Buffer, request.Length, _view);
        _recorder.Timer(tag, _view[_view.CallId], _view[_view.TopVia.Branch], NowTick - transaction.CreatedTick, failure: reason);
    }

    /// <summary>After a peak, what idles in the pools is let go bit by bit.</summary>
    private void Trim()
    {
        foreach (var element in _elements.All)
        {
            element.Core.Trim();
        }

        _dialogs.Trim();
        _environment.Metrics.ReleasedOctets += _transactions.Trim() + _environment.Pool.Trim();
    }

    private void Summarise()
    {
        if (!_recorder.IsWatched)
        {
            return;
        }

        var metrics = _environment.Metrics;
        Span<byte> text = stackalloc byte[DecisionRecord.TextCapacity];
        var writer = new SipWriter(text);
        writer.Write("transactions="u8);
        writer.Write(metrics.TransactionsAlive);
        writer.Write(" pending="u8);
        writer.Write(metrics.ContextsAlive);
        writer.Write(" dialogs="u8);
        writer.Write(metrics.DialogsAlive);
        writer.Write(" bindings="u8);
        writer.Write(metrics.BindingsAlive);
        writer.Write(" timers="u8);
        writer.Write(_environment.Wheel.Count);
        _recorder.Timer(TimerTag.Cleanup, writer.Written, default, 0);
    }
}
