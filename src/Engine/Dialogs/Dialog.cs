using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Dialogs;

/// <summary>The life of a dialog as an observer sees it (RFC 3261 §12).</summary>
internal enum DialogState : byte
{
    /// <summary>A provisional response with a To tag has passed.</summary>
    Early,

    /// <summary>A 2xx has passed.</summary>
    Confirmed,
}

/// <summary>Where a request stands.</summary>
internal enum DialogPlace : byte
{
    /// <summary>In no dialog: its responses may begin some.</summary>
    Outside,

    /// <summary>In one that is observed: when that is gone by the time of the response, a BYE has ended it.</summary>
    Observed,

    /// <summary>In one that is not: it began before us, or was forgotten. It is observed from here on, and no new call.</summary>
    Unobserved,
}

/// <summary>One observed dialog. Never consulted to route: the Route set of the messages does that.</summary>
internal sealed class Dialog
{
    private const int NameCapacity = 48;
    private NameBuffer _name;
    private byte _nameLength;

    public Dialog() => IdleTimer = new TimerNode(this);

    /// <summary>Keyed hash of Call-ID and both tags.</summary>
    public ulong Id { get; private set; }

    /// <summary>Early or confirmed.</summary>
    public DialogState State { get; set; }

    /// <summary>Tick at which it was first seen.</summary>
    public long CreatedTick { get; private set; }

    /// <summary>Tick of the last message in it.</summary>
    public long LastSeenTick { get; set; }

    /// <summary>Fires when it may have been idle for too long.</summary>
    public TimerNode IdleTimer { get; }

    /// <summary>The next dialog in the same bucket of the table.</summary>
    public Dialog? NextInBucket { get; set; }

    /// <summary>Call-ID, cut to 48 octets, for the log.</summary>
    public ReadOnlySpan<byte> Name => ((ReadOnlySpan<byte>)_name)[.._nameLength];

    /// <summary>Begins to observe.</summary>
    public void Begin(ulong id, ReadOnlySpan<byte> callId, long nowTick)
    {
        Id = id;
        State = DialogState.Early;
        CreatedTick = LastSeenTick = nowTick;
        NextInBucket = null;
        _nameLength = (byte)Math.Min(callId.Length, NameCapacity);
        callId[.._nameLength].CopyTo(_name);
    }

    [InlineArray(NameCapacity)]
    private struct NameBuffer
    {
        private byte _element;
    }
}
