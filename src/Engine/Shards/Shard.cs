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
    private readonly ShardParts _parts;
    private readonly Elements _elements;
    private readonly LocalHops? _hops;
    private readonly MessageIntake _intake;
    private readonly TimerDispatch _timers;
    private readonly WorkInHand _work;
    private long _firedTick;

    public Shard(int index, ShardDependencies services)
    {
        Index = index;
        var (definitions, listeners, maxHeaders) = (services.Elements, services.Elements[0].Identity.Listeners, services.Options.MaxHeaders);
        _hops = definitions.Count > 1 ? new LocalHops(listeners, services.Sender, services.Pool, Metrics) : null;
        _parts = new ShardParts(index, _hops is null ? services : services with { Sender = _hops }, Metrics, Decisions);
        _elements = new Elements(listeners, [.. definitions.Select(definition => new Element(definition, _parts, services))]);
        Bindings = new ShardBindings(_parts, _elements);
        _intake = new MessageIntake(_parts.Transactions, maxHeaders);
        _timers = new TimerDispatch(_parts, _elements, Bindings, maxHeaders);
        _work = new WorkInHand(_elements, _parts.InHand, _intake, _parts.KeptView, Metrics);
    }

    /// <summary>Which shard it is, from 0.</summary>
    public int Index { get; }

    /// <summary>Its counters.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <summary>Its decision records.</summary>
    public DecisionLog Decisions { get; } = new();

    /// <summary>Its bindings, for those that come from a former process or go to the next.</summary>
    public ShardBindings Bindings { get; }

    /// <summary>A tick before which no timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDueTick => _parts.Wheel.NextDueTick();

    private SipMessage Message => _intake.Message;

    /// <inheritdoc/>
    public void Prepare(RawMessage datagram) => _intake.Prepare(datagram);

    /// <inheritdoc/>
    /// <remarks>A clock that steps back must not take timers with it.</remarks>
    public void TellTime(long nowTick) => SetNow(Math.Max(nowTick, _parts.Resources.NowTick));

    /// <inheritdoc/>
    public bool Advance(long nowTick, int limit = int.MaxValue)
    {
        var present = Math.Max(nowTick, _parts.Resources.NowTick);
        while (limit > 0 && _parts.Wheel.TryTakeDue(nowTick, out var timer))
        {
            limit--;

            // A timer acts at its own tick: a late run must not stretch the intervals that follow from it. When messages
            // were taken before it, its tick lies behind theirs.
            SetNow(Math.Max(_firedTick, timer.DueTick));
            _firedTick = _parts.Resources.NowTick;
            _work.Begin(timer.Owner);
            _timers.Fire(timer);
            ReceiveHops();
        }

        SetNow(present);
        Metrics.TimersAlive = _parts.Wheel.Count;
        Metrics.KeptOctets = _parts.Resources.Budget.Used;
        Metrics.IdleOctets = _parts.Resources.Pool.IdleOctets;
        return limit == 0 && _parts.Wheel.NextDueTick() <= nowTick;
    }

    /// <summary>Takes one datagram and owns it. Time is what was told last.</summary>
    public void Receive(RawMessage datagram)
    {
        Take(datagram);
        ReceiveHops();
    }

    /// <summary>Takes an answer from outside to a question of this shard.</summary>
    public void Complete(Completion answer)
    {
        _work.Begin(answer);
        _parts.Answers.Complete(answer);
        ReceiveHops();
    }

    /// <inheritdoc/>
    public string Abort() => _work.Abort();

    /// <summary>The drain is over and nothing runs any more: lets go of what only absorbed retransmissions.</summary>
    public void EndDrain() => _timers.EndWaiting();

    /// <summary>
    /// A call that is up may want to hang up, and a message may wait for an answer; what only absorbs retransmissions does
    /// not count.
    /// </summary>
    public bool HasDrained => _elements.All[0].Environment.IsDraining && _parts.Answers.Count == 0
        && Metrics is { TransactionsOpen: 0, ContextsAlive: 0, DialogsAlive: 0 };

    /// <summary>From now on new INVITEs get 503.</summary>
    public void BeginDrain()
    {
        foreach (var element in _elements.All)
        {
            element.Environment.IsDraining = true;
        }
    }

    /// <summary>Adds its timers to <paramref name="counts"/>, by kind; for the ledger at the end.</summary>
    public void CountTimers(Span<long> counts) => _parts.Wheel.CountByKind(counts);

    /// <summary>What the elements have sent to each other meanwhile.</summary>
    private void ReceiveHops()
    {
        while (_hops is not null && _hops.TryTake(out var message))
        {
            Take(message);
        }
    }

    private void Take(RawMessage datagram)
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
                _parts.Recorder.Drop(datagram.Flow, outcome.Reason);
            }
        }

        _work.End();
        datagram.Return();
    }

    private Outcome Dispatch(RawMessage datagram)
    {
        if (!_intake.Take(datagram))
        {
            return Outcome.Dropped(Message.Error == ParseError.Empty ? DropReason.KeepAlive : DropReason.NotSip);
        }

        SipParser.CommonHeaders(Message);
        _parts.Recorder.Rx(datagram.Flow, datagram.Span[Message.Start..], Message.IsRequest ? default : Message[Message.CSeq.MethodToken]);
        return Message.IsRequest ? ReceiveRequest(datagram) : ReceiveResponse(_elements.At(datagram.Flow));
    }

    private Outcome ReceiveRequest(RawMessage datagram)
    {
        var source = datagram.Flow;
        var core = _elements.At(source).Core;

        // A request whose Via leads to no address could be neither answered nor have its responses passed back.
        var replyTo = default(Flow);
        if (!Message.HasVia || (Message.Method != SipMethod.Ack && !core.Responder.TryGetReplyTo(Message, source, out replyTo)))
        {
            return Outcome.Dropped(DropReason.NoUsableVia);
        }

        if (Message.Error != ParseError.None)
        {
            return core.Responder.RefuseMalformed(Message, source, replyTo);
        }

        var match = _parts.Transactions.Match(Message, _intake.PrefetchedKey, out var key);
        _work.IsNew = match.Verdict == TransactionVerdict.NoMatch;
        return match switch
        {
            { Verdict: TransactionVerdict.Absorbed } => Outcome.Absorbed,
            { Verdict: TransactionVerdict.TryingDue, Server: { } invite } => core.Responder.RepeatTrying(invite),
            { Verdict: TransactionVerdict.Crowded } => core.ReceiveCrowding(Message, source, replyTo),
            { Server: { } server } when Message.Method == SipMethod.Cancel =>
                _elements.At(server.Source).Core.ReceiveCancel(Message, datagram.Span, source, replyTo, key, server),
            _ => core.ReceiveRequest(Message, datagram.Span, source, replyTo, key),
        };
    }

    private Outcome ReceiveResponse(Element element)
    {
        // RFC 3261 §18.3, §7: a response that does not parse is discarded; no sender waits to be told.
        if (Message.Error != ParseError.None)
        {
            return Outcome.Dropped(DropReason.MalformedResponse);
        }

        // RFC 3261 §18.1.2: a response whose top Via is not ours is discarded.
        if (!element.Environment.Identity.IsOwn(Message, Message.TopVia))
        {
            return Outcome.Dropped(DropReason.ViaNotOurs);
        }

        if (_parts.Transactions.FindClient(Message) is not { } client)
        {
            return element.Core.ReceiveStrayResponse(Message);
        }

        var context = _parts.InHand.Context = (client.User as Branch)?.Context;

        // RFC 3261 §17.1.3: branch and method alone decide; whether it can be forwarded is asked afterwards.
        return !client.HasRoomFor(Message) ? Outcome.Dropped(DropReason.MemoryFull)
            : client.Receive(Message) == TransactionVerdict.PassUp
            ? (context?.Core ?? element.Core).ReceiveResponse(client, Message)
            : Outcome.Absorbed;
    }

    private void ReceiveUndelivered(RawMessage datagram)
    {
        // The notice quotes the beginning of what was sent: enough for the top Via, perhaps not for more.
        SipParser.TryParse(datagram.Buffer, datagram.Length, Message);
        if (Message.IsRequest && BranchId.TryParse(Message[Message.TopVia.Branch], out var branch)
            && _parts.Transactions.FindClient(branch, Message.Method == SipMethod.Ack ? SipMethod.Invite : Message.Method) is { } client && client.Peer.SamePeer(datagram.Flow) && client.TryFail())
        {
            // RFC 3261 §16.9: taken as a 503 of that branch.
            Metrics.Undelivered++;
            _parts.Recorder.Fail(datagram.Flow, Message[Message.MethodToken], Message[Message.RequestUri], FailureReason.Unreachable);
            _timers.ClientFailed(client, 503);
        }
        else
        {
            Metrics.Drop(DropReason.StrayUndelivered);
        }
    }

    private void SetNow(long tick) => (_parts.Resources.NowTick, _parts.Recorder.NowTick) = (tick, tick);
}
