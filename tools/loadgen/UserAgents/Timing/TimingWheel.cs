using System.Numerics;

namespace ImsSipFast.LoadGen.Timing;

/// <summary>
/// What is due? A single wheel of 65,536 ticks of a millisecond; a timer further ahead goes round again. Timers are
/// numbers: each leg has a few of its own. A timer fires at the first tick that is not before the time it was set for.
/// </summary>
internal sealed class TimingWheel
{
    /// <summary>Microseconds of a tick.</summary>
    public const long Tick = 1000;

    private const int Size = 1 << 16;
    private const int Chunk = 1 << 12;

    private readonly int[] _heads = new int[Size];
    private readonly ulong[] _occupied = new ulong[Size / 64];
    private Node[][] _nodes = [];
    private long _now = -1;

    public TimingWheel() => Array.Fill(_heads, -1);

    /// <summary>Timers that are set.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for a timer.</summary>
    public void Reserve(int timer)
    {
        while (timer >= _nodes.Length * Chunk)
        {
            Array.Resize(ref _nodes, _nodes.Length + 1);
            var chunk = new Node[Chunk];
            chunk.AsSpan().Fill(Node.Unset);
            _nodes[^1] = chunk;
        }
    }

    /// <summary>Sets a timer, again if it was set; microseconds.</summary>
    public void Schedule(int timer, long at)
    {
        Cancel(timer);
        var tick = Math.Max((at + Tick - 1) / Tick, _now + 1);
        Link(timer, tick);
        Count++;
    }

    /// <summary>Unsets a timer; nothing happens when it is not set.</summary>
    public void Cancel(int timer)
    {
        ref var node = ref At(timer);
        if (node.Tick >= 0)
        {
            Unlink(timer, ref node);
            Count--;
        }
    }

    /// <summary>Fires what is due until <paramref name="now"/>, each with the microsecond of its tick.</summary>
    public void Advance(long now, Action<int, long> fire)
    {
        var last = now / Tick;
        while (_now < last)
        {
            if (Count == 0)
            {
                _now = last;
                return;
            }

            _now = Math.Min(NextOccupied(_now + 1), last);
            Fire(_now, fire);
        }
    }

    /// <summary>No timer fires before this microsecond; <see cref="long.MaxValue"/> when none is set.</summary>
    public long NextDue => Count == 0 ? long.MaxValue : NextOccupied(_now + 1) * Tick;

    private void Fire(long tick, Action<int, long> fire)
    {
        // Whatever is set while firing lands on a later tick, so the list only shrinks.
        var timer = _heads[tick & (Size - 1)];
        while (timer >= 0)
        {
            ref var node = ref At(timer);
            if (node.Tick == tick)
            {
                Unlink(timer, ref node);
                Count--;
                fire(timer, tick * Tick);

                // Firing may have unset any other timer of this tick: begin again.
                timer = _heads[tick & (Size - 1)];
                continue;
            }

            timer = node.Next;
        }
    }

    /// <summary>The next tick from <paramref name="from"/> whose slot holds a timer, of whichever round.</summary>
    private long NextOccupied(long from)
    {
        var start = (int)(from & (Size - 1));
        var word = start / 64;
        var bits = _occupied[word] & (ulong.MaxValue << (start % 64));
        for (var i = 0; i <= _occupied.Length; i++)
        {
            if (bits != 0)
            {
                var slot = (((word + i) % _occupied.Length) * 64) + BitOperations.TrailingZeroCount(bits);
                return from + ((slot - start) & (Size - 1));
            }

            bits = _occupied[(word + i + 1) % _occupied.Length];
        }

        return long.MaxValue / Tick;
    }

    private void Link(int timer, long tick)
    {
        var slot = (int)(tick & (Size - 1));
        ref var node = ref At(timer);
        node = new(tick, _heads[slot], -1);
        if (node.Next >= 0)
        {
            At(node.Next).Previous = timer;
        }

        _heads[slot] = timer;
        _occupied[slot / 64] |= 1UL << (slot % 64);
    }

    private void Unlink(int timer, ref Node node)
    {
        var slot = (int)(node.Tick & (Size - 1));
        if (node.Next >= 0)
        {
            At(node.Next).Previous = node.Previous;
        }

        if (node.Previous >= 0)
        {
            At(node.Previous).Next = node.Next;
        }
        else
        {
            _heads[slot] = node.Next;
            if (node.Next < 0)
            {
                _occupied[slot / 64] &= ~(1UL << (slot % 64));
            }
        }

        node = Node.Unset;
    }

    private ref Node At(int timer) => ref _nodes[timer / Chunk][timer % Chunk];

    private record struct Node(long Tick, int Next, int Previous)
    {
        public static readonly Node Unset = new(-1, -1, -1);
    }
}
