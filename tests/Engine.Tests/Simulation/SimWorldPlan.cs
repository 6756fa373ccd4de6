using System.Globalization;
using System.Net;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Somebody under whom an agent registers.</summary>
/// <param name="User">User part of the address-of-record at home.test.</param>
/// <param name="Q">Preference in thousandths, -1 for none.</param>
/// <param name="Contact">Where it leads when not to the agent itself: another user of ours, which makes a spiral.</param>
internal sealed record SimWorldBinding(string User, int Q = -1, string? Contact = null);

/// <summary>What kind of user agent one is.</summary>
internal sealed record SimWorldTraits
{
    public required string Name { get; init; }

    public required PeerAddress Address { get; init; }

    /// <summary>The listener of the proxy that it sends to.</summary>
    public required PeerAddress Proxy { get; init; }

    public required IReadOnlyList<SimWorldBinding> Bindings { get; init; }

    /// <summary>What it asks for in a REGISTER, in seconds.</summary>
    public required int Expires { get; init; }

    /// <summary>The address that it knows itself by; another one than <see cref="Address"/> behind a NAT.</summary>
    public required PeerAddress OwnAddress { get; init; }

    /// <summary>Host name in its registered Contact in place of its address.</summary>
    public string? HostName { get; init; }

    /// <summary>It never acknowledges anything.</summary>
    public bool NeverAcks { get; init; }

    /// <summary>It lets its bindings expire.</summary>
    public bool ForgetsToRefresh { get; init; }

    /// <summary>It picks up although a CANCEL has come: legal, RFC 3261 §9.2 says SHOULD.</summary>
    public bool AnswersAfterCancel { get; init; }

    /// <summary>It asks for the source port by rport (RFC 3581).</summary>
    public bool UsesRport { get; init; }
}

/// <summary>Everything that a seed decides beforehand: options, network, cast and what befalls them.</summary>
internal sealed class SimWorldPlan
{
    private readonly SimWorldChance _chance;

    public SimWorldPlan(int seed)
    {
        Seed = seed;
        _chance = new SimWorldChance(seed, stream: 1);
        IsPerfect = _chance.Is(0.25);
        IsHostile = !IsPerfect && _chance.Is(0.12);
        ActiveMilliseconds = _chance.Between(40_000, 240_000);
        Activities = _chance.Between(15, 90);
        Options = MakeOptions();
        Link = MakeLink();
        Cast = MakeCast();
        if (!IsPerfect)
        {
            PlanTrouble();
        }
    }

    public int Seed { get; }

    /// <summary>Nothing goes wrong on the way: every call ends as the callee decided.</summary>
    public bool IsPerfect { get; }

    /// <summary>Bent copies of real datagrams are sent in: only what holds whoever sends what can be asserted.</summary>
    public bool IsHostile { get; }

    public SipEngineOptions Options { get; }

    public LinkConditions Link { get; }

    public IReadOnlyList<SimWorldTraits> Cast { get; }

    /// <summary>Until then the agents do new things; after it they finish.</summary>
    public int ActiveMilliseconds { get; }

    /// <summary>How many calls, messages and the like there are.</summary>
    public int Activities { get; }

    /// <summary>The kernel tells of closed ports.</summary>
    public bool ReportsClosedPorts { get; private set; }

    /// <summary>When an agent loses its memory, which one, and for how long it is away.</summary>
    public List<(int Tick, int Agent, int AwayMilliseconds)> Restarts { get; } = [];

    /// <summary>When the clock of the engine steps and by how much.</summary>
    public List<(int Tick, int Milliseconds)> ClockSteps { get; } = [];

    /// <summary>When the network loses nearly everything, and for how long.</summary>
    public List<(int Tick, int Milliseconds)> Storms { get; } = [];

    /// <summary>When octets that are no SIP come in.</summary>
    public List<int> Noise { get; } = [];

    /// <summary>When somebody tells of an undelivered datagram that was delivered.</summary>
    public List<int> ForgedNotices { get; } = [];

    /// <summary>When bent copies of what was sent just now come in.</summary>
    public List<int> BentCopies { get; } = [];

    /// <summary>When the proxy begins to drain; 0 for never.</summary>
    public int DrainTick { get; private set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}{(IsPerfect ? ", perfect" : "")}{(IsHostile ? ", hostile" : "")}: {Cast.Count} agents, {Activities} activities in {ActiveMilliseconds} ms, {Options.Shards} shard(s), {Options.Mode}, {Link}, {Restarts.Count} restarts, steps [{string.Join(' ', ClockSteps)}], storms [{string.Join(' ', Storms)}]");

    private SipEngineOptions MakeOptions() => new()
    {
        Listen = [.. Enumerable.Range(0, _chance.Is(0.3) ? 2 : 1).Select(static i => new ListenAddress(new IPEndPoint(IPAddress.Loopback, 5060 + (2 * i))))],
        Domains = ["home.test"],
        Mode = _chance.Weighted((4, NetworkMode.Loopback), (4, NetworkMode.Lan), (2, NetworkMode.Nat)),
        Shards = _chance.Is(0.5) ? 1 : 4,
        RecurseRedirects = _chance.Is(0.5),
        TimerC = _chance.Weighted((3, 181), (1, 40), (1, 15)),
        DialogTimeout = _chance.Weighted((3, 3600), (1, 300), (1, 30)),
        MaxBreadth = _chance.Weighted((6, 60), (1, 2), (1, 1)),
        MaxTransactions = _chance.Is(0.05) ? 100 : 2_000_000,
        MinExpires = 10,
        PendingTimeout = _chance.Weighted((7, 300), (1, 10)),
        BranchTimeout = _chance.Weighted((7, 60), (1, 6)),
        MaxDialogs = _chance.Weighted((7, 1_000_000), (1, 8)),
        MaxBindingsPerAor = _chance.Weighted((7, 16), (1, 2)),
        MaxTargets = _chance.Weighted((7, 32), (1, 2)),
    };

