using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// A branch of ours (RFC 3261 §8.1.1.7, RFC 5393 §4.2.1).
/// <code>
/// z9hG4bK 16 hex digits (unique) 16 hex digits (loop)     a transaction
/// z9hG4bK- 16 hex digits (derived from the request)       forwarded statelessly
/// </code>
/// The first half tells transactions apart; the second is the same for the same routing, so that a request which
/// comes back unchanged is seen as a loop.
/// </summary>
/// <param name="Unique">Never used twice by this process.</param>
/// <param name="Loop">Hash of all that decides where the request goes.</param>
internal readonly record struct BranchId(ulong Unique, ulong Loop)
{
    /// <summary>Octets of a transaction's branch.</summary>
    public const int Length = 39;

    /// <summary>Octets of a stateless branch.</summary>
    public const int StatelessLength = 24;

    /// <summary>Writes the branch of a transaction.</summary>
    public int Write(Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        writer.Write(Via.MagicCookie);
        writer.WriteHex(Unique);
        writer.WriteHex(Loop);
        return writer.Length;
    }

    /// <summary>Writes the branch of a request forwarded without state.</summary>
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

    /// <summary>Reads a stateless branch back.</summary>
    public static bool TryParseStateless(ReadOnlySpan<byte> text, out ulong derived)
    {
        derived = 0;
        return text.Length == StatelessLength && text[7] == '-' && Ascii.EqualsIgnoreCase(text[..7], Via.MagicCookie)
            && Scan.TryHex(text[8..], out derived);
    }
}
