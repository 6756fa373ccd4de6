using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A world made from a seed: user agents that keep to the RFCs but have a will of their own, around a real engine,
/// over a network that loses, doubles, delays and reorders, on a virtual clock. It runs, finishes, falls quiet, and is
/// checked all along: <see cref="SimWorldWitness"/> at the border of the engine, the agents at theirs, and the state
/// ledger at the end.
/// </summary>
internal sealed class SimWorld
{
    public const long T1 = 500;
    public const long T2 = 4_000;
    public const long T4 = 5_000;

    private const long QuietMilliseconds = 1_500_000;
    private const long LingerMilliseconds = (64 * T1) + T4 + 1;
    private const long ForgottenMilliseconds = 3 * 3_600_000;

    /// <summary>How much of the event log a failure shows; <c>SIMWORLD_EVENTS</c> shows more.</summary>
    private static readonly int s_eventsShown = int.Parse(Environment.GetEnvironmentVariable("SIMWORLD_EVENTS") ?? "60", CultureInfo.InvariantCulture);

    private readonly SimTestBed _bed;
    private readonly long _patience;
    private readonly SimWorldWitness _witness;
    private readonly SimWorldTrouble _trouble;
    private readonly List<SimWorldAgent> _agents;
    private readonly Dictionary<string, SimWorldRecord> _records = [];

    private SimWorld(SimWorldPlan plan)
    {
        Plan = plan;
        Chance = new SimWorldChance(plan.Seed, stream: 2);
        _patience = Math.Min(50 * T1, (long)(1000 * Math.Min(Math.Min(plan.Options.TimerC, plan.Options.PendingTimeout), plan.Options.BranchTimeout)) - 3_000);
        _bed = new SimTestBed(plan.Options, plan.Seed);
        _bed.Network.Conditions = plan.Link;
        foreach (var listen in plan.Options.Listen)
        {
            Log.Name(PeerAddress.From(listen.EndPoint), $"P{listen.EndPoint.Port % 10}");
        }

        _witness = new SimWorldWitness(this, _bed.Engine);
        _bed.Engine.Witness = _witness;
        _agents = [.. plan.Cast.Select(traits => new SimWorldAgent(this, traits))];
        _trouble = new SimWorldTrouble(this, _bed, _agents);
    }

    public SimWorldPlan Plan { get; }

    /// <summary>Chance of what the agents do, drawn in the order of events.</summary>
    public SimWorldChance Chance { get; }

    public SimWorldLog Log { get; } = new();

    public SimWorldWitness Witness => _witness;

    public SimClock Clock => _bed.Clock;

    public long Now => _bed.Now;

    /// <summary>Nothing new is begun any more.</summary>
    public bool IsFinishing { get; private set; }

    /// <summary>Runs the world of a seed. A failure names the seed and shows the last events.</summary>
    public static SimWorld Run(int seed)
    {
        var plan = new SimWorldPlan(seed);
        var world = new SimWorld(plan);
        try
        {
            world.Live();
            world.CheckAgreement();
            world.CheckForgotten();
        }
        catch (Exception fault)
        {
            Assert.Fail($"{plan}\nat {world.Now} ms: {fault.Message}\n{(fault is Xunit.Sdk.IAssertionException ? "" : fault)}\nthe last events (replay with SIMWORLD_SEED={seed}):\n{world.Log.Last(s_eventsShown)}");
        }

        return world;
    }

    public void Check(bool holds, string what)
    {
        if (!holds)
        {
            Assert.Fail(what);
        }
    }

    public void Bind(in PeerAddress address, Action<PeerAddress, byte[]> receiver)
    {
        var at = address;
        _bed.Network.Bind(address, (from, octets) =>
        {
            Log.Arrived(Now, from, at, octets);
            receiver(from, octets);
        });
    }

    public void Unbind(in PeerAddress address) => _bed.Network.Unbind(address);

    public void Send(in PeerAddress from, in PeerAddress to, byte[] octets)
    {
        Log.Sent(Now, from, to, octets);
        _bed.Network.Send(from, to, octets);
    }

    public SimWorldRecord NewRecord(string callId, string caller, string target)
    {
        var record = new SimWorldRecord(callId, caller, target, _patience, Now);
        _records.Add(callId, record);
        return record;
    }

    public SimWorldRecord? RecordOf(string callId) => _records.GetValueOrDefault(callId);

