using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// RFC 3261 §16.11: what goes on without a transaction: the ACK for a 2xx, a CANCEL that matches nothing (§16.10),
/// and the response to the latter.
/// </summary>
internal sealed class StatelessForwarding(ProxyEnvironment environment, IRole role, RequestForwarder forwarder) : IAnswerReceiver
{
    private readonly TargetSet _waited = new(environment.Options.MaxTargets);
    private readonly byte[] _branchText = new byte[Math.Max(BranchId.StatelessLength, BranchId.ProvenLength)];
    private readonly MessageMac _proof = environment.Keys.StatelessBranch;

    /// <summary>Sends the request to its first target, with a Via of ours whose branch a retransmission gets again.</summary>
    public Outcome Forward(in RoutedRequest request, TargetSet targets)
    {
        var hop = NextHop.Decide(request, targets[0], targets, environment);
        if (hop.Status == NextHopStatus.NeedsLookup)
        {
            var ticket = environment.Answers.NextTicket();
            switch (environment.Resolver.Resolve(hop.Host, hop.Port, hop.Transport, environment.ShardIndex, ticket, out var hops))
            {
                case ResolveStatus.Found:
                    hop = hop.TakeFound(hops, environment);
                    break;
                case ResolveStatus.Pending:
                    return Wait(request, ticket);
                default:
                    hop = hop.TakeNothing();
                    break;
            }
        }

        return Send(request, hop);
    }

    /// <summary>The name that a kept request leads to has been looked up, or has not in time.</summary>
    public void Answered(object? subject, RawMessage? kept, Completion? answer)
    {
        // An exception below leaves it at that.
        var outcome = Outcome.Dropped(DropReason.Fault);
        try
        {
            outcome = SendTo(answer is HostResolution resolution ? resolution.Hops : default, kept!);
        }
        finally
        {
            _waited.Clear();
            outcome.CountIn(environment.Resources.Metrics);
        }
    }

    /// <summary>An ACK is sent again only when the 2xx comes again: it is kept until its next hop is known.</summary>
    private Outcome Wait(in RoutedRequest request, long ticket)
    {
        var resources = environment.Resources;
        if (environment.Answers.IsFull || !resources.Budget.HasRoom)
        {
            return Outcome.Dropped(DropReason.UnroutableAck);
        }

        var kept = resources.Pool.Keep(request.Message.Bytes);
        kept.Flow = request.Source;
        environment.Answers.Wait(ticket, this, subject: null, kept, resources.NowTick + resources.Timers.SixtyFourT1);
        return Outcome.Waits;
    }

    private Outcome SendTo(in HopList hops, RawMessage kept)
    {
        if (!RoutedRequest.TryReadKept(kept, kept.Flow, environment, out var request)
            || role.Admit(ref request, answer: null).Kind != RoleVerdictKind.Proceed
            || role.Place(request, _waited, answer: null).Kind != RoleVerdictKind.Proceed)
        {
            return Outcome.Dropped(DropReason.UnroutableAck);
        }

        var hop = NextHop.Decide(request, _waited[0], _waited, environment);
        return Send(request, hop.TakeAnswer(hops, environment));
    }

    private Outcome Send(in RoutedRequest request, in NextHop hop)
    {
        if (hop.Status != NextHopStatus.Known)
        {
            return Outcome.Dropped(DropReason.UnroutableAck);
        }

        var copy = forwarder.Write(request, hop, WriteBranch(request), maxBreadth: -1);
        if (copy.IsEmpty)
        {
            return Outcome.Dropped(DropReason.DoesNotFit);
        }

        environment.Recorder.Fwd(hop.Flow, request.Message[request.Message.MethodToken], hop.RequestUri, "16.11");
        environment.Resources.Send(hop.Flow, copy);
        return Outcome.Forwarded;
    }

    /// <summary>
    /// A response that matches no transaction. RFC 6026 §7.3: it is dropped, unless its Via proves that we forwarded
    /// its request without state.
    /// </summary>
    public Outcome ForwardResponse(SipMessage response)
    {
        Span<byte> mac = stackalloc byte[MessageMac.Length];
        if (!BranchId.TryParseProven(response[response.TopVia.Branch], out var cameInBy, mac) || cameInBy >= environment.Identity.Listeners.Count)
        {
            return Outcome.Dropped(DropReason.StrayResponse);
        }

        if (!response.TryGetNextVia(out var next))
        {
            return Outcome.Dropped(DropReason.NoNextVia);
        }

        var listeners = environment.Identity.Listeners;
        AddToProof(response, next, cameInBy);
        if (!_proof.Verify(mac))
        {
            return Outcome.Dropped(DropReason.StrayResponse);
        }

        // RFC 3261 §18.2.2: received and rport of the next Via, where we put them ourselves.
        var transport = listeners[cameInBy].Transport;
        var host = next.Received.IsEmpty ? next.Host : next.Received;
        if (!PeerAddress.TryParseHost(response[host], next.Rport != 0 ? next.Rport : next.PortOrDefault(transport), out var destination)
            || destination.IsBroadcastOrMulticast
            || !environment.ListenerChoice.TryKeep(destination, transport, cameInBy, environment.Resources.NowTick, out var flow))
        {
            return Outcome.Dropped(DropReason.UnroutableResponse);
        }

        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        ForwardedResponseWriter.Write(ref writer, response, ForwardedHeaders.OfResponse(response, request: null, role, environment.NewEdits()));
        if (writer.Overflowed)
        {
            return Outcome.Dropped(DropReason.DoesNotFit);
        }

        environment.Resources.Metrics.CountResponse(response.StatusCode);
        environment.Recorder.Tx(flow, writer.Written, response[response.CSeq.MethodToken], -1, "16.11");
        environment.Resources.Send(flow, writer.Written);
        return Outcome.Forwarded;
    }

    /// <summary>
    /// RFC 3261 §16.11: the branch is a function of what a retransmission has in common with the request. That of an ACK,
    /// which is never answered (§17.1.1.3), only has to be unlike others.
    /// </summary>
    private ReadOnlySpan<byte> WriteBranch(in RoutedRequest request)
    {
        var message = request.Message;
        ref readonly var via = ref message.TopVia;
        if (request.Method != SipMethod.Ack)
        {
            AddToProof(message, via, request.Source.Listener);
            return _branchText.AsSpan(0, BranchId.WriteProven(request.Source.Listener, _proof.Finish(), _branchText));
        }

        var hash = new Hash64(environment.Keys.AckBranch);
        hash.Add(message[message.CallId]);
        hash.Add(message[message.FromTag]);
        hash.Add(message.CSeq.Number);
        hash.AddIgnoringCase(message[via.Branch]);
        hash.AddIgnoringCase(message[via.Host]);
        hash.Add((ulong)via.Port);
        return _branchText.AsSpan(0, BranchId.WriteStateless(hash.Value, _branchText));
    }

    /// <summary>
    /// What proves that we forwarded the request of a response: what the response brings back, the method aside. The listener
    /// is in it, since RFC 3581 §4 wants the response to leave by it.
    /// </summary>
    private void AddToProof(SipMessage message, in Via via, int listener)
    {
        _proof.Add(message[message.CallId]);
        _proof.Add(message[message.FromTag]);
        _proof.Add((int)message.CSeq.Number);
        _proof.AddIgnoringCase(message[via.Branch]);
        _proof.AddIgnoringCase(message[via.Host]);
        _proof.Add(via.Port);
        _proof.Add(listener);
    }
}
