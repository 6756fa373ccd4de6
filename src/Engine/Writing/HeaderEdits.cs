using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// What becomes of the header fields of a message on its way on, beside what its writer does of itself (RFC 3261 §16.6,
/// §16.7): a list of edits by name, of names that the engine reads and of others. There is one for each shard, emptied
/// for each message.
/// <code>
/// edits.Remove("P-Preferred-Identity"u8);
/// edits.Add(HeaderName.Reason, HeaderOperation.Append, "SIP;cause=200"u8);
/// var writer = edits.Begin(HeaderName.RecordRoute, HeaderOperation.Prepend);
/// writer.Write(…);                                       ; into the room of the list: copied once more, to the message
/// edits.End(writer);
/// </code>
/// Edits are of whole lines, and each is made to what the ones before it left: of two prepended lines the later one
/// stands above, and a name that is removed or replaced loses the lines that were added before too.
/// </summary>
internal sealed class HeaderEdits
{
    /// <summary>How many names may be edited in one message.</summary>
    public const int MostNames = 32;

    /// <summary>How many times lines may be added to one message.</summary>
    public const int MostLines = 32;

    private const int None = -1;

    private readonly byte[] _room;
    private readonly EditedName[] _names = new EditedName[MostNames];
    private readonly AddedLine[] _lines = new AddedLine[MostLines];
    private int _nameCount;
    private int _lineCount;
    private int _used;
    private int _openName;
    private HeaderOperation _openOperation;

    // A bit for each length of an other name, modulo 64: most lines are told from them without a comparison.
    private ulong _otherLengths;

    /// <param name="octets">Octets of all lines together. What the longest message does not hold would not fit a datagram.</param>
    public HeaderEdits(int octets = MessagePool.MaxCapacity) => _room = new byte[octets];

    /// <summary>True when something found no room. The writers overflow by it, so that the message is not sent.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>A bit for each name that is edited; that of <see cref="HeaderName.Other"/> stands for all others.</summary>
    public ulong Names { get; private set; }

    /// <summary>How many names are edited.</summary>
    public int NameCount => _nameCount;

    /// <summary>What becomes of a name, in the order in which they were first mentioned.</summary>
    public ref readonly EditedName this[int index] => ref _names[index];

    /// <summary>Forgets all edits: for the next message.</summary>
    public void Clear()
    {
        _nameCount = _lineCount = _used = 0;
        Names = _otherLengths = 0;
        Overflowed = false;
    }

    /// <summary>True when there is an edit of that name; for <see cref="HeaderName.Other"/>, of any other name.</summary>
    public bool Touches(HeaderName name) => ((Names >> (int)name) & 1) != 0;

    /// <summary>No line of that name stays.</summary>
    public void Remove(HeaderName name) => Remove(FindOrAdd(name, default));

    /// <summary>The same of any name, whether the engine reads it or not.</summary>
    public void Remove(scoped ReadOnlySpan<byte> name) => Remove(FindOrAdd(name));

    /// <summary>Adds the line <c>name: value CRLF</c>.</summary>
    public void Add(HeaderName name, HeaderOperation operation, scoped ReadOnlySpan<byte> value)
    {
        var writer = Begin(name, operation);
        writer.Write(value);
        End(writer);
    }

    /// <summary>The same with any name, whether the engine reads it or not.</summary>
    public void Add(scoped ReadOnlySpan<byte> name, HeaderOperation operation, scoped ReadOnlySpan<byte> value)
    {
        var writer = Begin(name, operation);
        writer.Write(value);
        End(writer);
    }

    /// <summary>Adds lines that are complete, each with its name and its CRLF: as one, in their order.</summary>
    public void AddLines(HeaderName name, HeaderOperation operation, scoped ReadOnlySpan<byte> lines)
    {
        var writer = Open(FindOrAdd(name, default), operation);
        writer.Write(lines);
        Close(writer);
    }

    /// <summary>Begins the line <c>name: value CRLF</c>; the value is for the caller to write, and then <see cref="End"/> to be called.</summary>
    public SipWriter Begin(HeaderName name, HeaderOperation operation) => Begin(FindOrAdd(name, default), HeaderSpelling.Of(name), operation);

    /// <summary>The same with any name, whether the engine reads it or not.</summary>
    public SipWriter Begin(scoped ReadOnlySpan<byte> name, HeaderOperation operation) => Begin(FindOrAdd(name), name, operation);

    /// <summary>Ends the line that was begun last. One that is never ended is none.</summary>
    public void End(scoped SipWriter writer)
    {
        writer.Write("\r\n"u8);
        Close(writer);
    }

    /// <summary>Finds where the edited names stand in a message. At most one walk over its fields, and none for most messages.</summary>
    public void Locate(SipMessage message)
    {
        var headers = message.Headers;
        var isWalkNeeded = Touches(HeaderName.Other);
        for (var i = 0; i < _nameCount; i++)
        {
            ref var edited = ref _names[i];
            edited.First = edited.Last = edited.Name == HeaderName.Other ? None : headers.FirstOf(edited.Name);
            isWalkNeeded |= edited.HasBelow && headers.IsRepeated(edited.Name);
        }

        if (!isWalkNeeded)
        {
            return;
        }

        Steps.Walk(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            if (IndexOf(message, headers[i]) is >= 0 and var index)
            {
                ref var edited = ref _names[index];
                edited.First = edited.First < 0 ? i : edited.First;
                edited.Last = i;
            }
        }
    }

