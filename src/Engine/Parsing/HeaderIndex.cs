using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>One header field as it stands in the message, folded lines included.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Line">The whole field, from its name to its last CRLF included.</param>
/// <param name="Value">The value without the white space around it; folds inside stay.</param>
internal readonly record struct HeaderLine(HeaderName Name, Slice Line, Slice Value);

/// <summary>
/// Where each header field of a message is, in message order. Grows to the limit on header fields once and is
/// reused for ever after.
/// </summary>
internal sealed class HeaderIndex
{
    private readonly int _limit;
    private HeaderLine[] _lines;
    private FirstOfEach _first;
    private ulong _repeated;

    public HeaderIndex(int limit)
    {
        _limit = limit;
        _lines = new HeaderLine[Math.Min(48, limit)];
    }

    /// <summary>Header fields in the message.</summary>
    public int Count { get; private set; }

    public HeaderLine this[int index] => _lines[index];

    /// <summary>The fields in message order.</summary>
    public ReadOnlySpan<HeaderLine> Lines => new(_lines, 0, Count);

    /// <summary>Index of the first field of that name, or -1.</summary>
    public int FirstOf(HeaderName name) => _first[(int)name] - 1;

    /// <summary>True when there are two or more fields of that name.</summary>
    public bool IsRepeated(HeaderName name) => (_repeated & (1UL << (int)name)) != 0;

    /// <summary>Index of the next field of the same name after <paramref name="index"/>, or -1.</summary>
    public int NextOf(int index)
    {
        var name = _lines[index].Name;
        if (!IsRepeated(name))
        {
            return -1;
        }

        for (var i = index + 1; i < Count; i++)
        {
            if (_lines[i].Name == name)
            {
                Steps.Walk(i - index);
                return i;
            }
        }

        Steps.Walk(Count - index);
        return -1;
    }

    internal void Clear()
    {
        Count = 0;
        _first = default;
        _repeated = 0;
    }

    internal bool TryAdd(HeaderName name, Slice line, Slice value)
    {
        if (Count == _lines.Length)
        {
            if (Count >= _limit)
            {
                return false;
            }

            Array.Resize(ref _lines, Math.Min(_limit, Count * 2));
        }

        _lines[Count++] = new HeaderLine(name, line, value);
        ref var first = ref _first[(int)name];
        if (first == 0)
        {
            first = (ushort)Count;
        }
        else
        {
            _repeated |= 1UL << (int)name;
        }

        return true;
    }

    [InlineArray(HeaderNames.Count)]
    private struct FirstOfEach
    {
        private ushort _element;
    }
}
