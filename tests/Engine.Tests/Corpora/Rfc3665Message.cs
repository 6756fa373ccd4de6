using System.Text;
using System.Text.RegularExpressions;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>One message file of RFC 3665: who sends it to whom, and its text.</summary>
internal sealed partial class Rfc3665Message
{
    private Rfc3665Message(string flow, string file)
    {
        Flow = flow;
        Name = Path.GetFileNameWithoutExtension(file);
        Number = int.Parse(Name[1..3], System.Globalization.CultureInfo.InvariantCulture);
        var names = Actors().Match(Name);
        (From, To) = (ActorOf(names.Groups["from"].Value), ActorOf(names.Groups["to"].Value));
        // The heading of the next section came along when the last messages of two sections were cut out.
        Octets = Encoding.Latin1.GetBytes(Heading().Replace(Encoding.Latin1.GetString(File.ReadAllBytes(file)), ""));
    }

    public string Flow { get; }

    /// <summary>File name without extension.</summary>
    public string Name { get; }

    /// <summary>The number of the file: F1 is 1.</summary>
    public int Number { get; }

    public string From { get; }

    public string To { get; }

    public byte[] Octets { get; }

    public bool IsFromProxy => From.StartsWith("Proxy", StringComparison.Ordinal);

    /// <summary>The messages of a flow in order.</summary>
    public static List<Rfc3665Message> Read(string flow) =>
        [.. ConformanceData.Files($"torture/rfc3665/{flow}").Select(file => new Rfc3665Message(flow, file))];

    /// <summary>The message with the typing errors of the RFC put right that make it no SIP by the grammar: two spaces, a fold without one.</summary>
    public WireMessage Parse()
    {
        var text = Encoding.Latin1.GetString(Octets).Replace("SIP/2.0  486", "SIP/2.0 486", StringComparison.Ordinal)
            .Replace("\r\n<sip:ss1", "\r\n <sip:ss1", StringComparison.Ordinal);
        return WireMessage.Parse(Encoding.Latin1.GetBytes(text));
    }

    // Bob is at another place in flow 3.6, and its F10 leaves out the number of its proxy.
    private string ActorOf(string name) => (name, Flow) switch
    {
        ("Bob", "3.6") => "Bob in Chicago",
        ("Proxy", "3.6") => "Proxy-3",
        _ => name,
    };

    [GeneratedRegex("-(?<from>Alice|Bob|Proxy-[123]|Proxy|SIP-Server|SIP-ALG|Redirect-Server|Redirect-Proxy)-(?<to>Alice|Bob|Proxy-[123]|SIP-Server|SIP-ALG|Redirect-Server)$")]
    private static partial Regex Actors();

    [GeneratedRegex("^[34]\\.  [A-Z][^\r\n]*\r\n", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