    private LinkConditions MakeLink()
    {
        var least = _chance.Between(0, 40);
        return IsPerfect
            ? new LinkConditions(MinimumDelay: least, MaximumDelay: least + _chance.Weighted((1, 0), (1, 30)))
            : new LinkConditions(
                Loss: _chance.Weighted((2, 0.0), (3, 0.02), (3, 0.1), (2, 0.25)),
                Duplication: _chance.Weighted((2, 0.0), (2, 0.02), (2, 0.15)),
                Reordering: _chance.Weighted((2, 0.0), (2, 0.05), (2, 0.25)),
                MinimumDelay: least,
                MaximumDelay: least + _chance.Weighted((1, 0), (1, 30), (1, 200)),
                HoldBack: _chance.Between(20, 900));
    }

    private List<SimWorldTraits> MakeCast()
    {
        var count = _chance.Between(5, 20);
        var bindings = Enumerable.Range(0, count).Select(static i => new List<SimWorldBinding> { new($"u{i}") }).ToArray();

        // Groups fork: some in parallel, some by q; an alias leads to another user of ours and so back to the proxy.
        for (var group = 0; group < Math.Max(1, count / 4); group++)
        {
            var ranked = _chance.Is(0.5);
            foreach (var member in Enumerable.Range(0, _chance.Between(2, 4)).Select(_ => _chance.Between(0, count - 1)).Distinct().ToArray())
            {
                bindings[member].Add(new SimWorldBinding($"group{group}", ranked ? 100 * _chance.Between(1, 3) : -1));
            }

            if (_chance.Is(0.4))
            {
                bindings[_chance.Between(0, count - 1)].Add(new SimWorldBinding(
                    $"alias{group}", Contact: $"sip:{_chance.Pick([$"u{_chance.Between(0, count - 1)}", $"group{group}", $"alias{group}"])}@home.test"));
            }
        }

        return [.. Enumerable.Range(0, count).Select(i => MakeTraits(i, bindings[i]))];
    }

    private SimWorldTraits MakeTraits(int i, IReadOnlyList<SimWorldBinding> bindings)
    {
        // Some share a NAT: one host, and the port tells them apart.
        var isBehindNat = Options.Mode == NetworkMode.Nat && _chance.Is(0.4);
        var address = isBehindNat && _chance.Is(0.5)
            ? PeerAddress.FromV4(0x7F00_0064, (ushort)(6000 + i))
            : PeerAddress.FromV4(0x7F00_0002 + (uint)i, (ushort)(_chance.Is(0.5) ? 5060 : 6000 + i));
        return new SimWorldTraits
        {
            Name = $"u{i}",
            Address = address,
            OwnAddress = isBehindNat ? PeerAddress.FromV4(0xC0A8_0102, 5060) : address,
            Proxy = PeerAddress.From(_chance.Pick(Options.Listen).EndPoint),
            Bindings = bindings,
            Expires = _chance.Weighted((1, 12), (2, 60), (2, 300), (2, 3600)),
            HostName = !isBehindNat && _chance.Is(0.15) ? $"u{i}.hosts.test" : null,
            NeverAcks = _chance.Is(0.05),
            ForgetsToRefresh = _chance.Is(0.1),
            AnswersAfterCancel = _chance.Is(0.1),
            UsesRport = isBehindNat || _chance.Is(0.5),
        };
    }

    private void PlanTrouble()
    {
        ReportsClosedPorts = _chance.Is(0.5);
        for (var i = _chance.Weighted((2, 0), (1, 1), (1, 4)); i > 0; i--)
        {
            Restarts.Add((AnyTick(), _chance.Between(0, Cast.Count - 1), _chance.Weighted((1, 0), (1, 300), (2, _chance.Between(1_000, 40_000)))));
        }

        for (var i = _chance.Weighted((7, 0), (2, 1), (1, 3)); i > 0; i--)
        {
            ClockSteps.Add((AnyTick(), _chance.Weighted((1, -1), (1, 1)) * _chance.Weighted((1, _chance.Between(1, 2_000)), (1, _chance.Between(2_000, 100_000)))));
        }

        for (var i = _chance.Weighted((7, 0), (3, 1)); i > 0; i--)
        {
            Storms.Add((AnyTick(), _chance.Between(1_000, 40_000)));
        }

        for (var i = _chance.Weighted((1, 0), (1, 15)); i > 0; i--)
        {
            Noise.Add(AnyTick());
        }

        for (var i = _chance.Weighted((3, 0), (1, 20)); i > 0; i--)
        {
            ForgedNotices.Add(AnyTick());
        }

        for (var i = IsHostile ? 60 : 0; i > 0; i--)
        {
            BentCopies.Add(AnyTick());
        }

        DrainTick = _chance.Is(0.1) ? AnyTick() : 0;
    }

    private int AnyTick() => _chance.Between(2_000, ActiveMilliseconds);
}
