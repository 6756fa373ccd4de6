using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>RFC 3261 §9.1 and §16.10: cancelling what is still open of a request.</summary>
internal sealed class Cancellation(ProxyEnvironment environment, RequestForwarder forwarder)
{
    private readonly SipMessage _sent = new(environment.Options.MaxHeaders);

    /// <summary>
    /// Cancels every open branch: now where a provisional response has come, later where none has yet, and at once
    /// where nothing has been sent.
    /// </summary>
    public void CancelOpen(ResponseContext context)
    {
        context.IsClosed = true;

        // RFC 3261 §9.1: CANCEL is for INVITE; any other request is answered sooner than it could be cancelled.
        if (!context.IsInvite)
        {
            return;
        }

        for (var i = context.Open.Count - 1; i >= 0; i--)
        {
            var branch = context.Open[i];
            if (branch.Client is null)
            {
                forwarder.Fail(branch, 487, FailureReason.None);
            }
            else
            {
                Cancel(branch);
            }
        }
    }

    /// <summary>
    /// An exception kept the request from being served: 500 upstream, CANCEL downstream. Each step may meet the same fault
    /// again, and none may keep the next one from being taken.
    /// </summary>
    public void Abort(ResponseContext context, Responder responder)
    {
        context.IsClosed = context.FinalSent = true;
        forwarder.CloseEnded(context);
        try
        {
            if (context.Server is { HasFinal: false, Request: not null } server)
            {
                responder.Respond(server, 500, "21.5.1");
            }
        }
        finally
        {
            CancelOpen(context);
        }
    }

    /// <summary>Cancels one branch, or remembers to.</summary>
    public void Cancel(Branch branch)
    {
        branch.CancelWanted = true;
        if (!branch.HasProvisional || branch.CancelSent || branch.Client is not { Request: { } invite } client)
        {
            return;
        }

        branch.CancelSent = true;
        SipParser.TryParse(invite.Buffer, invite.Length, _sent);
        var writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
        HopRequestWriter.WriteCancel(ref writer, _sent, ForwardedHeaders.OfCancel(branch.Context, environment.NewEdits()));
        if (writer.Overflowed)
        {
            // The Reason of a caller who wrote that much is the part that may go.
            writer = new SipWriter(environment.Output.AsSpan(0, RequestForwarder.MaxDatagram));
            HopRequestWriter.WriteCancel(ref writer, _sent, edits: null);
        }

        environment.Recorder.Fwd(client.Peer, "CANCEL"u8, _sent[_sent.RequestUri], "16.10");
        var cancel = environment.Transactions.CreateClient(null, client.Branch, SipMethod.Cancel, writer.Written, client.Peer);

        // RFC 3261 §9.1: without a final response within 64*T1 the INVITE counts as cancelled.
        environment.Resources.Wheel.Schedule(
            branch.Timer, TimerKind.CancelledBranch, environment.Resources.NowTick + environment.Resources.Timers.CancelledBranch);
        cancel.Send();
    }
}
