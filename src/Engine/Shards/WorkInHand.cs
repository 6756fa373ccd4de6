using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// What a shard is working on at this moment. An exception in a shard is a bug of ours; with this the guard above the
/// shard can end the one call that met it, answer its caller, and give back what it held.
/// </summary>
internal sealed class WorkInHand(Elements elements, RequestInHand inHand, MessageIntake intake, SipMessage view, EngineMetrics metrics)
{
    private const int LongestName = 96;

    private object? _work;

    /// <summary>True for a request that no transaction knows: until it has a context it is answered without state.</summary>
    public bool IsNew { get; set; }

    /// <summary>A datagram, the owner of a timer or the outcome of a look-up is taken in hand.</summary>
    public void Begin(object work)
    {
        _work = work;
        IsNew = false;
        inHand.Context = null;
    }

    /// <summary>It is done.</summary>
    public void End() => _work = null;

    /// <summary>Ends what is in hand with a 500 and says which call it was. What was done already has no name.</summary>
    public string Abort()
    {
        var work = _work;
        _work = null;
        var name = NameOf(work);
        try
        {
            // An ACK has no answer (RFC 3261 §17); the 500 is repeated for a retransmission, as any refusal is.
            if (inHand.Context is { } context && context.Server?.User == context)
            {
                context.Core.Abort(context);
            }
            else if (IsNew && work is RawMessage request && intake.Message.Method != SipMethod.Ack)
            {
                var responder = elements.At(request.Flow).Core.Responder;
                if (responder.TryGetReplyTo(intake.Message, request.Flow, out var replyTo))
                {
                    responder.Reply(intake.Message, request.Flow, replyTo, 500, "21.5.1");
                }
            }
        }
        finally
        {
            if (work is RawMessage datagram)
            {
                // A notice was not counted as received, so it is not counted as dropped either.
                metrics.Drop(DropReason.Fault, datagram.Kind == MessageKind.Received ? 1 : 0);
                datagram.Return();
            }
        }

        return name;
    }

    private string NameOf(object? work) => work switch
    {
        null => "nothing in particular",
        RawMessage { Kind: MessageKind.Undelivered } => $"a notice that {NameOf(intake.Message)} was not delivered",
        RawMessage => NameOf(intake.Message),
        Transaction transaction => $"a timer of {NameOf(transaction.Request)}",
        Branch branch => $"a timer of {NameOf(branch.Client?.Request)}",
        ResponseContext context => $"a timer of {NameOf(context.Server.Request)}",
        BindingCommit => "the commit of a REGISTER",
        PendingAnswer when inHand.Context is null => "the deadline of a commit",
        HostResolution or PendingAnswer => $"a look-up for {NameOf(inHand.Context?.Server?.Request)}",
        Dialog dialog => $"the idle timer of dialog {Printable(dialog.Name)}",
        Binding binding => $"the expiry of {Printable(binding.RegistrationSet)}",
        _ => $"a timer of {work.GetType().Name}",
    };

    private string NameOf(RawMessage? kept)
    {
        // A transaction that has given its request back belongs to one that may still have it.
        kept ??= inHand.Context?.Server?.Request;
        if (kept is null)
        {
            return "a request that is gone";
        }

        SipParser.TryParse(kept.Buffer, kept.Length, view);
        return NameOf(view);
    }

    private static string NameOf(SipMessage of)
    {
        var what = of.IsRequest ? Printable(of[of.MethodToken]) : $"{of.StatusCode} to {Printable(of[of.CSeq.MethodToken])}";
        return $"{what} with Call-ID {Printable(of[of.CallId])}";
    }

    // What a peer wrote goes into a log: no controls, and not endless.
    private static string Printable(ReadOnlySpan<byte> text)
    {
        var name = new StringBuilder();
        foreach (var octet in text[..Math.Min(text.Length, LongestName)])
        {
            name.Append(octet is > (byte)' ' and < 0x7F ? (char)octet : '?');
        }

        return name.Length == 0 ? "(none)" : name.ToString();
    }
}
