using System.Globalization;
using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A SIP message as the agents and the witness of a <see cref="SimWorld"/> read it: octets as Latin-1, names in their
/// long form, and what every reader asks for looked up once. It shares no code with the Engine's parser, and unlike
/// <see cref="WireMessage"/> it takes anything: what is no message is no message, and says so.
/// </summary>
internal sealed class SimWorldMessage
{
    private readonly List<(string Name, string Value)> _fields = [];
    private string? _branch;
    private List<string>? _vias;

    public SimWorldMessage(string startLine) => StartLine = startLine;

    public string StartLine { get; }

    public string Body { get; private set; } = "";

    /// <summary>The octets that it was read from; empty for one that was made here.</summary>
    public byte[] Octets { get; private init; } = [];

    public bool IsRequest => !StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    /// <summary>The method of a request, of a response that of its request.</summary>
    public string Method => IsRequest ? StartLine[..StartLine.IndexOf(' ', StringComparison.Ordinal)] : CSeqMethod;

    public string RequestUri => StartLine.Split(' ')[1];

    public int Status => int.Parse(StartLine.AsSpan(8, 3), CultureInfo.InvariantCulture);

    public List<string> Vias => _vias ??= All("Via");

    public string TopVia => Vias.Count > 0 ? Vias[0] : "";

    public string Branch => _branch ??= WireText.Param(TopVia, "branch") ?? "";

    public string CallId => Find("Call-ID") ?? "";

    public string FromTag => WireText.Param(Find("From") ?? "", "tag") ?? "";

    public string ToTag => WireText.Param(Find("To") ?? "", "tag") ?? "";

    public string CSeqMethod => (Find("CSeq") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var method] ? method : "";

    public int CSeq => int.TryParse((Find("CSeq") ?? "").Split(' ')[0], CultureInfo.InvariantCulture, out var number) ? number : -1;

    public string this[string name] => Find(name) ?? "";

    /// <summary>Reads octets; null for what has no start line, no end of headers or a line without a name.</summary>
    public static SimWorldMessage? Read(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var line = text.IndexOf("\r\n", StringComparison.Ordinal);
        if (end < 0 || !IsStartLine(text[..line]))
        {
            return null;
        }

        var message = new SimWorldMessage(text[..line]) { Body = text[(end + 4)..], Octets = octets.ToArray() };
        for (var at = line + 2; at < end + 2;)
        {
            var next = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            var colon = text.IndexOf(':', at, next - at);
            if (colon <= at)
            {
                return null;
            }

            message._fields.Add((WireText.LongName(text[at..colon]), text[(colon + 1)..next].Trim(' ', '\t')));
            at = next + 2;
        }

        return message;
    }

    /// <summary>The URI of a name-addr or addr-spec.</summary>
    public static string UriOf(string value)
    {
        var open = value.IndexOf('<', StringComparison.Ordinal);
        var close = value.IndexOf('>', open + 1);
        return open < 0 || close < 0 ? value.Split(';')[0] : value[(open + 1)..close];
    }

    public string? Find(string name)
    {
        foreach (var (known, value) in _fields)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>All values of that name, lists taken apart.</summary>
    public List<string> All(string name)
    {
        var values = new List<string>();
        foreach (var (known, value) in _fields)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                values.AddRange(WireText.Split(value));
            }
        }

        return values;
    }

    public SimWorldMessage Add(string name, string value)
    {
        _fields.Add((name, value));
        return this;
    }

    public SimWorldMessage AddAll(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            _fields.Add((name, value));
        }

        return this;
    }

    /// <summary>Copies the fields of that name as they stand.</summary>
    public SimWorldMessage CopyFrom(SimWorldMessage other, string name)
    {
        _fields.AddRange(other._fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));
        return this;
    }

    public SimWorldMessage With(string body)
    {
        Body = body;
        return this;
    }

    public byte[] ToOctets()
    {
        var text = new StringBuilder(512).Append(StartLine).Append("\r\n");
        foreach (var (name, value) in _fields)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        text.Append("Content-Length: ").Append(Body.Length).Append("\r\n\r\n").Append(Body);
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static bool IsStartLine(string line) => line.StartsWith("SIP/2.0 ", StringComparison.Ordinal)
        ? line.Length >= 12 && line[8..11].All(char.IsAsciiDigit)
        : line.Split(' ') is [{ Length: > 0 }, { Length: > 0 }, "SIP/2.0"];
}
