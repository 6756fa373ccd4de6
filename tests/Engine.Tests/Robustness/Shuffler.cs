using System.Text;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// Puts the header fields of a message in another order and bends some of them: left out, doubled, folded, in another
/// case, several values on one line, or a field from elsewhere put in. The same seed does the same.
/// </summary>
internal sealed class Shuffler(int seed)
{
    private static readonly byte[][] s_strangers = [.. ((string[])
    [
        "Via: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK-x", "v: SIP/2.0/UDP 203.0.113.7, SIP/2.0/UDP 203.0.113.8", "Via:", "Via: ,", "Route: <sip:203.0.113.1;lr>",
        "Route: <sip:203.0.113.9>", "Route: <sip:next.test;lr>, <sip:203.0.113.1:5060;lr>", "Route:", "Record-Route: <sip:x.test;lr>", "Record-Route:",
        "WWW-Authenticate: Digest realm=\"x, y\", nonce=\"1\"", "Proxy-Authenticate: Digest realm=\"z\"", "Proxy-Authenticate:", "Max-Forwards: 0", "Max-Forwards: 1",
        "Max-Breadth: 1", "Max-Breadth: 0", "Contact: *", "m: <sip:b@203.0.113.9:5070>;q=0.1", "Contact: <tel:1>", "Path: <sip:p.test;lr>", "Expires: 0",
        "Require: path", "Proxy-Require: x", "Timestamp: 1", "Content-Length: 0", "l: 3", "To: <sip:c@home.test>;tag=t", "f: <sip:x@y>", "i: other", "CSeq: 1 ACK",
        "Retry-After: 1", "Event: reg", "k: path", "Subject:", "X: \u00ff\u0001", " folded",
    ]).Select(Encoding.Latin1.GetBytes)];

    private readonly Random _random = new(seed);
    private readonly List<Range> _lines = [];
    private readonly byte[] _output = new byte[16_384];
    private int _length;

    /// <summary>A number below the bound.</summary>
    public int Next(int bound) => _random.Next(bound);

    /// <summary>The message with its header fields shuffled; valid until the next call. The start line and the body stay.</summary>
    public ReadOnlySpan<byte> Shuffle(ReadOnlySpan<byte> message, bool bend = true)
    {
        _length = 0;
        _lines.Clear();
        var body = message.IndexOf("\r\n\r\n"u8);
        var first = message.IndexOf("\r\n"u8) + 2;
        for (var at = first; at < body + 2;)
        {
            var end = at + message[at..].IndexOf("\r\n"u8);
            _lines.Add(at..end);
            at = end + 2;
        }

        for (var i = _lines.Count - 1; i > 0; i--)
        {
            var other = _random.Next(i + 1);
            (_lines[i], _lines[other]) = (_lines[other], _lines[i]);
        }

        Append(message[..first]);
        var bent = bend && _random.Next(3) > 0 ? _random.Next(_lines.Count) : -1;
        for (var i = 0; i < _lines.Count; i++)
        {
            if (i == bent)
            {
                AppendBent(message[_lines[i]]);
            }
            else
            {
                AppendLine(message[_lines[i]]);
            }
        }

        Append(message[(body + 2)..]);
        if (bend && _random.Next(8) == 0)
        {
            _output[_random.Next(_length)] = (byte)_random.Next(256);
        }

        return _output.AsSpan(0, _length);
    }

    private void AppendBent(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        switch (_random.Next(8))
        {
            case 0:
                break;
            case 1:
                AppendLine(line);
                AppendLine(line);
                break;
            case 2 when colon > 0:
                Append(line[..colon]);
                Append(" \t:\r\n "u8);
                AppendLine(line[(colon + 1)..]);
                break;
            case 3 when colon > 0:
                var start = _length;
                Append(line[..colon]);
                foreach (ref var octet in _output.AsSpan(start, colon))
                {
                    octet = octet is >= (byte)'a' and <= (byte)'z' ? (byte)(octet ^ 0x20) : octet;
                }

                AppendLine(line[colon..]);
                break;
            case 4 when colon > 0:
                Append(line);
                Append(", "u8);
                AppendLine(line[(colon + 1)..]);
                break;
            case 5:
                AppendLine(line[..(1 + _random.Next(line.Length))]);
                break;
            default:
                AppendLine(s_strangers[_random.Next(s_strangers.Length)]);
                AppendLine(line);
                break;
        }
    }

    private void AppendLine(ReadOnlySpan<byte> line)
    {
        Append(line);
        Append("\r\n"u8);
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_output.AsSpan(_length));
        _length += octets.Length;
    }
}
