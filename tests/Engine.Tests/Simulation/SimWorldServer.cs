using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A server transaction of a user agent, RFC 3261 §17.2 with RFC 6026: its own timers G, H, I, J and L, and for a 2xx
/// to an INVITE the retransmissions that are the business of the core (§13.3.1.4).
/// </summary>
internal sealed class SimWorldServer(SimWorldAgent agent, SimWorldMessage request, PeerAddress from)
{
    private byte[]? _last;
    private readonly long _arrivedTick = agent.World.Now;
    private long _firstTick = -1;
    private bool _ended;

    public SimWorldMessage Request => request;

    /// <summary>Status of the last response, 0 before any.</summary>
    public int Status { get; private set; }

    /// <summary>How long it took until the first response; until now when there is none.</summary>
    public long SilentTicks => (_firstTick < 0 ? agent.World.Now : _firstTick) - _arrivedTick;

    public bool IsAcknowledged { get; private set; }

    public bool HasFinal => Status >= 200;

    /// <summary>Our tag in To.</summary>
    public string Tag { get; } = request.ToTag.Length > 0 ? request.ToTag : agent.NewId("t");

    /// <summary>A CANCEL has come for it.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>What to do when a 2xx is never acknowledged.</summary>
    public Action? OnNoAck { get; set; }

    private bool IsInvite => request.Method == "INVITE";

    /// <summary>Answers; nothing happens once a final response has been given.</summary>
    public void Respond(int status, Action<SimWorldMessage>? add = null)
    {
        if (HasFinal || _ended)
        {
            return;
        }

        Status = status;
        _firstTick = _firstTick < 0 ? agent.World.Now : _firstTick;
        var response = new SimWorldMessage($"SIP/2.0 {status} By {agent.Traits.Name}").CopyFrom(request, "Via").Add("From", request["From"])
            .Add("To", request["To"] + (status == 100 || request.ToTag.Length > 0 ? "" : ";tag=" + Tag))
            .Add("Call-ID", request.CallId).Add("CSeq", request["CSeq"]).Add("X-By", agent.Traits.Name);

        // RFC 3261 §12.1.1: what makes a dialog carries the route set back.
        if (status is > 100 and < 300)
        {
            response.CopyFrom(request, "Record-Route").Add("Contact", agent.Contact);
        }

        add?.Invoke(response);
        _last = response.ToOctets();
        agent.Send(_last, from);
        if (status < 200)
        {
            return;
        }

        if (IsInvite)
        {
            agent.After(SimWorld.T1, () => Again(SimWorld.T1));
        }

        agent.After(64 * SimWorld.T1, End);
    }

    /// <summary>The request has come again.</summary>
    public void ReceiveAgain()
    {
        // RFC 6026 §7.1: in Accepted the INVITE is absorbed, since the 2xx is repeated anyway.
        if (_last is not null && !_ended && !(IsInvite && Status is >= 200 and < 300))
        {
            agent.Send(_last, from);
        }
    }

    /// <summary>An ACK for the response that this transaction sent. True when it was the first.</summary>
    public bool ReceiveAck()
    {
        var first = HasFinal && !IsAcknowledged;
        IsAcknowledged |= HasFinal;
        return first;
    }

    private void Again(long interval)
    {
        if (!IsAcknowledged && !_ended)
        {
            agent.Send(_last!, from);
            var next = Math.Min(2 * interval, SimWorld.T2);
            agent.After(next, () => Again(next));
        }
    }

    private void End()
    {
        _ended = true;
        agent.Forget(this);
        if (IsInvite && Status < 300 && !IsAcknowledged)
        {
            OnNoAck?.Invoke();
        }
    }
}
