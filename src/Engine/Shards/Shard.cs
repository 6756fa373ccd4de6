using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// A plain synchronous object: datagrams and ticks go in, sends come out. No thread, lock, clock or socket; one
/// caller at a time. It is the only conductor: every path reads from top to bottom here.
/// </summary>
internal sealed class Shard : IShard
{
    private readonly TimingWheel _wheel;
    private readonly ShardResources _environment;
    private readonly TransactionLayer _transactions;
    private readonly ProxyEnvironment _proxyEnvironment;
    private readonly ProxyCore _proxy;
    private readonly PendingAnswers _answers;
    private readonly DecisionRecorder _recorder;
    private readonly SipMessage _message;
    private readonly TimerDispatch _timers;
    private readonly WorkInHand _work;
    private long _firedTick;

    public Shard(int index, ShardDependencies services)
    {
        Index = index;
        var options = services.Options;
        _wheel = new TimingWheel();
        var maxTransactions = Math.Max(1, options.MaxTransactions / services.Location.Partitions);
        _answers = new PendingAnswers(_wheel, Metrics, maxTransactions);
        _recorder = new DecisionRecorder(Decisions);
        _environment = new ShardResources(services.Timers, _wheel, services.Sender, services.Pool, Metrics) { Recorder = _recorder };
        _transactions = new TransactionLayer(
            _environment, services.Keys.TransactionTable(index), services.Keys.CreateBranchSource(index), options.MaxHeaders);
        // Observed dialogs are not part of the budget: a quarter of it is more than so many of them take.
        var maxDialogs = (int)Math.Min(options.MaxDialogs / services.Location.Partitions, _environment.Budget.Limit / 1024);
        var dialogs = new DialogTable(_wheel, Metrics, services.Timers.Dialog, maxDialogs, services.Keys.DialogTable);
        var registrar = new RegistrarCore(options, services.Location, index, _wheel, Metrics, _environment.Budget, services.Wall, services.Store);
        _proxyEnvironment = new ProxyEnvironment
        {
            ShardIndex = index,
            Options = options,
            Identity = services.Identity,
            Neighbours = services.Neighbours,
            ListenerChoice = new ListenerChoice(services.Identity.Listeners, services.Routes),
            Location = services.Location,
            Resolver = services.Resolver,
            Answers = _answers,
            Transactions = _transactions,
            Resources = _environment,
            Dialogs = dialogs,
            Recorder = _recorder,
            Keys = services.Keys.CreateProxyKeys(),
            KeptView = new SipMessage(options.MaxHeaders),
            MaxTransactions = maxTransactions,
        };
        var responder = new Responder(_proxyEnvironment);
        Registers = new RegisterHandler(_proxyEnvironment, registrar, responder);
        _proxy = new ProxyCore(_proxyEnvironment, Registers, responder);
        _message = new SipMessage(options.MaxHeaders);
        _timers = new TimerDispatch(_environment, _transactions, _proxy, _answers, dialogs, registrar, _recorder, options.MaxHeaders);
        _work = new WorkInHand(_proxy, _message, _proxyEnvironment.KeptView, Metrics);
    }

    /// <summary>Which shard it is, from 0.</summary>
    public int Index { get; }

    /// <summary>Its counters.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <summary>Its decision records.</summary>
    public DecisionLog Decisions { get; } = new();

    /// <summary>Its registrar, for bindings that come from a former process or go to the next.</summary>
    public RegisterHandler Registers { get; }

    /// <summary>A tick before which no timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDueTick => _wheel.NextDueTick();

    /// <inheritdoc/>
    /// <remarks>A clock that steps back must not take timers with it.</remarks>
    public void TellTime(long nowTick) => SetNow(Math.Max(nowTick, _environment.NowTick));

    /// <inheritdoc/>
    public bool Advance(long nowTick, int limit = int.MaxValue)
    {
        var present = Math.Max(nowTick, _environment.NowTick);
        while (limit > 0 && _wheel.TryTakeDue(nowTick, out var timer))
        {
            limit--;

            // A timer acts at its own tick: a late run must not stretch the intervals that follow from it. When messages
            // were taken before it, its tick lies behind theirs.
            SetNow(Math.Max(_firedTick, timer.DueTick));
            _firedTick = _environment.NowTick;
            _work.Begin(timer.Owner);
            _timers.Fire(timer);
        }

        SetNow(present);
        Metrics.TimersAlive = _wheel.Count;
        Metrics.KeptOctets = _environment.Budget.Used;
        Metrics.IdleOctets = _environment.Pool.IdleOctets;
        return limit == 0 && _wheel.NextDueTick() <= nowTick;
    }

    /// <summary>Takes one datagram and owns it. Time is what was told last.</summary>
    public void Receive(RawMessage datagram)
    {
        _work.Begin(datagram);
        if (datagram.Kind == MessageKind.Undelivered)
        {
            ReceiveUndelivered(datagram);
        }
        else
        {
            Metrics.Received++;
            var outcome = Dispatch(datagram);
            outcome.CountIn(Metrics);
            if (outcome.Kind == OutcomeKind.Dropped)
            {
                _recorder.Drop(datagram.Flow, outcome.Reason);
            }
        }

        _work.End();
        datagram.Return();
    }

