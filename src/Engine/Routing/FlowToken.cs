using System.Buffers.Binary;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// The user part of our Record-Route outside loopback mode: it says that the dialog is one we let through, and where
/// its two sides are really reached when their Contacts do not tell.
/// <code>
/// mark = 16HEX [ "-" flow "-" flow ]     ; keyed hash of Call-ID and flows, the caller's flow, the callee's
/// flow = "" / 12HEX / 36HEX              ; nothing, IPv4 and port, IPv6 and port
/// </code>
/// It keeps the proxy without dialog state and yet no open relay: nobody else can make a mark for a Call-ID.
/// </summary>
internal static class FlowToken
{
    private const int MaxLength = 16 + 2 + 36 + 36;

    /// <summary>Writes the mark.</summary>
    public static void Write(ref SipWriter writer, ulong secret, ReadOnlySpan<byte> callId, in PeerAddress caller, in PeerAddress callee)
    {
        writer.WriteHex(Sign(secret, callId, caller, callee));
        if (!caller.IsNone || !callee.IsNone)
        {
            writer.Write((byte)'-');
            WriteFlow(ref writer, caller);
            writer.Write((byte)'-');
            WriteFlow(ref writer, callee);
        }
    }

    /// <summary>True for a user part that looks like a mark, whoever made it and for whatever dialog.</summary>
    public static bool HasShape(ReadOnlySpan<byte> user) =>
        user.Length == 16 ? Scan.TryHex(user, out _) : user.Length is > 16 and <= MaxLength && user[16] == '-' && Scan.TryHex(user[..16], out _);

    /// <summary>Reads a mark back; false when it is none, or not one that we made for this Call-ID.</summary>
    public static bool TryRead(ReadOnlySpan<byte> user, ulong secret, ReadOnlySpan<byte> callId, out PeerAddress caller, out PeerAddress callee)
    {
        caller = callee = default;
        if (user.Length is < 16 or > MaxLength || !Scan.TryHex(user[..16], out var signature))
        {
            return false;
        }

        if (user.Length > 16)
        {
            var rest = user[17..];
            var dash = rest.IndexOf((byte)'-');
            if (user[16] != '-' || dash < 0 || !TryReadFlow(rest[..dash], out caller) || !TryReadFlow(rest[(dash + 1)..], out callee))
            {
                return false;
            }
        }

        return signature == Sign(secret, callId, caller, callee);
    }

    private static ulong Sign(ulong secret, ReadOnlySpan<byte> callId, in PeerAddress caller, in PeerAddress callee)
    {
        var hash = new Hash64(secret ^ 0x4D41_524B);
        hash.Add(callId);
        AddFlow(ref hash, caller);
        AddFlow(ref hash, callee);
        return hash.Value;
    }

    private static void AddFlow(ref Hash64 hash, in PeerAddress flow)
    {
        Span<byte> bytes = stackalloc byte[16];
        flow.WriteV6(bytes);
        hash.Add(bytes);
        hash.Add(flow.Port);
    }

    private static void WriteFlow(ref SipWriter writer, in PeerAddress flow)
    {
        if (flow.IsNone)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[18];
        flow.WriteV6(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], flow.Port);
        writer.WriteHex(flow.IsV4 ? bytes[12..] : bytes);
    }

    private static bool TryReadFlow(ReadOnlySpan<byte> text, out PeerAddress flow)
    {
        flow = default;
        if (text.IsEmpty)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[18];
        if (text.Length is not (12 or 36) || Convert.FromHexString(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(written - 2)..]);
        flow = written == 6 ? PeerAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port) : PeerAddress.FromV6(bytes, port);
        return true;
    }
}
