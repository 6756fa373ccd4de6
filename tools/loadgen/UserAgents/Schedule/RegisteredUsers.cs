using System.Collections;

namespace ImsSipFast.LoadGen.Schedule;

/// <summary>Which users have a binding, as far as was asked for: each kind of attempt takes its users in turn.</summary>
internal sealed class RegisteredUsers
{
    private readonly BitArray _bound;
    private int _count;
    private int _nextNew;
    private int _nextRefreshed;
    private int _nextRemoved;

    /// <param name="users">Users in all.</param>
    /// <param name="atStart">The first so many have a binding.</param>
    public RegisteredUsers(int users, int atStart)
    {
        _bound = new(users);
        for (var i = 0; i < atStart; i++)
        {
            _bound[i] = true;
        }

        _count = atStart;
        _nextNew = atStart % users;
    }

    /// <summary>A user without a binding, who gets one; when all have one, the next of them.</summary>
    public int Add()
    {
        if (_count == _bound.Count)
        {
            return Refresh();
        }

        var user = Next(ref _nextNew, false);
        _bound[user] = true;
        _count++;
        return user;
    }

    /// <summary>A user with a binding; a new one when there is none.</summary>
    public int Refresh() => _count == 0 ? Add() : Next(ref _nextRefreshed, true);

    /// <summary>A user with a binding, who loses it; the next of all when there is none.</summary>
    public int Remove()
    {
        if (_count == 0)
        {
            return Next(ref _nextRemoved, false);
        }

        var user = Next(ref _nextRemoved, true);
        _bound[user] = false;
        _count--;
        return user;
    }

    private int Next(ref int from, bool bound)
    {
        while (_bound[from] != bound)
        {
            from = (from + 1) % _bound.Count;
        }

        var user = from;
        from = (from + 1) % _bound.Count;
        return user;
    }
}
