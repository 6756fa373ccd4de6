using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// Just enough SIP grammar for a test to look at a header value. Written apart from the Engine's parser on purpose:
/// a witness must not share the suspect's eyes.
/// </summary>
public static class WireText
{
    private static readonly Dictionary<string, string> s_compact = new(StringComparer.OrdinalIgnoreCase)
    {
        ["v"] = "Via",
        ["f"] = "From",
        ["t"] = "To",
        ["i"] = "Call-ID",
        ["m"] = "Contact",
        ["c"] = "Content-Type",
        ["l"] = "Content-Length",
        ["s"] = "Subject",
        ["k"] = "Supported",
        ["e"] = "Content-Encoding",
        ["o"] = "Event",
        ["r"] = "Refer-To",
        ["u"] = "Allow-Events",
        ["x"] = "Session-Expires",
    };

    public static bool SameName(string left, string right) =>
        string.Equals(LongName(left), LongName(right), StringComparison.OrdinalIgnoreCase);

    public static string LongName(string name) => s_compact.GetValueOrDefault(name.Trim(), name.Trim());

    /// <summary>The values of a comma-separated list; commas in quotes and angle brackets separate nothing.</summary>
    public static List<string> Split(string value, char separator = ',')
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var (quoted, bracketed) = (false, false);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (quoted && c == '\\' && i + 1 < value.Length)
            {
                part.Append(c).Append(value[++i]);
                continue;
            }

            quoted ^= c == '"' && !bracketed;
            bracketed = !quoted && (c == '<' || (bracketed && c != '>'));
            if (c == separator && !quoted && !bracketed)
            {
                parts.Add(part.ToString().Trim());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString().Trim());
        return parts;
    }

    /// <summary>The URI of a name-addr or addr-spec.</summary>
    public static string Uri(string value)
    {
        var open = IndexOutsideQuotes(value, '<');
        return open < 0 ? Split(value, ';')[0] : value[(open + 1)..value.IndexOf('>', open)];
    }

    /// <summary>A header parameter (after the closing bracket, if there is one): its value, "" when it has none, null when absent.</summary>
    public static string? Param(string value, string name)
    {
        var open = IndexOutsideQuotes(value, '<');
        return Find(Split(open < 0 ? value : value[(value.IndexOf('>', open) + 1)..], ';').Skip(1), name);
    }

    /// <summary>A parameter of a URI: its value, "" when it has none, null when absent.</summary>
    public static string? UriParam(string uri, string name) => Find(uri.Split('?')[0].Split(';').Skip(1), name);

    /// <summary>The scheme and what stands before the first parameter or header: <c>sip:b@127.0.0.3:5060</c>.</summary>
    public static string BareUri(string uri) => uri.Split('?')[0].Split(';')[0];

    /// <summary>The host and port of a URI, with the default port of SIP where it names none.</summary>
    public static string HostPort(string uri)
    {
        var bare = BareUri(uri);
        var host = bare[(bare.LastIndexOf('@') < 0 ? bare.IndexOf(':', StringComparison.Ordinal) + 1 : bare.LastIndexOf('@') + 1)..];
        return host.LastIndexOf(':') > host.LastIndexOf(']') ? host : host + ":5060";
    }

    /// <summary>The sent-by of a Via value.</summary>
    public static string SentBy(string via) => via.Split(';')[0].Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];

    private static string? Find(IEnumerable<string> parameters, string name)
    {
        foreach (var parameter in parameters)
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? parameter : parameter[..equals]).Trim();
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return equals < 0 ? "" : parameter[(equals + 1)..].Trim();
            }
        }

        return null;
    }

    private static int IndexOutsideQuotes(string value, char wanted)
    {
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            i += quoted && value[i] == '\\' ? 1 : 0;
            quoted ^= i < value.Length && value[i] == '"';
            if (i < value.Length && !quoted && value[i] == wanted)
            {
                return i;
            }
        }

        return -1;
    }
}