    /// <summary>Takes an answer from outside to a question of this shard.</summary>
    public void Complete(Completion answer)
    {
        _work.Begin(answer);
        _answers.Complete(answer);
    }

    /// <inheritdoc/>
    public string Abort() => _work.Abort();

    /// <summary>The drain is over and nothing runs any more: lets go of what only absorbed retransmissions.</summary>
    public void EndDrain() => _transactions.EndLingering();

    /// <summary>From now on new INVITEs get 503.</summary>
    public void BeginDrain() => _proxyEnvironment.IsDraining = true;

    /// <summary>Adds its timers to <paramref name="counts"/>, by kind; for the ledger at the end.</summary>
    public void CountTimers(Span<long> counts) => _wheel.CountByKind(counts);

    private Outcome Dispatch(RawMessage datagram)
    {
        if (!SipParser.Frame(datagram.Buffer, datagram.Length, _message))
        {
            return Outcome.Dropped(_message.Error == ParseError.Empty ? DropReason.KeepAlive : DropReason.NotSip);
        }

        // Under load the lingering transactions are many and not in the processor's caches: their place is prefetched.
        var prefetchedKey = _message.IsRequest ? _transactions.Prefetch(_message) : 0;
        SipParser.CommonHeaders(_message);
        _recorder.Rx(datagram.Flow, Responder.StatusLineOf(datagram.Span[_message.Start..]), _message.IsRequest ? default : _message[_message.CSeq.MethodToken]);
        return _message.IsRequest ? ReceiveRequest(datagram, prefetchedKey) : ReceiveResponse();
    }

    private Outcome ReceiveRequest(RawMessage datagram, ulong prefetchedKey)
    {
        var source = datagram.Flow;

        // A request whose Via leads to nobody could be neither answered nor have its responses passed back.
        if (!_message.HasVia || (_message.Method != SipMethod.Ack && !_proxy.Responder.TryGetReplyTo(_message, source, out _)))
        {
            return Outcome.Dropped(DropReason.NoUsableVia);
        }

        if (_message.Error != ParseError.None)
        {
            return _proxy.Responder.RefuseMalformed(_message, source);
        }

        var match = _transactions.Match(_message, prefetchedKey, out var key);
        _work.IsNew = match.Verdict == TransactionVerdict.NoMatch;
        return match switch
        {
            { Verdict: TransactionVerdict.Absorbed } => Outcome.Absorbed,
            { Verdict: TransactionVerdict.TryingDue, Server: { } invite } => _proxy.Responder.RepeatTrying(invite),
            { Verdict: TransactionVerdict.Crowded } => _proxy.ReceiveCrowding(_message, source),
            { Server: { } server } when _message.Method == SipMethod.Cancel =>
                _proxy.ReceiveCancel(_message, datagram.Span, source, key, server),
            _ => _proxy.ReceiveRequest(_message, datagram.Span, source, key),
        };
    }

    private Outcome ReceiveResponse()
    {
        // RFC 3261 §18.3, §7: a response that does not parse is discarded; there is nobody to tell.
        if (_message.Error != ParseError.None)
        {
            return Outcome.Dropped(DropReason.MalformedResponse);
        }

        // RFC 3261 §18.1.2: a response whose top Via is not ours is discarded.
        if (!_proxyEnvironment.Identity.IsOwn(_message, _message.TopVia))
        {
            return Outcome.Dropped(DropReason.ViaNotOurs);
        }

        if (_transactions.FindClient(_message) is not { } client)
        {
            return _proxy.ReceiveStrayResponse(_message);
        }

        _proxy.InHand = (client.User as Branch)?.Context;

        // RFC 3261 §17.1.3: branch and method alone decide; whether it can be forwarded is asked afterwards.
        return !client.HasRoomFor(_message) ? Outcome.Dropped(DropReason.MemoryFull)
            : client.Receive(_message) == TransactionVerdict.PassUp
            ? _proxy.ReceiveResponse(client, _message)
            : Outcome.Absorbed;
    }

    private void ReceiveUndelivered(RawMessage datagram)
    {
        // The notice quotes the beginning of what was sent: enough for the top Via, perhaps not for more.
        SipParser.TryParse(datagram.Buffer, datagram.Length, _message);
        if (_message.IsRequest && BranchId.TryParse(_message[_message.TopVia.Branch], out var branch)
            && _transactions.FindClient(branch, _message.Method == SipMethod.Ack ? SipMethod.Invite : _message.Method) is { } client && client.Peer.SamePeer(datagram.Flow) && client.TryFail())
        {
            // RFC 3261 §16.9: taken as a 503 of that branch.
            Metrics.Undelivered++;
            _recorder.Fail(datagram.Flow, _message[_message.MethodToken], _message[_message.RequestUri], FailureReason.Unreachable);
            _proxy.ClientFailed(client, 503);
        }
        else
        {
            Metrics.Drop(DropReason.StrayUndelivered);
        }
    }

    private void SetNow(long tick)
    {
        _environment.NowTick = tick;
        _recorder.NowTick = tick;
    }
}
