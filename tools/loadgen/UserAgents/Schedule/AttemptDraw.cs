using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Schedule;

/// <summary>Draws what an attempt is: profile, users, and the shares of its shape.</summary>
internal sealed class AttemptDraw
{
    private readonly LoadPlan _plan;
    private readonly Chance _chance;
    private readonly double[] _upTo;
    private readonly RegisteredUsers _registered;
    private int _caller;
    private int _called;
    private uint _number;

    public AttemptDraw(LoadPlan plan, Chance chance)
    {
        _plan = plan;
        _chance = chance;
        _registered = new(plan.Users, RegisteredAtStart(plan));
        var sum = plan.Mix.Sum(share => share.Weight);
        var upTo = 0.0;
        _upTo = [.. plan.Mix.Select(share => upTo += share.Weight / sum)];
        _called = plan.Users / 2;
    }

    /// <summary>Users of the calling side that have a binding before the first phase, because refreshes are asked for.</summary>
    public static int RegisteredAtStart(LoadPlan plan) => plan.Mix.Any(share => share.Profile == Profile.Register)
        ? (int)Math.Ceiling(plan.Users * Math.Clamp(plan.Register.Refresh + plan.Register.Remove, 0, 1)) : 0;

    /// <summary>The next attempt.</summary>
    public Attempt Next(int phase, long due, int ticket = 0, Profile? given = null)
    {
        var profile = given ?? DrawProfile();
        return profile == Profile.Register ? Registration(phase, due, ticket) : new()
        {
            Profile = profile,
            Phase = phase,
            Due = due,
            Ticket = ticket,
            Local = Step(ref _caller),
            Remote = Step(ref _called),
            Number = _number++,
            Flags = DrawFlags(profile),
        };
    }

    private Attempt Registration(int phase, long due, int ticket)
    {
        var drawn = _chance.Fraction();
        var remove = drawn < _plan.Register.Remove;
        var refresh = !remove && drawn < _plan.Register.Remove + _plan.Register.Refresh;
        var user = remove ? _registered.Remove() : refresh ? _registered.Refresh() : _registered.Add();
        var expires = _plan.Register.ExpiresSeconds[(int)(_chance.Next() % (uint)_plan.Register.ExpiresSeconds.Count)];
        return new()
        {
            Profile = Profile.Register,
            Phase = phase,
            Due = due,
            Ticket = ticket,
            Local = user,
            Number = remove ? 0 : (uint)expires,
        };
    }

    private Profile DrawProfile()
    {
        var index = 0;
        if (_upTo.Length > 1)
        {
            var drawn = _chance.Fraction();
            while (index < _upTo.Length - 1 && drawn >= _upTo[index])
            {
                index++;
            }
        }

        return _plan.Mix[index].Profile;
    }

    private LegFlags DrawFlags(Profile profile)
    {
        if (profile == Profile.Fork)
        {
            return LegFlags.Fork;
        }

        if (profile != Profile.Call)
        {
            return LegFlags.None;
        }

        var shape = _plan.Call;
        return (_chance.Is(shape.CalleeHangsUp) ? LegFlags.CalleeHangsUp : LegFlags.None)
            | (_chance.Is(shape.EarlyMedia) ? LegFlags.EarlyMedia : LegFlags.None)
            | (_chance.Is(shape.ReInvite) ? LegFlags.ReInvite : LegFlags.None);
    }

    private int Step(ref int user)
    {
        var now = user;
        user = user + 1 == _plan.Users ? 0 : user + 1;
        return now;
    }
}
