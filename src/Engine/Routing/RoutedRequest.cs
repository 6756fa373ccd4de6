using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// A request on its way through §16.3 to §16.6: the message as it came and what route preprocessing made of it. Lives
/// on the stack; when a later target or a look-up needs it again it is made anew from the kept bytes.
/// </summary>
internal ref struct RoutedRequest
{
    /// <summary>The message as received.</summary>
    public SipMessage Message;

    /// <summary>The way it came.</summary>
    public Flow Source;

    /// <summary>The octets that it came in; empty for a kept request.</summary>
    public ReadOnlySpan<byte> Datagram;

    /// <summary>The key of its server transaction, when it gets one; of a kept request its transaction knows.</summary>
    public RequestKey Key;

    /// <summary>Where our own answer to it goes; none for an ACK, and for a kept request, whose transaction knows.</summary>
    public Flow ReplyTo;

    /// <summary>
    /// RFC 5658 §3.1: the listener that the last of our Route values names, which is the one that the next hop of the
    /// dialog knows; -1 when none does.
    /// </summary>
    public int SendBy
    {
        readonly get => _sendBy - 1;
        set => _sendBy = value + 1;
    }

    private int _sendBy;

    /// <summary>The Request-URI in parts: that of the message, or what §16.4 put in its place.</summary>
    public SipUri Uri;

    /// <summary>Route values taken off the top because they named us.</summary>
    public int RoutesRemoved;

    /// <summary>True when the last Route value has become the Request-URI.</summary>
    public bool LastRouteRemoved;

    /// <summary>The first Route value that remains; empty when none does.</summary>
    public ReadOnlySpan<byte> NextRoute;

    /// <summary>True when a Route value of ours carried the token that we put into this very dialog.</summary>
    public bool IsOfOurDialog;

    /// <summary>Where the side of the dialog that did not send this is really reached, when a token of ours says so.</summary>
    public Flow FlowDestination;

    /// <summary>We are responsible for its Request-URI and no Route leads on (RFC 3261 §16.5); its role says so.</summary>
    public bool EndsHere;

    /// <summary>Hash of all that decides where the request goes (RFC 5393 §4.2.1).</summary>
    public ulong LoopHash;

    /// <summary>True within a dialog: its Request-URI is a Contact and no address-of-record (RFC 3261 §12.2.1.1).</summary>
    public readonly bool IsInDialog => !Message.ToTag.IsEmpty;

    /// <summary>True when a Route of ours led it here, so that this proxy is on the path of the dialog.</summary>
    public readonly bool CameByOurRoute => RoutesRemoved > 0 || LastRouteRemoved;

    /// <summary>Method, for brevity.</summary>
    public readonly SipMethod Method => Message.Method;

    /// <summary>Reads a kept request again, into the view for kept messages, and repeats its route preprocessing.</summary>
    public static bool TryReadKept(RawMessage? kept, scoped in Flow source, ProxyEnvironment environment, out RoutedRequest request)
    {
        var message = environment.KeptView;
        request = new RoutedRequest { Message = message, Source = source };
        if (kept is null || !SipParser.TryParse(kept.Buffer, kept.Length, message)
            || !SipUri.TryParse(message[message.RequestUri], out request.Uri))
        {
            return false;
        }

        request.LoopHash = RequestValidation.LoopHashOf(message, environment.Keys.Loop);
        RoutePreprocessing.Apply(ref request, environment);
        return true;
    }

    /// <summary>The same of the request that a server transaction keeps.</summary>
    public static bool TryReadKept(ServerTransaction server, ProxyEnvironment environment, out RoutedRequest request) =>
        TryReadKept(server.Request, server.Source, environment, out request);
}
