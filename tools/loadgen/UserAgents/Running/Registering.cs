using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Schedule;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Running;

/// <summary>Registers who has to be registered before the first phase: so many at a time, each when another is done.</summary>
internal sealed class Registering
{
    private const int AtOnce = 64;
    private const uint LeastExpiresSeconds = 3600;

    private readonly AgentWorld _world;
    private readonly RunMetrics _metrics;
    private readonly List<(Side Side, LegFlags Flags, int Count)> _groups = [];
    private readonly uint _expires;
    private int _group;
    private int _user;

    public Registering(LoadPlan plan, AgentWorld world, RunMetrics metrics)
    {
        _world = world;
        _metrics = metrics;
        _expires = Math.Max(LeastExpiresSeconds, (uint)plan.Phases.Sum(phase => phase.Duration.TotalSeconds) + 600);
        var profiles = plan.Mix.Select(share => share.Profile).ToHashSet();
        if (profiles.Any(profile => profile is not (Profile.Register or Profile.Fork)))
        {
            _groups.Add((Side.Called, LegFlags.None, plan.Users));
        }

        if (profiles.Contains(Profile.Fork))
        {
            _groups.Add((Side.Called, LegFlags.Fork, plan.Users));
        }

        if (profiles.Contains(Profile.Register))
        {
            _groups.Add((Side.Calling, LegFlags.None, AttemptDraw.RegisteredAtStart(plan)));
        }
    }

    /// <summary>True when all have been begun and none is under way, or when nobody answers.</summary>
    public bool IsOver => _group == _groups.Count && _metrics.InFlight == 0;

    /// <summary>True when it is over and nobody is registered: there is no proxy, or not for us.</summary>
    public bool IsInVain => IsOver && _metrics.Failed > 0 && _metrics.Succeeded == 0;

    /// <summary>Begins as many as may be.</summary>
    public void Advance(long now)
    {
        // The first ones all failed: the others would, too.
        if (_metrics.Failed >= AtOnce && _metrics.Succeeded == 0)
        {
            _group = _groups.Count;
        }

        while (_group < _groups.Count && _metrics.InFlight < AtOnce)
        {
            var (side, flags, count) = _groups[_group];
            if (_user == count)
            {
                _group++;
                _user = 0;
                continue;
            }

            _world.Begin(
                new Attempt { Profile = Profile.Register, Phase = -1, Due = now, Local = _user++, Number = _expires, Flags = flags, Side = side },
                now);
        }
    }
}
