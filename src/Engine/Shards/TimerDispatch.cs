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
    private readonly ProxyCore _proxy;
    private readonly PendingAnswers _answers;
    private readonly DialogTable _dialogs;
    private readonly RegistrarCore _registrar;
    private readonly DecisionRecorder _recorder;
    private readonly SipMessage _view;
    private readonly TimerNode _cleanup;

    public TimerDispatch(
        ShardResources environment, TransactionLayer transactions, ProxyCore proxy, PendingAnswers answers, DialogTable dialogs, RegistrarCore registrar, DecisionRecorder recorder, int maxHeaders)
    {
        _environment = environment;
        _transactions = transactions;
        _proxy = proxy;
        _answers = answers;
        _dialogs = dialogs;
        _registrar = registrar;
        _recorder = recorder;
        _view = new SipMessage(maxHeaders);
        _cleanup = new TimerNode(this);
        environment.Wheel.Schedule(_cleanup, TimerKind.Cleanup, environment.Timers.RegistrationCheck);
    }

    private long NowTick => _environment.NowTick;

    /// <summary>Fires one timer; it is off the wheel already.</summary>
    public void Fire(TimerNode timer)
    {
        _proxy.InHand = timer.Owner as ResponseContext
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
                _proxy.BranchTimer(branch, timer.Kind);
                break;
            case ResponseContext context:
                Tell(TimerTag.F, context.Server);
                _proxy.PendingTimer(context);
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
                    _proxy.BindingsExpired(expired.RegistrationSet, expired.Count);
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
                _proxy.Responder.Respond(server, 100, "RFC 4320 4.1");
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
            _proxy.ClientFailed(client, 408);
        }
        else if (verdict != TransactionVerdict.Absorbed)
        {
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
        _proxy.Trim();
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
