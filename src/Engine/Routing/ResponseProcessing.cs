using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>RFC 3261 §16.7: what a response of a branch means for the request, and which final response goes upstream.</summary>
internal sealed class ResponseProcessing(
    ProxyEnvironment environment, IRole role, RequestForwarder forwarder, Cancellation cancellation, Responder responder)
{
    /// <summary>
    /// Takes a response of a branch that its transaction passed up. The caller looks afterwards whether the request is
    /// complete.
    /// </summary>
    public Outcome Receive(Branch branch, SipMessage response) => response.StatusCode switch
    {
        < 200 => ReceiveProvisional(branch, response),
        _ when !response.HasNextVia() => ReceiveWithoutNextVia(branch),
        < 300 => ReceiveSuccess(branch, response),
        _ => ReceiveFailure(branch, response),
    };

    /// <summary>
    /// RFC 6026 §7.2: a 2xx whose request is long complete, a retransmission or one from another branch downstream.
    /// </summary>
    public Outcome ForwardLate(ClientTransaction client, SipMessage response)
    {
        if (client.Upstream.IsNone)
        {
            return Outcome.Absorbed;
        }

        if (!response.HasNextVia())
        {
            return Outcome.Dropped(DropReason.NoNextVia);
        }

        // A dialog that this branch has answered before is not begun anew: it is a retransmission, and a BYE may have
        // overtaken it. A 2xx of another branch downstream begins one.
        var place = client.TryAddDialog(environment.Dialogs.IdOf(response)) ? DialogPlace.Outside : DialogPlace.Observed;
        environment.Dialogs.Observe(response, place, environment.Resources.NowTick);
        return TrySendUpstream(response, client.Upstream)
            ? Outcome.Forwarded
            : Outcome.Dropped(DropReason.DoesNotFit);
    }

    /// <summary>RFC 3261 §16.7 step 6: all branches are done and nothing final has gone upstream.</summary>
    public void SendBest(ResponseContext context)
    {
        context.FinalSent = true;
        if (context.Best is { } kept && context.BestStatus != 503)
        {
            ForwardBest(context, kept);
            return;
        }

        if (context.IsCancelled)
        {
            responder.Respond(context.Server, 487, "9.2");
        }
        else if (context.BestStatus == 503)
        {
            // RFC 3261 §16.7 step 6: a 503 would tell the caller that we can serve no request at all.
            responder.RespondFailed(context, 500, "16.7.6");
        }
        else if (context.BestStatus is 404 or 480 or 502)
        {
            // A target turned out to be a domain of ours that we do not serve, or to be reached over a secure transport only,
            // or its answer was of no use.
            responder.RespondFailed(context, context.BestStatus, context.BestStatus switch { 404 => "16.5", 480 => "RFC 5630 5.3", _ => "21.5.3" });
        }
        else if (context.Server is NonInviteServerTransaction nonInvite)
        {
            // RFC 4320 §4.2: no 408 to a non-INVITE; by now its sender has given up too.
            nonInvite.EndSilently();
        }
        else
        {
            responder.RespondFailed(context, 408, "16.7.6");
        }
    }

    private Outcome ReceiveProvisional(Branch branch, SipMessage response)
    {
        var context = branch.Context;
        branch.HasProvisional = true;
        if (branch.CancelWanted)
        {
            cancellation.Cancel(branch);
        }

        // RFC 3261 §16.7 step 5: a 100 stays on its hop; RFC 4320 §4.1: no other 1xx for a non-INVITE.
        if (response.StatusCode == 100 || !context.IsInvite)
        {
            return Outcome.Absorbed;
        }

        if (!branch.CancelSent)
        {
            // Step 2: timer C starts again.
            environment.Resources.Wheel.Schedule(branch.Timer, TimerKind.C, environment.Resources.NowTick + environment.Resources.Timers.C);
        }

        // Step 3: without another Via it was meant for us and is not forwarded.
        if (!response.HasNextVia())
        {
            return Outcome.Dropped(DropReason.NoNextVia);
        }

        if (environment.Dialogs.Observe(response, context.Place, environment.Resources.NowTick) is not 0 and var early)
        {
            branch.EarlyDialogs.Add(early);
        }

        return context.FinalSent ? Outcome.Absorbed : Forward(context.Server, response);
    }

    /// <summary>
    /// RFC 3261 §16.7 step 3: a response without another Via is not forwarded. The transaction has ended by it all the
    /// same, so the caller is told that the answer of the next hop was not a valid one (§21.5.3).
    /// </summary>
    private Outcome ReceiveWithoutNextVia(Branch branch)
    {
        forwarder.Fail(branch, 502, FailureReason.UnusableAnswer);
        return Outcome.Dropped(DropReason.NoNextVia);
    }

    private Outcome ReceiveSuccess(Branch branch, SipMessage response)
    {
        var context = branch.Context;
        if (!context.IsInvite)
        {
            // Step 5: exactly one final response to a non-INVITE.
            var outcome = context.FinalSent ? Outcome.Absorbed : Forward(context.Server, response);
            context.FinalSent = context.IsClosed = true;
            forwarder.Close(branch);
            return outcome;
        }

        branch.Client!.TryAddDialog(environment.Dialogs.IdOf(response));
        environment.Dialogs.Observe(response, context.Place, environment.Resources.NowTick);
        branch.Client.SetUpstream(context.Server.Peer);

        // Step 5: a 2xx to an INVITE always goes upstream, even after another final response.
        var server = context.Server;
        var forwarded = server.State is TransactionState.Proceeding or TransactionState.Accepted
            ? Forward(server, response)
            : ForwardLate(branch.Client, response);
        context.FinalSent = true;
        forwarder.Close(branch);

        // Step 10.
        context.CancelStatus = response.StatusCode;
        cancellation.CancelOpen(context);
        return forwarded;
    }

    private Outcome ReceiveFailure(Branch branch, SipMessage response)
    {
        var context = branch.Context;
        if (response.StatusCode == 503 && forwarder.TryNextAddress(branch))
        {
            return Outcome.Absorbed;
        }

        if (response.StatusCode == 408 && !context.IsInvite)
        {
            // RFC 4320 §4.2: no 408 to a non-INVITE, wherever it was made.
            context.AddOwn(408, FailureReason.NoAnswer, default);
        }
        else if (!TryRecurse(context, response, branch.Client!.Peer.Remote))
        {
            context.Add(response, environment.Resources.Pool);
        }

        forwarder.Close(branch);
        if (response.StatusCode >= 600)
        {
            // Step 5: no new branches, and those that are open are cancelled; the 6xx waits for them.
            context.CancelStatus = response.StatusCode;
            cancellation.CancelOpen(context);
        }

        return Outcome.Absorbed;
    }

    /// <summary>
    /// Step 4: takes the Contacts of a 3xx into the target set. All of them or none: a response with only some left
    /// in it would have to be rewritten.
    /// </summary>
    private bool TryRecurse(ResponseContext context, SipMessage response, in PeerAddress peer)
    {
        if (response.StatusCode >= 400 || !environment.Options.RecurseRedirects || !context.IsResponsible || context.IsClosed)
        {
            return false;
        }

        // RFC 5630 §5.3: a proxy MUST NOT change between sip and sips by recursing.
        var scheme = context.IsSips ? UriScheme.Sips : UriScheme.Sip;
        var mayLeadAnywhere = environment.Options.Relay || environment.Neighbours.IsNear(peer);
        var contacts = response.Values(HeaderName.Contact);
        var count = 0;
        while (contacts.Next())
        {
            // A stranger's redirection leads to users of ours only, as its REGISTER does; elsewhere the caller may go itself.
            if (!ContactValue.TryParse(contacts.Current, out var contact) || contact.Uri.Scheme != scheme
                || !(mayLeadAnywhere || environment.Identity.IsResponsibleFor(contact.Uri)))
            {
                return false;
            }

            count++;
        }

        var added = false;
        contacts = response.Values(HeaderName.Contact);
        while (contacts.Next())
        {
            added |= ContactValue.TryParse(contacts.Current, out var contact) && context.Targets.TryAdd(contact.Address.Uri, contact.QValue);
        }

        return count > 0 && added;
    }

    private void ForwardBest(ResponseContext context, RawMessage kept)
    {
        var best = environment.KeptView;
        SipParser.TryParse(kept.Buffer, kept.Length, best);
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));

        // Step 7: every challenge that was seen goes into the one response.
        var edits = EditsOf(best, context.Server.Request);
        if (context.BestStatus is 401 or 407)
        {
            ForwardedHeaders.OfChallenge(best, context.Challenges, edits);
        }

        ForwardedResponseWriter.Write(ref writer, best, edits);
        if (writer.Overflowed)
        {
            // All of them do not fit a datagram: the best response goes with its own.
            writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
            ForwardedResponseWriter.Write(ref writer, best, EditsOf(best, context.Server.Request));
        }

        Send(context.Server, best, writer);
    }

    private HeaderEdits EditsOf(SipMessage response, RawMessage? request) =>
        ForwardedHeaders.OfResponse(response, request, role, environment.NewEdits());

    private Outcome Forward(ServerTransaction server, SipMessage response)
    {
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        ForwardedResponseWriter.Write(ref writer, response, EditsOf(response, server.Request));
        return Send(server, response, writer);
    }

    private Outcome Send(ServerTransaction server, SipMessage response, in SipWriter writer)
    {
        var statusCode = response.StatusCode;
        if (writer.Overflowed)
        {
            // With what was added it does not fit any more: a final response is owed all the same.
            if (statusCode >= 200 && server is { HasFinal: false, Request: not null })
            {
                responder.Respond(server, 500, "16.7");
            }

            return Outcome.Dropped(DropReason.DoesNotFit);
        }

        environment.Resources.Metrics.CountResponse(statusCode);
        environment.Recorder.Tx(server.Peer, writer.Written, response[response.CSeq.MethodToken], -1, "16.7");
        server.Respond(statusCode, writer.Written);
        return Outcome.Forwarded;
    }

    private bool TrySendUpstream(SipMessage response, in Flow upstream)
    {
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        ForwardedResponseWriter.Write(ref writer, response, EditsOf(response, request: null));
        if (writer.Overflowed)
        {
            return false;
        }

        environment.Resources.Metrics.CountResponse(response.StatusCode);
        environment.Recorder.Tx(upstream, writer.Written, response[response.CSeq.MethodToken], -1, "16.7.5");
        environment.Resources.Send(upstream, writer.Written);
        return true;
    }
}
