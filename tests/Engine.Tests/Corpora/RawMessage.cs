using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// A message cut into its lines and nothing more, folds kept where they are: what "byte for byte" is compared by.
/// Written apart from the Engine's parser. Octets are Latin-1.
/// </summary>
internal sealed class RawMessage
{
    private RawMessage(string startLine, IReadOnlyList<(string Name, string Line)> fields, string body, int trailing)
    {
        StartLine = startLine;
        Fields = fields;
        Body = body;
        Trailing = trailing;
    }

    public string StartLine { get; }

    /// <summary>The header fields in order: long name, and the octets of the whole field with its last CRLF.</summary>
    public IReadOnlyList<(string Name, string Line)> Fields { get; }

    /// <summary>As many octets as Content-Length says, or all that follow.</summary>
    public string Body { get; }

    /// <summary>Octets that come after the body.</summary>
    public int Trailing { get; }

    public static RawMessage Read(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.Latin1.GetString(octets).TrimStart('\r', '\n');
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end >= 0, "no end of headers");
        var fields = new List<(string Name, string Line)>();
        string[] lines = text[..end].Split("\r\n");
        foreach (var line in lines[1..])
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
            {
                fields[^1] = (fields[^1].Name, $"{fields[^1].Line}{line}\r\n");
            }
            else
            {
                fields.Add((WireText.LongName(line[..line.IndexOf(':', StringComparison.Ordinal)]), line + "\r\n"));
            }
        }

        var body = text[(end + 4)..];
        var length = fields.Where(static f => Is(f, "Content-Length")).Select(static f => ValueOf(f.Line)).FirstOrDefault();
        var used = length is null ? body.Length : int.Parse(length, CultureInfo.InvariantCulture);
        return new RawMessage(lines[0], fields, body[..used], body.Length - used);
    }

    /// <summary>The fields of that name.</summary>
    public List<string> Lines(string name) => [.. Fields.Where(f => Is(f, name)).Select(static f => f.Line)];

    /// <summary>The values of that name, lists taken apart and folds made single spaces.</summary>
    public List<string> Values(string name) => [.. Lines(name).SelectMany(static line => WireText.Split(ValueOf(line)))];

    /// <summary>The fields of all other names.</summary>
    public List<string> LinesExcept(params string[] names) => [.. Fields.Where(f => !names.Any(n => Is(f, n))).Select(static f => f.Line)];

    private static string ValueOf(string line) =>
        line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("\r\n", "", StringComparison.Ordinal).Trim(' ', '\t');

    private static bool Is((string Name, string Line) field, string name) => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
