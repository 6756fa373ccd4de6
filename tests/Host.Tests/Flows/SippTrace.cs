using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>What one SIPp sent and received, octet for octet, from its message trace.</summary>
internal sealed partial class SippTrace
{
    private SippTrace(List<(bool Sent, WireMessage Message)> messages) => Messages = messages;

    public IReadOnlyList<(bool Sent, WireMessage Message)> Messages { get; }

    /// <summary>The flow at a glance: <c>&gt; INVITE</c>, <c>&lt; 100 INVITE</c>.</summary>
    public IEnumerable<string> Outline => Messages.Select(static m => $"{(m.Sent ? '>' : '<')} {Name(m.Message)}");

    /// <summary>Messages that had been there before, octet for octet: a machine that was slow for half a second.</summary>
    public int Repeats => Messages.Count - Messages.DistinctBy(static m => (m.Sent, m.Message.ToString())).Count();

    /// <summary>Each call by its Call-ID.</summary>
    public IReadOnlyDictionary<string, SippTrace> ByCall =>
        Messages.GroupBy(static m => m.Message["Call-ID"]).ToDictionary(static call => call.Key, static call => new SippTrace([.. call]));

    public static SippTrace Read(string file)
    {
        // Octets are Latin-1 characters here, so that counts of octets are counts of characters.
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        var messages = new List<(bool, WireMessage)>();
        foreach (Match entry in Entry().Matches(text))
        {
            var length = int.Parse(entry.Groups["length"].Value, CultureInfo.InvariantCulture);
            var octets = Encoding.Latin1.GetBytes(text.Substring(entry.Index + entry.Length, length));
            messages.Add((entry.Groups["verb"].Value == "sent", WireMessage.Parse(octets)));
        }

        return new SippTrace(messages);
    }

    /// <summary>The first message of that kind that this side sent, such as <c>INVITE</c> or <c>200 BYE</c>.</summary>
    public WireMessage Sent(string name) => First(true, name);

    /// <summary>The first message of that kind that this side received.</summary>
    public WireMessage Received(string name) => First(false, name);

    /// <summary>Every message, for the report of a failed test.</summary>
    public override string ToString() => string.Join("\n", Messages.Select(static m => $"{(m.Sent ? ">>>" : "<<<")}\n{m.Message}"));

    private static string Name(WireMessage message) => message.IsRequest ? message.Method : $"{message.Status} {message.CSeqMethod}";

    private WireMessage First(bool sent, string name)
    {
        var found = Messages.FirstOrDefault(m => m.Sent == sent && Name(m.Message) == name);
        Assert.True(found.Message is not null, $"no {name} {(sent ? "sent" : "received")} in\n{this}");
        return found.Message;
    }

    // SIPp writes "sent (281 bytes):" but "received [306] bytes :".
    [GeneratedRegex(@"^-{10,} [^\n]*\n\S+ message (?<verb>sent|received) [\(\[](?<length>\d+)[^\n]*\n\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();
}
