using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>
/// The one pass over the header of a message that goes on: what no edit touches is copied in runs, and the lines of
/// <see cref="HeaderEdits"/> come in where they belong. What a writer does of itself to a field it does between
/// <see cref="Enter"/> and <see cref="Leave"/>.
/// </summary>
internal ref struct EditedHeaderWriter
{
    private readonly SipMessage _message;
    private readonly HeaderEdits? _edits;
    private readonly int _nameCount;
    private int _copied;
    private int _entered;

    /// <param name="message">The message as it came.</param>
    /// <param name="edits">What becomes of its header; null for nothing.</param>
    public EditedHeaderWriter(SipMessage message, HeaderEdits? edits)
    {
        _message = message;
        _edits = edits;
        _nameCount = edits?.NameCount ?? 0;
        _copied = message.HeadersStart;
        if (_nameCount > 0)
        {
            edits!.Locate(message);
        }
    }

    /// <summary>Copies what came before a field and is not copied yet; the field itself is left to the caller.</summary>
    public void CopyUpTo(ref SipWriter writer, in HeaderLine header)
    {
        if (header.Line.Start > _copied)
        {
            writer.Write(_message.Bytes[_copied..header.Line.Start]);
        }

        _copied = header.Line.End;
    }

    /// <summary>Writes the lines that no line of the message says a place for, unless they go to the end. To be called where our Via is.</summary>
    public readonly void WriteMissing(ref SipWriter writer)
    {
        for (var i = 0; i < _nameCount; i++)
        {
            ref readonly var edited = ref _edits![i];
            if (edited.HasAbove && !edited.HasPlace)
            {
                _edits.WriteAbove(ref writer, i);
                _edits.WriteBelow(ref writer, i);
            }
        }
    }

    /// <summary>Goes on to a field and writes what belongs above it. False when the field does not stay.</summary>
    public bool Enter(ref SipWriter writer, int index)
    {
        var header = _message.Headers[index];
        CopyUpTo(ref writer, header);
        _entered = _nameCount == 0 ? -1 : _edits!.IndexOf(_message, header);
        if (_entered < 0)
        {
            return true;
        }

        ref readonly var edited = ref _edits![_entered];
        if (index == edited.First && edited.HasPlace)
        {
            _edits.WriteAbove(ref writer, _entered);
            if (edited.IsRemoved)
            {
                _edits.WriteBelow(ref writer, _entered);
            }
        }

        return !edited.IsRemoved;
    }

    /// <summary>Writes what belongs below the field that was entered last.</summary>
    public readonly void Leave(ref SipWriter writer, int index)
    {
        if (_entered < 0)
        {
            return;
        }

        ref readonly var edited = ref _edits![_entered];
        if (index == edited.Last && !edited.IsRemoved)
        {
            _edits.WriteBelow(ref writer, _entered);
        }
    }

    /// <summary>Copies the rest, the body included; the lines that go to the end of the header stand above its empty line.</summary>
    public readonly void Finish(ref SipWriter writer)
    {
        var bytes = _message.Bytes;
        var copied = _copied;
        for (var i = 0; i < _nameCount; i++)
        {
            ref readonly var edited = ref _edits![i];
            if (edited.HasBelow && !edited.HasAbove && !edited.HasPlace)
            {
                var end = _message.Body.Start - 2;
                writer.Write(bytes[copied..end]);
                copied = end;
                _edits.WriteBelow(ref writer, i);
            }
        }

        writer.Write(bytes[copied..]);
        if (_edits is { Overflowed: true })
        {
            writer.Overflow();
        }
    }
}