    private void Live()
    {
        foreach (var agent in _agents)
        {
            Log.Name(agent.Traits.Address, agent.Traits.Name);
            agent.PowerOn();
            if (agent.Traits.HostName is { } name)
            {
                _bed.SetHost(name, Chance.Is(0.1) ? null : agent.Traits.Address.ToString().Split(':')[0], Chance.Weighted((1, 0), (1, 40), (1, 3_000)));
            }
        }

        for (var i = 0; i < Plan.Activities; i++)
        {
            Clock.At(Chance.Between(2_000, Plan.ActiveMilliseconds), Act);
        }

        _trouble.Schedule();
        _bed.Pass(Plan.ActiveMilliseconds);
        IsFinishing = true;
        Log.Note(Now, "everybody finishes");
        foreach (var agent in _agents)
        {
            agent.Finish();
        }

        // All that waits ends; 64*T1 later nothing may be left but dialogs whose BYE got lost.
        var end = Now + QuietMilliseconds;
        if (_bed.RunUntil(end, () => _bed.Engine.Shards.All(static s => s.Metrics.ContextsAlive == 0) && _agents.TrueForAll(static a => a.Remembered == 0)))
        {
            // A clock that steps back is taken as standing still: its transactions live longer.
            _bed.Pass(LingerMilliseconds - Plan.ClockSteps.Where(static s => s.Milliseconds < 0).Sum(static s => s.Milliseconds));
            CheckLedger();
        }

        _bed.Pass(end - Now);
    }

    private void Act()
    {
        var agent = Chance.Pick(_agents);
        if (!agent.IsUp)
        {
            return;
        }

        switch (Chance.Weighted((60, 0), (15, 1), (8, 2), (7, 3)))
        {
            case 0:
                agent.Call(AnyTarget());
                break;
            case 1:
                agent.AskOnce(Chance.Pick(["MESSAGE", "MESSAGE", "SUBSCRIBE", "PUBLISH", "BREW"]), AnyTarget());
                break;
            case 2:
                agent.AskOnce("OPTIONS", Chance.Is(0.5) ? "sip:home.test" : AnyTarget());
                break;
            default:
                agent.ChangeRegistration();
                break;
        }
    }

    private string AnyTarget()
    {
        var binding = Chance.Pick(Chance.Pick(Plan.Cast).Bindings);
        return Chance.Is(0.04) ? "sip:nobody@home.test" : $"sip:{binding.User}@home.test";
    }

    /// <summary>On a perfect network caller and callee saw the same.</summary>
    private void CheckAgreement()
    {
        Log.Note(Now, "quiet");
        foreach (var record in Plan.IsPerfect ? _records.Values.Where(static r => !r.IsLenient).ToArray() : [])
        {
            var neverAcks = Plan.Cast.First(t => t.Name == record.Caller).NeverAcks;
            Check(record.Connected.SetEquals(record.Answered), $"an answered call did not succeed: {record}");
            Check(neverAcks || record.Acknowledged.SetEquals(record.Answered), $"a 2xx was not acknowledged: {record}");
            Check(record.Attempts == record.Finals, $"an INVITE has not exactly one final response: {record}");
            Check(!record.Delivered || record.Confirmed, $"a 2xx did not come back: {record}");
        }

        foreach (var agent in _agents)
        {
            Check(agent.Remembered == 0, $"{agent.Traits.Name} still remembers {agent.Remembered} transactions and dialogs");
        }

        _witness.CheckEnd();
    }

    /// <summary>The state ledger, as <see cref="LedgerOracle"/> keeps it.</summary>
    private void CheckLedger()
    {
        var engine = _bed.Engine;
        var metrics = engine.Sum();
        Check(metrics.TransactionsAlive == 0, $"{metrics.TransactionsAlive} transactions are left");
        Check(metrics.ContextsAlive == 0, $"{metrics.ContextsAlive} response contexts are left");
        Check(engine.Pool.Outstanding == 0, $"datagrams still rented:\n{engine.Pool.DescribeOutstanding()}");
        Check(metrics.Received == engine.Delivered, $"{metrics.Received} counted of {engine.Delivered} received");
        Check(metrics.Received == metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal(), "received is not answered + forwarded + absorbed + dropped");
        Check(metrics.Sent == engine.Sent.Count, $"{metrics.Sent} counted of {engine.Sent.Count} sent");
        if (!Plan.IsHostile)
        {
            LedgerOracle.CheckDialogs(engine);
        }
    }

    private void CheckForgotten()
    {
        CheckLedger();
        var engine = _bed.Engine;
        _bed.Pass(ForgottenMilliseconds);
        var metrics = engine.Sum();
        Check(metrics.BindingsAlive == 0, $"{metrics.BindingsAlive} bindings are left");
        Check(metrics.DialogsAlive == 0, $"{metrics.DialogsAlive} dialogs are left");
        Check(metrics.TimersAlive == engine.Shards.Length, $"{metrics.TimersAlive} timers are left, {engine.Shards.Length} are periodic");
        Check(engine.Pool.Outstanding == 0, "datagrams are rented again");
    }
}
