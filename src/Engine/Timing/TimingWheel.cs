using System.Numerics;

namespace ImsSipFast.Engine.Timing;

/// <summary>
/// A hierarchical timing wheel: what is due at tick n? Schedule and Cancel are O(1); an idle stretch of any
/// length is skipped by looking at one bitmap a level. The wheel is told the time and never asks.
/// <code>
/// level  one slot       64 slots reach
/// 0      1 ms           64 ms
/// 1      64 ms          4.096 s
/// 2      4.096 s        4 min 22 s
/// 3      4 min 22 s     4 h 39 min
/// 4      4 h 39 min     12.4 days
/// 5      12.4 days      2.2 years
/// </code>
/// Timers fire at their tick, never before, in tick order. Single-threaded, like the shard that owns it.
/// </summary>
internal sealed class TimingWheel
{
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int Levels = 6;
    private const int DueSlot = Levels * SlotsPerLevel;
    private const long Reach = 1L << (SlotBits * Levels);

    private readonly TimerNode?[] _heads = new TimerNode?[DueSlot + 1];
    private readonly TimerNode?[] _tails = new TimerNode?[DueSlot + 1];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _now;

    public TimingWheel(long nowTick = 0) => _now = nowTick;

    /// <summary>Timers on the wheel.</summary>
    public int Count { get; private set; }

    /// <summary>Puts the timer on the wheel, or moves it. A tick in the past is due at once.</summary>
    public void Schedule(TimerNode node, TimerKind kind, long dueTick)
    {
        if (node.Slot >= 0)
        {
            Unlink(node);
        }
        else
        {
            Count++;
        }

        node.Kind = kind;
        node.DueTick = dueTick;
        Link(node);
    }

    /// <summary>Takes the timer off the wheel; nothing happens when it is not on it.</summary>
    public void Cancel(TimerNode node)
    {
        if (node.Slot >= 0)
        {
            Unlink(node);
            Count--;
        }
    }

    /// <summary>
    /// Takes the next timer that is due at <paramref name="nowTick"/> off the wheel. Ticks earlier than one
    /// already seen are taken as that one, so a clock that steps back fires nothing twice.
    /// </summary>
    public bool TryTakeDue(long nowTick, out TimerNode node)
    {
        while (true)
        {
            if (_heads[DueSlot] is { } due)
            {
                Unlink(due);
                Count--;
                node = due;
                return true;
            }

            if (!TryFindNextSlot(out var level, out var slot, out var slotTick) || slotTick > nowTick)
            {
                _now = Math.Max(_now, nowTick);
                node = null!;
                return false;
            }

            _now = Math.Max(_now, slotTick);
            Cascade((level * SlotsPerLevel) + slot);
        }
    }

    /// <summary>
    /// A tick before which nothing is due (the start of the nearest occupied slot); <see cref="long.MaxValue"/>
    /// when the wheel is empty.
    /// </summary>
    public long NextDueTick() =>
        _heads[DueSlot] is not null ? _now : TryFindNextSlot(out _, out _, out var tick) ? tick : long.MaxValue;

    /// <summary>Adds the timers on the wheel to <paramref name="counts"/>, by kind. Walks them all: for a ledger, not for a meter.</summary>
    public void CountByKind(Span<long> counts)
    {
        foreach (var head in _heads)
        {
            for (var node = head; node is not null; node = node.Next)
            {
                counts[(int)node.Kind]++;
            }
        }
    }

    private bool TryFindNextSlot(out int level, out int slot, out long slotTick)
    {
        // A lower level is always nearer: its timers share all higher digits with the present tick.
        for (level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
            {
                continue;
            }

            var shift = level * SlotBits;
            var current = (int)(_now >> shift) & (SlotsPerLevel - 1);
            slot = (current + BitOperations.TrailingZeroCount(BitOperations.RotateRight(_occupied[level], current))) & (SlotsPerLevel - 1);
            var levelStart = _now >> (shift + SlotBits) << (shift + SlotBits);
            slotTick = levelStart + ((long)slot << shift);
            if (slot < current)
            {
                // Only the top level wraps: there a slot behind the present one is one turn ahead.
                slotTick += Reach;
            }

            return true;
        }

        (slot, slotTick) = (0, 0);
        return false;
    }

    private void Cascade(int index)
    {
        var node = _heads[index];
        _heads[index] = _tails[index] = null;
        _occupied[index / SlotsPerLevel] &= ~(1UL << (index % SlotsPerLevel));
        while (node is not null)
        {
            var next = node.Next;
            Link(node);
            node = next;
        }
    }

    private void Link(TimerNode node)
    {
        var index = DueSlot;
        if (node.DueTick > _now)
        {
            // A timer beyond the top level waits in its farthest slot and is placed again from there.
            var due = Math.Min(node.DueTick, _now + Reach - (1L << (SlotBits * (Levels - 1))));
            var level = (63 - BitOperations.LeadingZeroCount((ulong)(due ^ _now) | 1)) / SlotBits;
            level = Math.Min(level, Levels - 1);
            var slot = (int)(due >> (level * SlotBits)) & (SlotsPerLevel - 1);
            _occupied[level] |= 1UL << slot;
            index = (level * SlotsPerLevel) + slot;
        }

        node.Slot = (short)index;
        node.Next = null;
        node.Previous = _tails[index];
        if (_tails[index] is { } tail)
        {
            tail.Next = node;
        }
        else
        {
            _heads[index] = node;
        }

        _tails[index] = node;
    }

    private void Unlink(TimerNode node)
    {
        int index = node.Slot;
        if (node.Previous is { } previous)
        {
            previous.Next = node.Next;
        }
        else
        {
            _heads[index] = node.Next;
        }

        if (node.Next is { } next)
        {
            next.Previous = node.Previous;
        }
        else
        {
            _tails[index] = node.Previous;
        }

        if (_heads[index] is null && index < DueSlot)
        {
            _occupied[index / SlotsPerLevel] &= ~(1UL << (index % SlotsPerLevel));
        }

        node.Next = node.Previous = null;
        node.Slot = -1;
    }
}
