using ImsSipFast.LoadGen.Agents.Flows;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>
/// All user agents of a run, both sides. Three doors: an attempt begins, a datagram came, time passed. No socket, clock,
/// lock or chance inside, so that the same events make the same run.
/// </summary>
internal sealed class AgentWorld
{
    private const int KeepAliveLength = 4;

    private readonly Flow[] _flows;
    private readonly RequestReceiver _requests;
    private readonly ResponseReceiver _responses;
    private readonly Action<int, long> _fire;

    public AgentWorld(AgentSettings settings, IDatagramOut datagrams, RunMetrics metrics)
    {
        Context = new(settings, datagrams, metrics);
        var callee = new CalleeFlow(Context);
        var request = new RequestFlow(Context);
        _flows =
        [
            null!, request, new CallerFlow(Context), callee, request, new SubscriberFlow(Context), new NotifierFlow(Context),
            new SurplusDialogFlow(Context),
        ];
        _requests = new(Context, _flows, callee);
        _responses = new(Context, _flows);
        _fire = Fire;
    }

    /// <summary>Legs, timers and the like, for who drives the world and for its tests.</summary>
    public AgentContext Context { get; }

    /// <summary>No timer fires before this microsecond.</summary>
    public long NextDue => Context.Wheel.NextDue;

    /// <summary>Begins an attempt.</summary>
    public void Begin(in Attempt attempt, long now)
    {
        Context.Now = now;
        ref var leg = ref Context.NewLeg(KindOf(attempt.Profile), attempt.Side);
        leg.Profile = attempt.Profile;
        leg.Phase = (short)attempt.Phase;
        leg.Due = attempt.Due;
        leg.Local = attempt.Local;
        leg.Remote = attempt.Remote;
        leg.Number = attempt.Number;
        leg.Flags = attempt.Flags;
        leg.Ticket = attempt.Ticket;
        Context.Metrics.Begin(attempt.Phase, attempt.Profile, attempt.Due, now);
        _flows[(int)leg.Kind].Begin(ref leg);
    }

    /// <summary>Takes a datagram that came to the socket of a side.</summary>
    public void Receive(Side side, ReadOnlySpan<byte> datagram, in Peer source, long now)
    {
        Context.Now = now;
        if (datagram.Length <= KeepAliveLength)
        {
            // RFC 5626 §3.5.1: line ends that keep a way open are no message.
            return;
        }

        Context.Metrics.Current.MessagesReceived++;
        if (!SipView.TryScan(datagram, out var message))
        {
            Context.Metrics.Stray(Stray.NotUnderstood);
        }
        else if (message.IsRequest)
        {
            _requests.Receive(side, message, source);
        }
        else
        {
            _responses.Receive(side, message);
        }
    }

    /// <summary>Fires the timers that are due.</summary>
    public void Advance(long now)
    {
        Context.Now = now;
        Context.Wheel.Advance(now, _fire);
    }

    /// <summary>Ends every leg; attempts that have no outcome have failed as unfinished, or are left out of the count.</summary>
    public void EndAll(bool unfinished)
    {
        for (var i = 0; i < Context.Legs.Capacity; i++)
        {
            ref var leg = ref Context.Legs.At(i);
            if (leg.Id == 0)
            {
                continue;
            }

            var isAttempt = leg.Kind is LegKind.Registration or LegKind.Caller or LegKind.Requester or LegKind.Subscriber;
            if (isAttempt && unfinished)
            {
                Context.Outcomes.Fail(ref leg, new(leg.Method, Cause.Unfinished));
                continue;
            }

            if (isAttempt)
            {
                Context.Outcomes.Abandon(ref leg);
            }

            Context.Free(ref leg);
        }
    }

    private void Fire(int number, long due)
    {
        var (index, timer) = AgentContext.TimerOf(number);
        ref var leg = ref Context.Legs.At(index);
        var flow = _flows[(int)leg.Kind];
        if (timer == LegTimer.Pace)
        {
            flow.Paced(ref leg, due);
        }
        else if (leg.Server is ServerState.Accepted or ServerState.Completed && leg.Kind == LegKind.Callee)
        {
            if (!Context.Servers.Repeat(ref leg))
            {
                flow.NotAcknowledged(ref leg);
            }
        }
        else if (leg.State is ClientState.Calling or ClientState.Proceeding && leg.Method != Method.Invite
            || leg.State == ClientState.Calling)
        {
            if (!Context.Clients.Repeat(ref leg))
            {
                flow.TimedOut(ref leg);
            }
        }
        else
        {
            flow.TimedOut(ref leg);
        }
    }

    private static LegKind KindOf(Profile profile) => profile switch
    {
        Profile.Register => LegKind.Registration,
        Profile.Message or Profile.Options => LegKind.Requester,
        Profile.Subscribe => LegKind.Subscriber,
        _ => LegKind.Caller,
    };
}
