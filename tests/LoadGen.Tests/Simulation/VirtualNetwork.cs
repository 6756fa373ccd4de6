using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Schedule;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Simulation;

/// <summary>
/// A whole run in virtual time: the conductor, both sides, and between them a network with a delay, a loss, and a
/// standstill if wanted. The called side is reached directly.
/// </summary>
internal sealed class VirtualNetwork : IDatagramOut
{
    private static readonly Peer Calling = ScriptedPeer.Calling;
    private static readonly Peer Called = ScriptedPeer.Called;

    private readonly byte[] _room = new byte[65_536];
    private readonly PriorityQueue<(Side To, byte[] Bytes), (long At, long Order)> _underWay = new();
    private readonly Chance _chance;
    private long _order;

    public VirtualNetwork(LoadPlan plan, bool registerFirst = false)
    {
        plan = plan with { Target = Called.EndPoint, RegisterFirst = registerFirst };
        Plan = plan;
        Metrics = new(plan);
        var settings = new AgentSettings(plan, Calling, Called);
        World = new(settings, this, Metrics);
        Conductor = new(settings, World, Metrics);
        _chance = new(plan.Seed + 1);
    }

    public LoadPlan Plan { get; }

    public RunMetrics Metrics { get; }

    public AgentWorld World { get; }

    public LoadConductor Conductor { get; }

    /// <summary>Microseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Microseconds from one side to the other.</summary>
    public long Delay { get; init; } = 100;

    /// <summary>Share of the datagrams that get lost.</summary>
    public double Loss { get; init; }

    /// <summary>Nothing arrives from this microsecond on …</summary>
    public long StandstillFrom { get; init; } = long.MaxValue;

    /// <summary>… until this one.</summary>
    public long StandstillTo { get; init; } = long.MaxValue;

    /// <summary>The generator is not run from this microsecond on …</summary>
    public long StarvedFrom { get; init; } = long.MaxValue;

    /// <summary>… until this one.</summary>
    public long StarvedTo { get; init; } = long.MaxValue;

    public long Lost { get; private set; }

    public List<string> Trace { get; } = [];

    Span<byte> IDatagramOut.Room(Side side) => _room;

    void IDatagramOut.Send(Side side, int length, in Peer to)
    {
        if (_chance.Is(Loss))
        {
            Lost++;
            return;
        }

        var at = Now + Delay;
        if (at >= StandstillFrom && at < StandstillTo)
        {
            at = StandstillTo + Delay;
        }

        _underWay.Enqueue((to == Called ? Side.Called : Side.Calling, _room[..length]), (at, _order++));
    }

    /// <summary>Runs to the end.</summary>
    public VirtualNetwork Run()
    {
        RunUntil(long.MaxValue);
        return this;
    }

    /// <summary>Runs to the end or that microsecond.</summary>
    public void RunUntil(long until)
    {
        while (!Conductor.Ended && Now < until)
        {
            Conductor.Advance(Now);
            Deliver();
            var next = Math.Min(Conductor.NextDue, _underWay.TryPeek(out _, out var first) ? first.At : long.MaxValue);
            Now = Math.Max(Now + 1, next);
            if (Now >= StarvedFrom && Now < StarvedTo)
            {
                Now = StarvedTo;
            }
        }
    }

    private void Deliver()
    {
        while (_underWay.TryPeek(out var datagram, out var first) && first.At <= Now)
        {
            _underWay.Dequeue();
            Trace.Add($"{Now} {datagram.To} {System.Text.Encoding.Latin1.GetString(datagram.Bytes.AsSpan(0, 40))}");
            World.Receive(datagram.To, datagram.Bytes, datagram.To == Side.Called ? Calling : Called, Now);
        }
    }
}
