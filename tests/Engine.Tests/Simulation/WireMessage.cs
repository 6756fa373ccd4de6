using System.Globalization;
using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A SIP message as text that a test writes, reads and bends. Octets are Latin-1 here, so every octet survives the
/// round trip and "unchanged" means byte for byte.
/// </summary>
public sealed class WireMessage
{
    private readonly List<(string Name, string Value)> _fields = [];

    public WireMessage(string startLine) => StartLine = startLine;

    public string StartLine { get; set; }

    /// <summary>Puts another start line in its place.</summary>
    public WireMessage WithStartLine(string startLine)
    {
        StartLine = startLine;
        return this;
    }

    public string Body { get; private set; } = "";

    /// <summary>When it arrived, in milliseconds since the bed was started.</summary>
    public long At { get; private init; }

    /// <summary>Who sent it.</summary>
    public string From { get; private init; } = "";

    /// <summary>The octets that it was read from.</summary>
    public byte[] Octets { get; private init; } = [];

    public bool IsRequest => !StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    public string Method => StartLine.Split(' ')[0];

    public string RequestUri => StartLine.Split(' ')[1];

    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public string Reason => StartLine.Split(' ', 3)[2];

    public string CSeqMethod => this["CSeq"].Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];

    public string Branch => WireText.Param(Vias[0], "branch") ?? "";

    public string? ToTag => WireText.Param(this["To"], "tag");

    public List<string> Vias => All("Via");

    public IEnumerable<string> Names => _fields.Select(static f => f.Name);

    /// <summary>The value of the first field of that name; the test fails when there is none.</summary>
    public string this[string name] => Find(name) ?? throw new InvalidOperationException($"no {name} in:\n{this}");

    public static WireMessage Read(Arrival arrival)
    {
        var message = Parse(arrival.Octets, arrival.At, arrival.From);
        return message;
    }

    public static WireMessage Parse(byte[] octets, long at = 0, string from = "")
    {
        var text = Encoding.Latin1.GetString(octets);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"no end of headers in:\n{text}");
        string[] lines = text[..end].Split("\r\n");
        var message = new WireMessage(lines[0]) { Body = text[(end + 4)..], At = at, From = from, Octets = octets };
        foreach (var line in lines[1..])
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
            {
                var (name, value) = message._fields[^1];
                message._fields[^1] = (name, $"{value}\r\n{line}");
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(colon > 0, $"a line without a colon: {line}");
            message._fields.Add((line[..colon], line[(colon + 1)..].TrimStart(' ', '\t')));
        }

        return message;
    }

    /// <summary>The response that a server makes of a request (RFC 3261 §8.2.6.2).</summary>
    public static WireMessage ResponseTo(WireMessage request, int status, string reason)
    {
        var response = new WireMessage($"SIP/2.0 {status} {reason}");
        string[] copied = ["Via", "From", "To", "Call-ID", "CSeq"];
        foreach (var (name, value) in request._fields.Where(f => copied.Any(c => WireText.SameName(c, f.Name))))
        {
            response.Add(name, value);
        }

        return response;
    }

    public string? Find(string name) => _fields.Where(f => WireText.SameName(f.Name, name)).Select(static f => f.Value).FirstOrDefault();

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The fields of that name, one value a line, as they stand.</summary>
    public List<string> Lines(string name) => [.. _fields.Where(f => WireText.SameName(f.Name, name)).Select(static f => f.Value)];

    /// <summary>All values of that name, lists taken apart.</summary>
    public List<string> All(string name) => [.. Lines(name).SelectMany(static v => WireText.Split(v))];

    public WireMessage Set(string name, string value)
    {
        var at = _fields.FindIndex(f => WireText.SameName(f.Name, name));
        Remove(name);
        _fields.Insert(at < 0 ? _fields.Count : at, (name, value));
        return this;
    }

    public WireMessage Add(string name, string value)
    {
        _fields.Add((name, value));
        return this;
    }

    /// <summary>Puts the field before all others.</summary>
    public WireMessage AddFirst(string name, string value)
    {
        _fields.Insert(0, (name, value));
        return this;
    }

    public WireMessage Remove(string name)
    {
        _fields.RemoveAll(f => WireText.SameName(f.Name, name));
        return this;
    }

    /// <summary>A body with its Content-Length; no Content-Type when <paramref name="type"/> is null.</summary>
    public WireMessage With(string body, string? type = "application/sdp")
    {
        Body = body;
        if (type is not null)
        {
            Set("Content-Type", type);
        }

        return Set("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A copy to bend without touching this one.</summary>
    public WireMessage Copy()
    {
        var copy = new WireMessage(StartLine) { Body = Body };
        copy._fields.AddRange(_fields);
        return copy;
    }

    public byte[] ToOctets() => Encoding.Latin1.GetBytes(ToString());

    public override string ToString()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _fields)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return text.Append("\r\n").Append(Body).ToString();
    }
}
