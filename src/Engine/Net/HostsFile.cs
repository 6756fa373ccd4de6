using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// The names that the machine itself gives to addresses. Read once, when the engine starts: a change of the file
/// counts from the next start on.
/// <code>
/// address name *( name ) [ "#" comment ]
/// </code>
/// </summary>
internal static class HostsFile
{
    private const int LongestFile = 1 << 20;

    /// <summary>The machine's file; nothing when there is none or it cannot be read.</summary>
    public static string ReadText()
    {
        var path = OperatingSystem.IsWindows()
            ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts")
            : "/etc/hosts";
        try
        {
            return new FileInfo(path).Length <= LongestFile ? File.ReadAllText(path) : string.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    /// <summary>
    /// Each name with the first address of a family that we listen on, IPv4 before IPv6; <c>localhost</c> is always
    /// among them (RFC 6761 §6.3).
    /// </summary>
    public static Dictionary<string, IPAddress> Parse(string text, bool v4, bool v6)
    {
        var names = new Dictionary<string, IPAddress>(StringComparer.OrdinalIgnoreCase)
        {
            ["localhost"] = v4 ? IPAddress.Loopback : IPAddress.IPv6Loopback,
        };
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
            {
                continue;
            }

            var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
            foreach (var name in words[1..])
            {
                var isBetter = !names.TryGetValue(name, out var known) || (isV4 && known.AddressFamily != AddressFamily.InterNetwork);
                if ((isV4 ? v4 : v6) && isBetter)
                {
                    names[name] = address;
                }
            }
        }

        return names;
    }
}