    /// <summary>Which of the edited names a field of a message has, or -1.</summary>
    public int IndexOf(SipMessage message, in HeaderLine header)
    {
        if (!Touches(header.Name))
        {
            return None;
        }

        if (header.Name != HeaderName.Other)
        {
            return IndexOf(header.Name, default);
        }

        // RFC 3261 §7.3.1: white space may stand before the colon.
        var line = message[header.Line];
        var colon = line.IndexOf((byte)':');
        Steps.Walk(colon);
        var text = HeaderSpelling.LongForm(line[..colon].TrimEnd(" \t"u8));
        return ((_otherLengths >> text.Length) & 1) == 0 ? None : IndexOf(HeaderName.Other, text);
    }

    /// <summary>Writes the lines of a name that go above, or take the place of what does not stay.</summary>
    public void WriteAbove(ref SipWriter writer, int index)
    {
        for (var i = _lineCount - 1; i >= 0; i--)
        {
            if (_lines[i].Name == index && _lines[i].Operation != HeaderOperation.Append)
            {
                writer.Write(_room.AsSpan(_lines[i].Start, _lines[i].Length));
            }
        }
    }

    /// <summary>Writes the lines of a name that go below.</summary>
    public void WriteBelow(ref SipWriter writer, int index)
    {
        for (var i = 0; i < _lineCount; i++)
        {
            if (_lines[i].Name == index && _lines[i].Operation == HeaderOperation.Append)
            {
                writer.Write(_room.AsSpan(_lines[i].Start, _lines[i].Length));
            }
        }
    }

    /// <summary>Writes all lines, name by name: for a message of our own, which has none of these names otherwise.</summary>
    public void WriteLines(ref SipWriter writer)
    {
        for (var i = 0; i < _nameCount; i++)
        {
            WriteAbove(ref writer, i);
            WriteBelow(ref writer, i);
        }

        if (Overflowed)
        {
            writer.Overflow();
        }
    }

    private int IndexOf(HeaderName name, scoped ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < _nameCount; i++)
        {
            ref readonly var edited = ref _names[i];
            if (edited.Name == name && (name != HeaderName.Other || Ascii.EqualsIgnoreCase(_room.AsSpan(edited.TextStart, edited.TextLength), text)))
            {
                Steps.Walk(i + 1);
                return i;
            }
        }

        Steps.Walk(_nameCount);
        return None;
    }

    private int FindOrAdd(scoped ReadOnlySpan<byte> name)
    {
        var known = HeaderNames.Recognise(name);
        return FindOrAdd(known, known == HeaderName.Other ? HeaderSpelling.LongForm(name) : default);
    }

    private int FindOrAdd(HeaderName known, scoped ReadOnlySpan<byte> text)
    {
        var index = Touches(known) ? IndexOf(known, text) : None;
        if (index >= 0)
        {
            return index;
        }

        if (_nameCount == MostNames || (known == HeaderName.Other && text.IsEmpty) || text.Length > _room.Length - _used)
        {
            Overflowed = true;
            return None;
        }

        text.CopyTo(_room.AsSpan(_used));
        _names[_nameCount] = new EditedName { Name = known, TextStart = _used, TextLength = text.Length };
        _used += text.Length;
        Names |= 1UL << (int)known;
        _otherLengths |= known == HeaderName.Other ? 1UL << text.Length : 0;
        return _nameCount++;
    }

    private void Remove(int index)
    {
        if (index >= 0)
        {
            DropLines(index);
            _names[index].IsRemoved = true;
        }
    }

    private SipWriter Begin(int index, scoped ReadOnlySpan<byte> name, HeaderOperation operation)
    {
        var writer = Open(index, operation);
        writer.Write(name);
        writer.Write(": "u8);
        return writer;
    }

    private SipWriter Open(int index, HeaderOperation operation)
    {
        _openName = index;
        _openOperation = operation;
        return new SipWriter(_room.AsSpan(_used));
    }

    private void Close(scoped in SipWriter writer)
    {
        if (_openName < 0 || _lineCount == MostLines || writer.Overflowed)
        {
            Overflowed = true;
            return;
        }

        ref var edited = ref _names[_openName];
        if (_openOperation == HeaderOperation.Replace)
        {
            DropLines(_openName);
            edited.IsRemoved = edited.IsReplaced = true;
        }

        edited.HasAbove |= _openOperation != HeaderOperation.Append;
        edited.HasBelow |= _openOperation == HeaderOperation.Append;
        _lines[_lineCount++] = new AddedLine(_openName, _openOperation, _used, writer.Length);
        _used += writer.Length;
    }

    private void DropLines(int index)
    {
        for (var i = 0; i < _lineCount; i++)
        {
            if (_lines[i].Name == index)
            {
                _lines[i] = _lines[i] with { Name = None };
            }
        }

        ref var edited = ref _names[index];
        edited.HasAbove = edited.HasBelow = edited.IsReplaced = false;
    }

    /// <summary>A line, or several that were added as one: whose, where, and its octets in the room.</summary>
    private readonly record struct AddedLine(int Name, HeaderOperation Operation, int Start, int Length);
}
