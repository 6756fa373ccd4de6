using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// One forwarded copy of a request while it has no final response: what RFC 3261 §16.6 to §16.10 say of "each client
/// transaction".
/// </summary>
internal sealed class Branch
{
    public Branch() => Timer = new TimerNode(this);

    /// <summary>The request it is a copy of.</summary>
    public ResponseContext Context { get; private set; } = null!;

    /// <summary>The transaction it went out by; null while its host name is being looked up.</summary>
    public ClientTransaction? Client { get; set; }

    /// <summary>Index of its target in the target set.</summary>
    public int TargetIndex { get; private set; }

    /// <summary>Where it may be sent, in order (RFC 3263 §4.3).</summary>
    public HopList Hops { get; set; }

    /// <summary>Its place in <see cref="Hops"/>.</summary>
    public int HopIndex { get; set; }

    /// <summary>Max-Breadth that it was given (RFC 5393 §5.3.3.2).</summary>
    public int MaxBreadth { get; private set; }

    /// <summary>Ticket of its look-up, 0 when there is none.</summary>
    public long Ticket { get; set; }

    /// <summary>A provisional response has come: RFC 3261 §9.1 allows a CANCEL only then.</summary>
    public bool HasProvisional { get; set; }

    /// <summary>A CANCEL is to go out as soon as it may.</summary>
    public bool CancelWanted { get; set; }

    /// <summary>The CANCEL has gone out.</summary>
    public bool CancelSent { get; set; }

    /// <summary>Timer C, and after a CANCEL the wait for the final response.</summary>
    public TimerNode Timer { get; }

    /// <summary>RFC 3261 §16.8: where a provisional response has come, Timer C only has it cancelled.</summary>
    public bool EndsAt(TimerKind kind) => kind != TimerKind.C || !HasProvisional;

    /// <summary>Early dialogs that its provisional responses have made.</summary>
    public List<ulong> EarlyDialogs { get; } = [];

    /// <summary>Begins a copy for one target.</summary>
    public void Begin(ResponseContext context, int targetIndex, int maxBreadth)
    {
        Context = context;
        TargetIndex = targetIndex;
        MaxBreadth = maxBreadth;
        Client = null;
        Hops = default;
        HopIndex = 0;
        Ticket = 0;
        HasProvisional = CancelWanted = CancelSent = false;
        EarlyDialogs.Clear();
    }
}
