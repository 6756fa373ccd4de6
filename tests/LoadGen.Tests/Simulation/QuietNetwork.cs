using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Running;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Simulation;

/// <summary>A direct network without delay that allocates nothing itself, for measuring what the agents do.</summary>
internal sealed class QuietNetwork : IDatagramOut
{
    private const int Slots = 1 << 12;
    private const int Room = 2048;

    private readonly byte[] _ring = new byte[(Slots * Room) + 65_536];
    private readonly (int Length, bool ToCalled)[] _datagrams = new (int, bool)[Slots];
    private readonly LoadConductor _conductor;
    private readonly AgentWorld _world;
    private long _now;
    private int _head;
    private int _tail;

    public QuietNetwork(LoadPlan plan)
    {
        plan = plan with { Target = ScriptedPeer.Called.EndPoint, RegisterFirst = false };
        Metrics = new(plan);
        var settings = new AgentSettings(plan, ScriptedPeer.Calling, ScriptedPeer.Called);
        _world = new(settings, this, Metrics);
        _conductor = new(settings, _world, Metrics);
    }

    public RunMetrics Metrics { get; }

    public long Messages { get; private set; }

    Span<byte> IDatagramOut.Room(Side side) => _ring.AsSpan(_tail % Slots * Room);

    void IDatagramOut.Send(Side side, int length, in Peer to) => _datagrams[_tail++ % Slots] = (length, to == ScriptedPeer.Called);

    public void RunUntil(long until)
    {
        while (_now < until)
        {
            _conductor.Advance(_now);
            while (_head < _tail)
            {
                var (length, toCalled) = _datagrams[_head % Slots];
                var bytes = _ring.AsSpan(_head++ % Slots * Room, length);
                _world.Receive(toCalled ? Side.Called : Side.Calling, bytes, toCalled ? ScriptedPeer.Calling : ScriptedPeer.Called, _now);
                Messages++;
            }

            _now = Math.Max(_now + 1, Math.Min(until, _conductor.NextDue));
        }
    }
}
