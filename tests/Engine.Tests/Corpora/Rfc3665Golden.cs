using System.Text.RegularExpressions;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// What a proxy of ours sends, against what the RFC prints in its place. Left aside is what a proxy chooses (branches,
/// the user part of a Record-Route, an explicit default port), what the transport decides, digest credentials, which
/// the RFC's proxies take out and ours do not know, and the typing errors of the RFC.
/// </summary>
internal static partial class Rfc3665Golden
{
    /// <summary>What is misprinted: flow, number of the message, and the header field, or the start line.</summary>
    private static readonly HashSet<(string Flow, int Number, string Field)> s_misprints =
    [
        // A CANCEL has the Request-URI of its INVITE, not the caller's (RFC 3261 §9.1).
        ("3.8", 11, "start line"),
        // An ACK for a 487 has the Via of the one who sends it.
        ("3.8", 18, "Via"),
        // received is the address of Bob.
        ("3.2", 22, "Via"),
        // received stands in the wrong one of the two Vias.
        ("3.6", 14, "Via"),
        // An ACK grows a Contact on its way.
        ("3.3", 20, "Contact"),
        ("3.3", 21, "Contact"),
    ];

    private static readonly string[] s_leftAside = ["Proxy-Authorization", "Max-Breadth"];

    public static void Check(Rfc3665Message golden, WireMessage sent)
    {
        var expected = Normalise(golden, golden.Parse());
        var seen = Normalise(golden, sent);

        // Flow 3.7 is about a proxy that does not ask to stay in the dialog, and one message lacks a Content-Length.
        foreach (var optional in (string[])["Record-Route", "Content-Length"])
        {
            if (!expected.ContainsKey(optional))
            {
                seen.Remove(optional);
            }
        }

        foreach (var (_, _, field) in s_misprints.Where(m => (m.Flow, m.Number) == (golden.Flow, golden.Number)))
        {
            expected.Remove(field);
            seen.Remove(field);
        }

        Assert.Equal(Text(expected), Text(seen));
    }

    private static SortedDictionary<string, string> Normalise(Rfc3665Message golden, WireMessage message)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["start line"] = message.StartLine, ["body"] = message.Body };
        foreach (var name in message.Names.Distinct().Where(n => !s_leftAside.Contains(n)))
        {
            fields[name] = string.Join('\n', name switch
            {
                "Via" => message.Vias.Select(Via),
                "Route" or "Record-Route" => message.All(name).Select(static r => OwnUser().Replace(r, "<sip:").Replace(":5060", "", StringComparison.Ordinal)),
                "To" when golden.Parse().ToTag is null => message.Lines(name).Select(static to => to.Split(";tag=")[0]),
                _ => message.Lines(name).Select(static value => Fold().Replace(value, " ")),
            });
        }

        return fields;
    }

    private static string Via(string via)
    {
        var parts = WireText.Split(Fold().Replace(via, " "), ';');
        var sentBy = parts[0].Split(' ')[^1].Replace(":5060", "", StringComparison.Ordinal);
        var parameters = parts.Skip(1).Where(p => !sentBy.StartsWith("ss", StringComparison.Ordinal) || !p.StartsWith("branch", StringComparison.Ordinal));
        var transport = sentBy.StartsWith("ss", StringComparison.Ordinal) ? "any" : parts[0].Split(' ')[0];
        return $"{transport} {sentBy} {string.Join(' ', parameters.Order(StringComparer.Ordinal))}";
    }

    private static string Text(SortedDictionary<string, string> fields) => string.Join('\n', fields.Select(static f => $"{f.Key}: {f.Value}"));

    /// <summary>The user part of a Record-Route of ours.</summary>
    [GeneratedRegex("<sip:[adeix][0-9a-f-]{24,}@")]
    private static partial Regex OwnUser();

    [GeneratedRegex("\r\n[ \t]+")]
    private static partial Regex Fold();
}
