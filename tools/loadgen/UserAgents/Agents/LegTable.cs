using System.Buffers;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>
/// All legs of a run, found by the number that their messages carry. Room is made in chunks and used again, the one
/// freed last first, while it is still in the processor's cache.
/// </summary>
internal sealed class LegTable
{
    /// <summary>Octets of text that every leg has room for; more is rented.</summary>
    public const int TextRoom = 1024;

    private const int IndexBits = 24;
    private const int Chunk = 1 << 9;

    private readonly List<int> _free = [];
    private Leg[][] _legs = [];
    private byte[][] _texts = [];
    private byte[]?[] _longTexts = [];
    private ulong _lastSerial;

    /// <summary>Legs in use.</summary>
    public int Live => (_legs.Length * Chunk) - _free.Count;

    /// <summary>Legs that there is room for.</summary>
    public int Capacity => _legs.Length * Chunk;

    public static int IndexOf(ulong id) => (int)(id & ((1 << IndexBits) - 1));

    /// <summary>The leg at an index, live or free.</summary>
    public ref Leg At(int index) => ref _legs[index / Chunk][index % Chunk];

    /// <summary>True when a leg of that number was ever made here.</summary>
    public bool WasMade(ulong id) => id >> IndexBits is > 0 and var serial && serial <= _lastSerial;

    /// <summary>True when the leg lives.</summary>
    public bool IsLive(ulong id) => IndexOf(id) < Capacity && id != 0 && At(IndexOf(id)).Id == id;

    /// <summary>Makes room for so many, before time matters.</summary>
    public void Reserve(int legs)
    {
        while (Capacity < legs)
        {
            Grow();
        }
    }

    /// <summary>A new leg, all else zero.</summary>
    public ref Leg Take()
    {
        if (_free.Count == 0)
        {
            Grow();
        }

        var index = _free[^1];
        _free.RemoveAt(_free.Count - 1);
        ref var leg = ref At(index);
        leg = default;
        leg.Id = (++_lastSerial << IndexBits) | (uint)index;
        return ref leg;
    }

    /// <summary>Frees a leg.</summary>
    public void Return(ref Leg leg)
    {
        var index = leg.Index;
        leg.Id = 0;
        leg.Kind = LegKind.Free;
        if (_longTexts[index] is { } text)
        {
            ArrayPool<byte>.Shared.Return(text);
            _longTexts[index] = null;
        }

        _free.Add(index);
    }

    /// <summary>The text of a leg.</summary>
    public ReadOnlySpan<byte> Text(scoped in Leg leg, Slice slice) => Room(leg.Index).Slice(slice.Start, slice.Length);

    /// <summary>Adds to the text of a leg.</summary>
    public Slice Append(ref Leg leg, ReadOnlySpan<byte> text)
    {
        var needed = leg.TextLength + text.Length;
        var room = Room(leg.Index);
        if (needed > room.Length)
        {
            room = Lengthen(leg.Index, room, needed);
        }

        text.CopyTo(room[leg.TextLength..]);
        var slice = new Slice(leg.TextLength, text.Length);
        leg.TextLength = needed;
        return slice;
    }

    private Span<byte> Room(int index) =>
        _longTexts[index] is { } text ? text : _texts[index / Chunk].AsSpan(index % Chunk * TextRoom, TextRoom);

    private Span<byte> Lengthen(int index, Span<byte> old, int needed)
    {
        var text = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * old.Length));
        old.CopyTo(text);
        if (_longTexts[index] is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        _longTexts[index] = text;
        return text;
    }

    private void Grow()
    {
        var first = Capacity;
        Array.Resize(ref _legs, _legs.Length + 1);
        Array.Resize(ref _texts, _legs.Length);
        Array.Resize(ref _longTexts, _legs.Length * Chunk);
        _legs[^1] = new Leg[Chunk];
        _texts[^1] = GC.AllocateUninitializedArray<byte>(Chunk * TextRoom);
        _free.EnsureCapacity(Capacity);
        for (var i = Chunk - 1; i >= 0; i--)
        {
            _free.Add(first + i);
        }
    }
}
