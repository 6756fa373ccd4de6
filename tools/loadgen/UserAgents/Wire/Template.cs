using System.Text;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>
/// A message as text with slots in braces, cut up once and copied together for each message:
/// <code>ACK {target} SIP/2.0 …</code>
/// Line ends of the text become CRLF.
/// </summary>
internal sealed class Template
{
    private readonly byte[] _text;
    private readonly Piece[] _pieces;

    public Template(string text)
    {
        var octets = new List<byte>();
        var pieces = new List<Piece>();
        var parts = text.ReplaceLineEndings("\r\n").Split('{', '}');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 0)
            {
                var literal = Encoding.ASCII.GetBytes(parts[i]);
                pieces.Add(new(Slot.Literal, octets.Count, literal.Length));
                octets.AddRange(literal);
            }
            else
            {
                pieces.Add(new(Enum.Parse<Slot>(parts[i]), 0, 0));
            }
        }

        _text = [.. octets];
        _pieces = [.. pieces.Where(piece => piece.Slot != Slot.Literal || piece.Length > 0)];
    }

    /// <summary>Writes the message; returns its length.</summary>
    public int Render(Span<byte> to, scoped in SlotValues values)
    {
        var length = 0;
        foreach (ref readonly var piece in _pieces.AsSpan())
        {
            var rest = to[length..];
            if (piece.Slot == Slot.Literal)
            {
                _text.AsSpan(piece.Start, piece.Length).CopyTo(rest);
                length += piece.Length;
            }
            else
            {
                length += values.Write(piece.Slot, rest);
            }
        }

        return length;
    }

    private readonly record struct Piece(Slot Slot, int Start, int Length);
}
