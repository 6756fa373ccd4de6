using System.Text;

namespace ImsSipFast.LoadGen.Tests.Simulation;

/// <summary>A message as a test reads and writes it: plain text, no cleverness shared with the user agents.</summary>
internal sealed class SipText
{
    public SipText(string text)
    {
        Text = text;
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        StartLine = lines[0];
        Headers = [.. lines.Skip(1).Select(line => line.Split(':', 2)).Select(parts => (parts[0].Trim(), parts[1].Trim()))];
        Body = text[(end + 4)..];
    }

    public string Text { get; }

    public string StartLine { get; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; }

    public string Body { get; }

    /// <summary>"INVITE", or "200".</summary>
    public string What => StartLine.StartsWith("SIP/2.0", StringComparison.Ordinal) ? StartLine.Split(' ')[1] : StartLine.Split(' ')[0];

    public string RequestUri => StartLine.Split(' ')[1];

    public bool Has(string name) => Headers.Any(header => header.Name == name);

    public string this[string name] => Headers.First(header => header.Name == name).Value;

    public IEnumerable<string> All(string name) => Headers.Where(header => header.Name == name).Select(header => header.Value);

    public string Branch => Parameter(this["Via"], "branch");

    public string FromTag => Parameter(this["From"], "tag");

    public string ToTag => Parameter(this["To"], "tag");

    public static string Parameter(string value, string name) =>
        value.Split(';').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";

    /// <summary>A response to it, as a server writes one; headers are added as they stand.</summary>
    public string Respond(string status, string toTag = "callee", string headers = "", string body = "")
    {
        var text = new StringBuilder($"SIP/2.0 {status}\r\n");
        foreach (var name in new[] { "Via", "Record-Route", "From" })
        {
            foreach (var value in All(name))
            {
                text.Append($"{name}: {value}\r\n");
            }
        }

        var to = this["To"];
        text.Append($"To: {to}{(to.Contains("tag=", StringComparison.Ordinal) || toTag.Length == 0 ? "" : ";tag=" + toTag)}\r\n");
        text.Append($"Call-ID: {this["Call-ID"]}\r\nCSeq: {this["CSeq"]}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
        return text.ToString();
    }
}
