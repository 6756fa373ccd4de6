namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// What both ends of a call or message saw of it. Nobody in a real network could keep it: it is how the world knows
/// whether caller and callee agree.
/// </summary>
/// <param name="callId">Its Call-ID.</param>
/// <param name="caller">Name of the agent that began it.</param>
/// <param name="target">The URI called.</param>
/// <param name="patience">An answer that takes longer than this may cross with somebody's giving up.</param>
/// <param name="tick">When it began.</param>
internal sealed class SimWorldRecord(string callId, string caller, string target, long patience, long tick)
{
    private long _cancelledTick = long.MaxValue;
    private long _answeredTick = long.MaxValue;

    public string CallId => callId;

    public string Caller => caller;

    /// <summary>Tags of the callees that sent a 2xx to the INVITE that makes the dialog.</summary>
    public HashSet<string> Answered { get; } = [];

    /// <summary>Tags of the callees that got an ACK for it.</summary>
    public HashSet<string> Acknowledged { get; } = [];

    /// <summary>Tags in the 2xx that the caller got.</summary>
    public HashSet<string> Connected { get; } = [];

    /// <summary>INVITEs sent: more than one after a redirection or a challenge.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts that ended in a final response.</summary>
    public int Finals { get; set; }

    /// <summary>Somebody waited so long that the outcome may differ at both ends.</summary>
    public bool IsLenient { get; private set; }

    /// <summary>A non-INVITE got a 2xx from a callee in good time.</summary>
    public bool Delivered { get; private set; }

    /// <summary>A non-INVITE got a 2xx at the caller.</summary>
    public bool Confirmed { get; set; }

    public void Cancelled(long now) => _cancelledTick = Math.Min(_cancelledTick, now);

    public void Deliver(long now) => Delivered |= now - tick < patience;

    public void GivenUp() => IsLenient = true;

    /// <summary>A callee answers; <paramref name="silentTicks"/> is how long it gave no sign.</summary>
    public void Accept(string tag, long now, long silentTicks)
    {
        Answered.Add(tag);
        IsLenient |= silentTicks > patience || now - Math.Min(_cancelledTick, now) > patience
            || now - Math.Min(_answeredTick, now) > patience;
        _answeredTick = Math.Min(_answeredTick, now);
    }

    public override string ToString() =>
        $"call {callId} from {caller} to {target}: {Attempts} attempts, {Finals} finals, answered [{string.Join(' ', Answered)}], connected [{string.Join(' ', Connected)}], acknowledged [{string.Join(' ', Acknowledged)}]";
}
