using System.Buffers;
using System.Buffers.Binary;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>What a token says, and to whom. The kind is an octet of the token.</summary>
internal enum FlowTokenKind : byte
{
    /// <summary>In an INVITE, for who is called: names the tag of the caller, to whom later requests go.</summary>
    Invited = (byte)'i',

    /// <summary>In another request, for who gets it: names the tag and the Contact of who sent it.</summary>
    Asked = (byte)'a',

    /// <summary>In a 2xx to INVITE, for who called: names both tags, each in its place.</summary>
    Answered = (byte)'d',

    /// <summary>In a provisional response, or a 2xx to another method: names both tags and the Contact.</summary>
    Early = (byte)'e',

    /// <summary>In what makes no dialog: a token that grants nothing.</summary>
    Void = (byte)'x',
}

/// <summary>
/// The user part of our Record-Route outside loopback mode: it says that the dialog is one we let through, and where
/// its two sides are really reached when their Contacts do not tell. Its kind tells which of them it was given to.
/// <code>
/// token = kind 24HEX [ "-" flow "-" flow ]     ; MAC of all the rest, Call-ID and what the kind names; the caller's flow, the callee's
/// flow = "" / ( 12HEX / 36HEX ) [ "." 4HEX 16HEX ]
/// ; nothing; IPv4 or IPv6 address and port; transport with listener, and number, of a connection
/// </code>
/// It keeps the proxy without dialog state and yet no open relay: no peer can make a token, and each is good in its
/// own dialog only, since it takes the tags of both sides to use it. Whose dialog has not been answered is led to the
/// one Contact that it has been told.
/// </summary>
internal static class FlowToken
{
    private const int ConnectionLength = 1 + 4 + 16;

    /// <summary>Octets before the flows.</summary>
    public const int HeadLength = 1 + (2 * MessageMac.Length);

    /// <summary>Octets of the longest token.</summary>
    public const int MaxLength = HeadLength + (2 * (1 + 36 + ConnectionLength));

    private static readonly SearchValues<byte> s_hexDigits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    /// <summary>Writes the token of a request that we forward: Invited or Asked. What follows it in a dialog has the tag of its From in To.</summary>
    public static void Write(ref SipWriter writer, MessageMac mac, SipMessage request, in Flow caller, in Flow callee)
    {
        Span<byte> flows = stackalloc byte[MaxLength - HeadLength];
        var flowWriter = new SipWriter(flows);
        if (!caller.IsNone || !callee.IsNone)
        {
            flowWriter.Write((byte)'-');
            WriteFlow(ref flowWriter, caller);
            flowWriter.Write((byte)'-');
            WriteFlow(ref flowWriter, callee);
        }

        var kind = request.Method == SipMethod.Invite ? FlowTokenKind.Invited : FlowTokenKind.Asked;
        AddTo(mac, kind, request[request.CallId], request[request.FromTag], default, flowWriter.Written);
        AddTarget(mac, kind, request);
        writer.Write((byte)kind);
        writer.WriteHex(mac.Finish());
        writer.Write(flowWriter.Written);
    }

    /// <summary>True for a user part that looks like a token, made by any proxy and for any dialog.</summary>
    public static bool HasShape(ReadOnlySpan<byte> user) =>
        user.Length is >= HeadLength and <= MaxLength
        && (FlowTokenKind)user[0] is FlowTokenKind.Invited or FlowTokenKind.Asked or FlowTokenKind.Answered or FlowTokenKind.Early or FlowTokenKind.Void
        && (user.Length == HeadLength || user[HeadLength] == '-')
        && !user[1..HeadLength].ContainsAnyExcept(s_hexDigits);

    /// <summary>
    /// Reads back the token that a request of its dialog brings; false when it is none of ours, or not for this request. A
    /// flow that is no connection has no listener in it.
    /// </summary>
    /// <param name="user">The user part of the Route value.</param>
    /// <param name="mac">What tokens are proven by.</param>
    /// <param name="request">The request.</param>
    /// <param name="target">Its Request-URI.</param>
    /// <param name="listener">The listener to prefer where the token names none.</param>
    /// <param name="destination">Where the side that did not send the request is really reached; none when its Contact says so.</param>
    public static bool TryRead(ReadOnlySpan<byte> user, MessageMac mac, SipMessage request, in SipUri target, int listener, out Flow destination)
    {
        destination = default;

        // RFC 3261 §12.2.1.1: a request inside a dialog has a To tag.
        if (!HasShape(user) || request.ToTag.IsEmpty || (FlowTokenKind)user[0] == FlowTokenKind.Void)
        {
            return false;
        }

        // Who holds the token is told by its kind, and not by where the request came from: a phone that has moved may send
        // from anywhere.
        var kind = (FlowTokenKind)user[0];
        var isFromCaller = kind is FlowTokenKind.Answered or FlowTokenKind.Early;
        AddTo(mac, kind, request[request.CallId], request[request.ToTag], isFromCaller ? request[request.FromTag] : default, user[HeadLength..]);
        AddTarget(mac, kind, target);
        if (!VerifyHead(user, mac) || !TryReadFlows(user[HeadLength..], listener, out var caller, out var callee))
        {
            return false;
        }

        destination = isFromCaller ? callee : caller;
        return true;
    }

