using System.Text;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>Bends messages: flips, inserts and deletes octets, moves and repeats lines. The same seed bends them alike.</summary>
internal sealed class Mutator(int seed)
{
    /// <summary>Pieces that mean something where they should not stand.</summary>
    private static readonly byte[][] s_pieces = [.. ((string[])
    [
        "\r\n", "\r\n\r\n", "\r", "\n", "\r\n ", "\0", ",", ";", ":", "=", "<", ">", "\"", "\\", "@", "?", "%", "%00", "[", "]", "[::1]", "sip:", "tel:1",
        "*", " ", "\t", "z9hG4bK", ";branch=", ";received=", ";rport", ";rport=0", ";maddr=", ";lr", ";tag=", ";ttl=1", "Via:", "Via: SIP/2.0/UDP a\r\n",
        "v:\r\n", "Route: <sip:203.0.113.1;lr>\r\n", "Route:\r\n", "Record-Route: <sip:x;lr>\r\n", "Content-Length: 5\r\n", "l: 0\r\n", "Max-Forwards: 0\r\n",
        "Max-Forwards: 256\r\n", "Max-Breadth: 0\r\n", "Max-Breadth: 1\r\n", "CSeq: 1 ACK\r\n", "Proxy-Require: a\r\n", "Contact: *\r\n", "Expires: 0\r\n",
        "4294967296", "99999999999999999999", "-1", "\u00ff", "\u00c3\u00a9", "SIP/2.0", "INVITE", "ACK", "CANCEL", "REGISTER", "FOO",
    ]).Select(Encoding.Latin1.GetBytes)];

    private readonly Random _random = new(seed);

    /// <summary>A bent copy: one to four changes.</summary>
    public byte[] Mutate(byte[] original)
    {
        var octets = new List<byte>(original);
        for (var changes = 1 + _random.Next(4); changes > 0 && octets.Count > 0; changes--)
        {
            Change(octets);
        }

        return [.. octets];
    }

    private void Change(List<byte> octets)
    {
        var at = _random.Next(octets.Count);
        switch (_random.Next(9))
        {
            case 0:
                octets[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                octets[at] = (byte)_random.Next(256);
                break;
            case 2:
                octets.RemoveRange(at, Math.Min(1 + _random.Next(8), octets.Count - at));
                break;
            case 3:
                octets.InsertRange(at, Enumerable.Repeat(octets[at], 1 + _random.Next(20)));
                break;
            case 4 or 5:
                octets.InsertRange(at, s_pieces[_random.Next(s_pieces.Length)]);
                break;
            case 6:
                // A piece where a line begins: a header field that was not there.
                octets.InsertRange(LineStart(octets, at), s_pieces[_random.Next(s_pieces.Length)]);
                break;
            case 7:
                var line = Line(octets, at);
                octets.InsertRange(LineStart(octets, _random.Next(octets.Count)), line);
                break;
            default:
                var (start, length) = (LineStart(octets, at), Line(octets, at).Length);
                octets.RemoveRange(start, length);
                break;
        }
    }

    private static int LineStart(List<byte> octets, int at)
    {
        while (at > 0 && octets[at - 1] != '\n')
        {
            at--;
        }

        return at;
    }

    private static byte[] Line(List<byte> octets, int at)
    {
        var start = LineStart(octets, at);
        var end = octets.IndexOf((byte)'\n', start);
        return [.. octets.Skip(start).Take((end < 0 ? octets.Count : end + 1) - start)];
    }
}
