using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A client transaction of a user agent, RFC 3261 §17.1 with RFC 6026: its own timers A, B, D, E, F, K and M on the
/// virtual clock.
/// </summary>
internal sealed class SimWorldClient
{
    private readonly SimWorldAgent _agent;
    private readonly PeerAddress _to;
    private readonly byte[] _octets;
    private readonly Action<SimWorldMessage> _onResponse;
    private readonly Action _onTimeout;
    private SimWorldMessage? _hopAck;
    private State _state = State.Calling;

    public SimWorldClient(SimWorldAgent agent, SimWorldMessage request, PeerAddress to, Action<SimWorldMessage> onResponse, Action onTimeout)
    {
        _agent = agent;
        _to = to;
        _onResponse = onResponse;
        _onTimeout = onTimeout;
        Request = request;
        _octets = request.ToOctets();
    }

    private enum State
    {
        Calling,
        Proceeding,
        Completed,
        Accepted,
        Terminated,
    }

    public SimWorldMessage Request { get; }

    /// <summary>A provisional response has come and no final one: RFC 3261 §9.1 lets it be cancelled.</summary>
    public bool MayBeCancelled => _state == State.Proceeding;

    /// <summary>Neither a final response nor a timeout has come.</summary>
    public bool IsOpen => _state is State.Calling or State.Proceeding;

    private bool IsInvite => Request.Method == "INVITE";

    public void Start()
    {
        _agent.Send(_octets, _to);
        _agent.After(SimWorld.T1, () => Again(SimWorld.T1));
        _agent.After(64 * SimWorld.T1, TimeOut);
    }

    /// <summary>The CANCEL of this request: RFC 3261 §9.1.</summary>
    public SimWorldMessage CancelRequest() => OfThisHop("CANCEL", Request["To"]);

    /// <summary>Nobody waits any more.</summary>
    public void GiveUp()
    {
        if (IsOpen)
        {
            End();
        }
    }

    public void Receive(SimWorldMessage response)
    {
        switch (_state)
        {
            case State.Calling or State.Proceeding when response.Status < 200:
                _state = State.Proceeding;
                _onResponse(response);
                break;
            case State.Calling or State.Proceeding when IsInvite && response.Status < 300:
                _state = State.Accepted;
                _agent.After(64 * SimWorld.T1, End);
                _onResponse(response);
                break;
            case State.Calling or State.Proceeding:
                _state = State.Completed;
                AckHop(response);
                _agent.After(IsInvite ? 64 * SimWorld.T1 : SimWorld.T4, End);
                _onResponse(response);
                break;
            case State.Completed when IsInvite && response.Status >= 300:
                AckHop(response);
                break;
            case State.Accepted when response.Status is >= 200 and < 300:
                _onResponse(response);
                break;
            default:
                break;
        }
    }

    private void Again(long interval)
    {
        // RFC 3261 §17.1.1.2: an INVITE is not sent again once a response has come; any other request is, at T2.
        if (_state == State.Calling || (_state == State.Proceeding && !IsInvite))
        {
            _agent.Send(_octets, _to);
            var next = IsInvite ? 2 * interval : _state == State.Proceeding ? SimWorld.T2 : Math.Min(2 * interval, SimWorld.T2);
            _agent.After(next, () => Again(next));
        }
    }

    private void TimeOut()
    {
        if (_state == State.Calling || (_state == State.Proceeding && !IsInvite))
        {
            End();
            _onTimeout();
        }
    }

    private void AckHop(SimWorldMessage response)
    {
        if (IsInvite && !_agent.Traits.NeverAcks)
        {
            // RFC 3261 §17.1.1.3: it goes where the INVITE went, with the same branch.
            _hopAck ??= OfThisHop("ACK", response["To"]);
            _agent.Send(_hopAck.ToOctets(), _to);
        }
    }

    private SimWorldMessage OfThisHop(string method, string to) => new SimWorldMessage($"{method} {Request.RequestUri} SIP/2.0")
        .Add("Via", Request.TopVia).Add("Max-Forwards", "70").CopyFrom(Request, "Route").Add("From", Request["From"]).Add("To", to)
        .Add("Call-ID", Request.CallId).Add("CSeq", $"{Request.CSeq} {method}");

    private void End()
    {
        _state = State.Terminated;
        _agent.Forget(this);
    }
}
