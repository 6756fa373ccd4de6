using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>What becomes of the lines of one name: all edits of it taken together.</summary>
internal struct EditedName
{
    /// <summary>The name; <see cref="HeaderName.Other"/> when the engine does not read it.</summary>
    public HeaderName Name;

    /// <summary>Where its octets begin in the room of the list, when it is an other one.</summary>
    public int TextStart;

    /// <summary>How many they are.</summary>
    public int TextLength;

    /// <summary>True when no line that the message came with stays.</summary>
    public bool IsRemoved;

    /// <summary>True when the lines of ours take the place of the first one that does not stay.</summary>
    public bool IsReplaced;

    /// <summary>True when there are lines of ours that go above, or take the place.</summary>
    public bool HasAbove;

    /// <summary>True when there are lines of ours that go below.</summary>
    public bool HasBelow;

    /// <summary>Index of the first field of that name in the message that is being written, or -1.</summary>
    public int First;

    /// <summary>Index of the last one; only looked for where something goes below it.</summary>
    public int Last;

    /// <summary>True when a line of the message says where ours go.</summary>
    public readonly bool HasPlace => First >= 0 && (!IsRemoved || IsReplaced);
}
