using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>RFC 3261 §16.6: one copy of the request for each target of a group, and the client transaction that carries it.</summary>
/// <param name="environment">What the rooms of the proxy core share.</param>
/// <param name="role">Edits the header.</param>
/// <param name="owner">Is told when the name of a branch has been looked up.</param>
internal sealed class RequestForwarder(ProxyEnvironment environment, IRole role, IAnswerReceiver owner)
{
    /// <summary>The longest payload of a UDP datagram over IPv4.</summary>
    public const int MaxDatagram = 65_507;

    private readonly LocalPool<Branch> _branches = new(static () => new Branch());
    private readonly byte[] _branchText = new byte[BranchId.Length];

    /// <summary>
    /// Starts the next group of targets in parallel. A target that fails here is counted in the context at once; the
    /// caller looks afterwards whether anything is still open.
    /// </summary>
    public void StartNextGroup(ResponseContext context, in RoutedRequest request)
    {
        // RFC 5393 §5.3.3.2: the branches that are open at one time share the breadth of the request.
        var breadth = context.UnusedBreadth;
        var count = context.Targets.TakeNextGroup(breadth);
        var first = context.Targets.Tried - count;
        for (var i = 0; i < count; i++)
        {
            var branch = _branches.Get();
            var share = (breadth / count) + (i < breadth % count ? 1 : 0);
            branch.Begin(context, first + i, share);
            context.Open.Add(branch);
            Start(branch, request);
        }
    }

    /// <summary>Goes on with a branch whose host name has been looked up.</summary>
    public void Continue(Branch branch, in RoutedRequest request, in HopList hops)
    {
        var targets = branch.Context.Targets;
        var hop = NextHop.Decide(request, targets[branch.TargetIndex], targets, environment);
        SendOrFail(branch, request, hop.TakeAnswer(hops, environment), hops.Count > 0 ? FailureReason.NoTransport : FailureReason.NoAddress);
    }

    /// <summary>
    /// RFC 3263 §4.3: the element at one address of the next hop has failed (no answer, ICMP, 503), so the request goes to
    /// the next address, as a transaction of its own. False when there is none, or the request has no use for it any more.
    /// </summary>
    public bool TryNextAddress(Branch branch)
    {
        var context = branch.Context;
        if (branch.HopIndex + 1 >= branch.Hops.Count || context.IsClosed || context.FinalSent || branch.CancelWanted
            || !IsWaitedFor(context) || !RoutedRequest.TryReadKept(context.Server, environment, out var request))
        {
            return false;
        }

        var targets = context.Targets;
        var hop = NextHop.Decide(request, targets[branch.TargetIndex], targets, environment).TakeFound(branch.Hops, environment, branch.HopIndex + 1);
        if (hop.Status != NextHopStatus.Known)
        {
            return false;
        }

        EndAttempt(branch);
        return TrySend(branch, request, hop, "RFC 3263 4.3");
    }

    /// <summary>The branch failed here, without an answer from downstream; the host when it is about a name.</summary>
    public void Fail(Branch branch, int statusCode, FailureReason reason, ReadOnlySpan<byte> host = default)
    {
        branch.Context.AddOwn(statusCode, reason, host);
        Close(branch);
    }

    /// <summary>The same for a branch that has sent nothing, with a line in the log.</summary>
    private void FailUnsent(Branch branch, in RoutedRequest request, in NextHop hop, FailureReason reason)
    {
        var aboutName = reason is FailureReason.NoAddress or FailureReason.TooManyLookups or FailureReason.NotServed;

        // RFC 3261 §16.9: what the transport cannot carry is taken as a 503 of that branch.
        var (statusCode, rule) = reason switch
        {
            FailureReason.NotServed => (404, "16.5"),
            FailureReason.SipsNotAllowed or FailureReason.SipsRequired => (480, "RFC 5630 5.3"),
            _ => (503, "16.9"),
        };
        environment.Recorder.Fail(
            hop.Flow, request.Message[request.Message.MethodToken], aboutName ? hop.Host : hop.RequestUri, reason, rule);
        Fail(branch, statusCode, reason, aboutName ? hop.Host : default);
    }

    /// <summary>The branch has its final response, or will never have one.</summary>
    public void Close(Branch branch)
    {
        environment.Answers.Forget(branch.Ticket);
        EndAttempt(branch);
        branch.Context.Open.Remove(branch);
        _branches.Return(branch);
    }

    /// <summary>Lets go of a part of the branches that were not needed since the last call.</summary>
    public void Trim() => _branches.Trim();

    /// <summary>Closes the branches that no response, timer or look-up will close any more: an exception kept theirs from it.</summary>
    public void CloseEnded(ResponseContext context)
    {
        for (var i = context.Open.Count - 1; i >= 0; i--)
        {
            var branch = context.Open[i];
            if (branch.Client is { } client ? client.IsLingering || client.User != branch : branch.Ticket == 0)
            {
                Close(branch);
            }
        }
    }

