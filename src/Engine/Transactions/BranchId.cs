using System.Buffers;
using System.Text;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// A branch of ours (RFC 3261 §8.1.1.7, RFC 5393 §4.2.1).
/// <code>
/// z9hG4bK 16 hex digits (unique) 16 hex digits (loop)     a transaction
/// z9hG4bK- 16 hex digits (derived from the request)       an ACK forwarded statelessly
/// z9hG4bK- 28 hex digits (listener and MAC of the request) a CANCEL forwarded statelessly: its response comes back
/// </code>
/// The first half tells transactions apart; the second is the hash of the routing under a cover that goes with the
/// first, so that a request which comes back unchanged is seen as a loop.
/// </summary>
/// <param name="Unique">Cannot be told from random; two live transactions that share it differ in <paramref name="Loop"/>.</param>
/// <param name="Loop">Covered hash of all that decides where the request goes.</param>
internal readonly record struct BranchId(ulong Unique, ulong Loop)
{
    /// <summary>Octets of a transaction's branch.</summary>
    public const int Length = 39;

    /// <summary>Octets of the branch of an ACK forwarded statelessly.</summary>
    public const int StatelessLength = 24;

    /// <summary>Octets of a stateless branch that a response proves its way by.</summary>
    public const int ProvenLength = 8 + 4 + (2 * MessageMac.Length);

    /// <summary>Writes the branch of a transaction.</summary>
    public int Write(Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.Write(Via.MagicCookie);
        writer.WriteHex(Unique);
        writer.WriteHex(Loop);
        return writer.Length;
    }

    /// <summary>Writes the branch of an ACK forwarded without state.</summary>
    public static int WriteStateless(ulong derived, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.Write(Via.MagicCookie);
        writer.Write((byte)'-');
        writer.WriteHex(derived);
        return writer.Length;
    }

    /// <summary>Reads a transaction's branch back, whatever the case of its letters; false when it is none of ours.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out BranchId branch)
    {
        branch = default;
        if (text.Length != Length || !Ascii.EqualsIgnoreCase(text[..7], Via.MagicCookie)
            || !Scan.TryHex(text.Slice(7, 16), out var unique) || !Scan.TryHex(text.Slice(23, 16), out var loop))
        {
            return false;
        }

        branch = new BranchId(unique, loop);
        return true;
    }

    /// <summary>Writes a stateless branch that a response can be let through by: the listener that its request came in by, and a MAC.</summary>
    public static int WriteProven(int listener, ReadOnlySpan<byte> mac, Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.Write(Via.MagicCookie);
        writer.Write((byte)'-');
        writer.WriteHex([(byte)(listener >> 8), (byte)listener]);
        writer.WriteHex(mac);
        return writer.Length;
    }

    /// <summary>Reads such a branch back. The MAC, of <see cref="MessageMac.Length"/> octets, is still to be verified.</summary>
    public static bool TryParseProven(ReadOnlySpan<byte> text, out int listener, Span<byte> mac)
    {
        Span<byte> octets = stackalloc byte[2 + MessageMac.Length];
        listener = 0;
        if (text.Length != ProvenLength || text[7] != '-' || !Ascii.EqualsIgnoreCase(text[..7], Via.MagicCookie)
            || Convert.FromHexString(text[8..], octets, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        listener = (octets[0] << 8) | octets[1];
        octets[2..].CopyTo(mac);
        return true;
    }
}
