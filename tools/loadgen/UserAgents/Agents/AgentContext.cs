using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Timing;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>What the parts of the user agents share: legs, timers, the way out, what is counted, and the time.</summary>
internal sealed class AgentContext
{
    private const int TimersOfLeg = 2;

    public AgentContext(AgentSettings settings, IDatagramOut datagrams, RunMetrics metrics)
    {
        Settings = settings;
        Datagrams = datagrams;
        Metrics = metrics;
        Requests = new(this);
        Dialogs = new(this, Requests);
        Clients = new(this, Requests, Dialogs);
        Servers = new(this);
        Outcomes = new(this);
    }

    public AgentSettings Settings { get; }

    public IDatagramOut Datagrams { get; }

    public RunMetrics Metrics { get; }

    public Requests Requests { get; }

    public Dialogs Dialogs { get; }

    public ClientTransactions Clients { get; }

    public ServerTransactions Servers { get; }

    public Outcomes Outcomes { get; }

    public LegTable Legs { get; } = new();

    public BranchTable Branches { get; } = new();

    public TimingWheel Wheel { get; } = new();

    /// <summary>Microseconds; the time of the datagram or timer that is being worked on.</summary>
    public long Now { get; set; }

    /// <summary>Makes room for so many legs before time matters.</summary>
    public void Reserve(int legs)
    {
        Legs.Reserve(legs);
        Wheel.Reserve((legs * TimersOfLeg) - 1);
        Branches.Reserve(legs);
    }

    /// <summary>A new leg.</summary>
    public ref Leg NewLeg(LegKind kind, Side side)
    {
        ref var leg = ref Legs.Take();
        leg.Kind = kind;
        leg.Side = side;
        Wheel.Reserve((leg.Index * TimersOfLeg) + TimersOfLeg - 1);
        return ref leg;
    }

    /// <summary>Ends a leg: its timers, its branch, its room.</summary>
    public void Free(ref Leg leg)
    {
        Cancel(ref leg, LegTimer.Transaction);
        Cancel(ref leg, LegTimer.Pace);
        if (leg.BranchKey != 0)
        {
            Branches.Remove(leg.BranchKey);
        }

        Legs.Return(ref leg);
    }

    public void Schedule(ref Leg leg, LegTimer timer, long at) => Wheel.Schedule((leg.Index * TimersOfLeg) + (int)timer, at);

    public void Cancel(ref Leg leg, LegTimer timer) => Wheel.Cancel((leg.Index * TimersOfLeg) + (int)timer);

    public static (int Index, LegTimer Timer) TimerOf(int number) => (number / TimersOfLeg, (LegTimer)(number % TimersOfLeg));

    /// <summary>Sends what was rendered into the room of a side.</summary>
    public void Send(Side side, int length, in Peer to, int phase)
    {
        Metrics.Of(phase).MessagesSent++;
        Datagrams.Send(side, length, to);
    }
}

/// <summary>The timers of a leg.</summary>
internal enum LegTimer
{
    /// <summary>Retransmission and giving up (RFC 3261 timers A, B, E, F, G, H).</summary>
    Transaction,

    /// <summary>The next step of the flow: ring, hold.</summary>
    Pace,
}