    /// <summary>Writes a forwarded copy into the output room; an empty result means that it does not fit a datagram.</summary>
    public ReadOnlySpan<byte> Write(in RoutedRequest request, in NextHop hop, ReadOnlySpan<byte> branch, int maxBreadth)
    {
        var edits = new RequestEdits
        {
            Headers = ForwardedHeaders.OfRequest(request, hop, role, environment.NewEdits()),
            RequestUri = hop.RequestUri,

            // RFC 3261 §16.6 step 3: one less, or 70 where there was none.
            MaxForwards = request.Message.MaxForwards < 0 ? 70 : request.Message.MaxForwards - 1,
            MaxBreadth = maxBreadth,
            RoutesRemoved = hop.RoutesRemoved,
            LastRouteRemoved = request.LastRouteRemoved,
            Transport = hop.Flow.Transport,
            SentBy = environment.Identity.Listeners[hop.Flow.Listener].SentBy,
            Branch = branch,
            Source = request.Source.Remote,
        };
        var writer = new SipWriter(environment.Output.AsSpan(0, MaxDatagram));
        ForwardedRequestWriter.Write(ref writer, request.Message, edits);
        return writer.Overflowed ? default : environment.Output.AsSpan(0, writer.Length);
    }

    private void Start(Branch branch, in RoutedRequest request)
    {
        var targets = branch.Context.Targets;
        var hop = NextHop.Decide(request, targets[branch.TargetIndex], targets, environment);
        var otherwise = FailureReason.NoTransport;
        if (hop.Status == NextHopStatus.NeedsLookup)
        {
            var ticket = environment.Answers.NextTicket();
            switch (environment.Resolver.Resolve(hop.Host, hop.Port, hop.Transport, environment.ShardIndex, ticket, out var hops))
            {
                case ResolveStatus.Found:
                    hop = hop.TakeFound(hops, environment);
                    break;
                case ResolveStatus.Pending when !environment.Answers.IsFull:
                    // By 64*T1 a non-INVITE's sender has given up, and an INVITE's caller too would have without our 100.
                    branch.Ticket = ticket;
                    environment.Answers.Wait(
                        ticket, owner, branch, kept: null, environment.Resources.NowTick + environment.Resources.Timers.SixtyFourT1);
                    return;
                case ResolveStatus.Pending or ResolveStatus.Full:
                    hop = hop.TakeNothing();
                    otherwise = FailureReason.TooManyLookups;
                    break;
                default:
                    hop = hop.TakeNothing();
                    otherwise = FailureReason.NoAddress;
                    break;
            }
        }

        SendOrFail(branch, request, hop, otherwise);
    }

    private void SendOrFail(Branch branch, in RoutedRequest request, in NextHop hop, FailureReason otherwise)
    {
        if (hop.Status == NextHopStatus.Ourselves && TryAdopt(hop.Host))
        {
            Fail(branch, 404, FailureReason.None);
            return;
        }

        if (hop.Status != NextHopStatus.Known)
        {
            FailUnsent(branch, request, hop, hop.Status switch
            {
                NextHopStatus.Ourselves => FailureReason.NotServed,
                NextHopStatus.SipsNotAllowed => FailureReason.SipsNotAllowed,
                NextHopStatus.SipsRequired => FailureReason.SipsRequired,
                _ => otherwise,
            });
        }
        else if (!TrySend(branch, request, hop, "16.6"))
        {
            FailUnsent(branch, request, hop, FailureReason.TooLong);
        }
    }

    /// <summary>
    /// RFC 3261 §16.5 would have it served here, but a name server does not make us responsible for a domain, except in
    /// loopback mode: its next request is served.
    /// </summary>
    private bool TryAdopt(ReadOnlySpan<byte> name)
    {
        if (!environment.TryAdoptDomain(name))
        {
            return false;
        }

        environment.Identity.Domains.Count(name, 0);
        return true;
    }

    /// <summary>RFC 4320 §4.2: the client of a non-INVITE gives up after 64·T1, whatever we still try.</summary>
    private bool IsWaitedFor(ResponseContext context) =>
        context.IsInvite || environment.Resources.NowTick - context.Server.CreatedTick < environment.Resources.Timers.SixtyFourT1;

    /// <summary>The client transaction of a branch goes on without it: what it still does is absorb and acknowledge.</summary>
    private void EndAttempt(Branch branch)
    {
        environment.Resources.Wheel.Cancel(branch.Timer);
        environment.Dialogs.TerminateEarly(branch.EarlyDialogs);
        if (branch.Client is { } client)
        {
            client.User = client.User == branch ? null : client.User;
            environment.Transactions.Detach(client);
        }

        branch.Client = null;
        branch.HasProvisional = false;
    }

    private bool TrySend(Branch branch, in RoutedRequest request, in NextHop hop, string rule)
    {
        var id = environment.Transactions.NextBranch(request.LoopHash);
        id.Write(_branchText);
        var copy = Write(request, hop, _branchText, branch.MaxBreadth);
        if (copy.IsEmpty)
        {
            return false;
        }

        (branch.Hops, branch.HopIndex) = (hop.Hops, hop.HopIndex);
        environment.Recorder.Fwd(hop.Flow, request.Message[request.Message.MethodToken], hop.RequestUri, rule);
        branch.Client = environment.Transactions.CreateClient(branch, id, request.Method, copy, hop.Flow);
        if (request.Method == SipMethod.Invite)
        {
            // RFC 3261 §16.6 step 11.
            environment.Resources.Wheel.Schedule(branch.Timer, TimerKind.C, environment.Resources.NowTick + environment.Resources.Timers.C);
        }

        branch.Client.Send();
        return true;
    }
}