    /// <summary>
    /// The token in the response to a request of ours, for who sent the request; its length is that of the token that stood
    /// there. False when <paramref name="user"/> is no token that we put into the request.
    /// </summary>
    /// <param name="user">The user part that the response brought back.</param>
    /// <param name="mac">What tokens are proven by.</param>
    /// <param name="response">A response with a To tag, below 300.</param>
    /// <param name="request">The request, for what is <see cref="FlowTokenKind.Asked"/>; may be null after an INVITE.</param>
    /// <param name="destination">The first <see cref="HeadLength"/> octets of the new token; what follows them stays.</param>
    public static bool TryAnswer(ReadOnlySpan<byte> user, MessageMac mac, SipMessage response, SipMessage? request, Span<byte> destination)
    {
        var kind = (FlowTokenKind)user[0];
        if (kind is not (FlowTokenKind.Invited or FlowTokenKind.Asked) || (kind == FlowTokenKind.Asked && request is null))
        {
            return false;
        }

        AddTo(mac, kind, response[response.CallId], response[response.FromTag], default, user[HeadLength..]);
        AddTarget(mac, kind, request!);
        if (!VerifyHead(user, mac))
        {
            return false;
        }

        kind = response.StatusCode >= 200 && response.CSeq.Method == SipMethod.Invite ? FlowTokenKind.Answered : FlowTokenKind.Early;
        AddTo(mac, kind, response[response.CallId], response[response.ToTag], response[response.FromTag], user[HeadLength..]);
        AddTarget(mac, kind, response);
        var writer = new SipWriter(destination);
        writer.Write((byte)kind);
        writer.WriteHex(mac.Finish());
        return true;
    }

    /// <summary>The beginning of a token that grants nothing.</summary>
    public static void WriteVoid(Span<byte> destination)
    {
        destination.Fill((byte)'0');
        destination[0] = (byte)FlowTokenKind.Void;
    }

    private static bool VerifyHead(ReadOnlySpan<byte> user, MessageMac mac)
    {
        Span<byte> octets = stackalloc byte[MessageMac.Length];
        _ = Convert.FromHexString(user[1..HeadLength], octets, out _, out _);
        return mac.Verify(octets);
    }

    /// <summary>The tags are those of To and From in the requests that the token is for; From is left out where no callee has answered yet.</summary>
    private static void AddTo(
        MessageMac mac, FlowTokenKind kind, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> toTag, ReadOnlySpan<byte> fromTag, ReadOnlySpan<byte> flows)
    {
        mac.Add((int)kind);
        mac.Add(callId);
        mac.Add(toTag);
        mac.Add(fromTag);
        mac.Add(flows);
    }

    private static void AddTarget(MessageMac mac, FlowTokenKind kind, SipMessage message)
    {
        if (kind is FlowTokenKind.Asked or FlowTokenKind.Early && ContactValue.TryParse(message.FirstValue(HeaderName.Contact), out var contact))
        {
            AddTarget(mac, kind, contact.Uri);
        }
    }

    /// <summary>
    /// What decides where a request to the Contact goes, and to whom there. The parameters of a URI are not in it but for
    /// maddr: user agents write them back in an order of their own.
    /// </summary>
    private static void AddTarget(MessageMac mac, FlowTokenKind kind, in SipUri uri)
    {
        if (kind is not (FlowTokenKind.Asked or FlowTokenKind.Early))
        {
            return;
        }

        _ = uri.TryGetParameter("maddr"u8, out var maddr);
        mac.Add(uri.User);
        mac.AddIgnoringCase(uri.Host);
        mac.Add(uri.PortOrDefault);
        mac.AddIgnoringCase(maddr);
    }

    private static void WriteFlow(ref SipWriter writer, in Flow flow)
    {
        if (flow.IsNone)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[18];
        flow.Remote.WriteV6(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], flow.Remote.Port);
        writer.WriteHex(flow.Remote.IsV4 ? bytes[12..] : bytes);
        if (flow.Connection != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, flow.Door);
            writer.Write((byte)'.');
            writer.WriteHex(bytes[..2]);
            writer.WriteHex((ulong)flow.Connection);
        }
    }

    private static bool TryReadFlows(ReadOnlySpan<byte> text, int listener, out Flow caller, out Flow callee)
    {
        caller = callee = default;
        if (text.IsEmpty)
        {
            return true;
        }

        var dash = text[1..].IndexOf((byte)'-') + 1;
        return dash > 0 && TryReadFlow(text[1..dash], listener, out caller) && TryReadFlow(text[(dash + 1)..], listener, out callee);
    }

    private static bool TryReadFlow(ReadOnlySpan<byte> text, int listener, out Flow flow)
    {
        flow = default;
        if (text.IsEmpty)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[18];
        var dot = text.IndexOf((byte)'.');
        var address = dot < 0 ? text : text[..dot];
        if (address.Length is not (12 or 36) || Convert.FromHexString(address, bytes, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(written - 2)..]);
        var remote = written == 6 ? PeerAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port) : PeerAddress.FromV6(bytes, port);
        if (dot < 0)
        {
            flow = new Flow(remote, Transport.Udp, listener);
            return true;
        }

        var rest = text[(dot + 1)..];
        if (rest.Length != ConnectionLength - 1 || Convert.FromHexString(rest[..4], bytes, out _, out _) != OperationStatus.Done
            || !Scan.TryHex(rest[4..], out var connection))
        {
            return false;
        }

        flow = Flow.Of(remote, BinaryPrimitives.ReadUInt16BigEndian(bytes), (long)connection);
        return true;
    }
}
