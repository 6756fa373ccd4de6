using System.Text;

namespace ImsSipFast.Host.Options;

/// <summary>The option table as help text and as the table in README.md.</summary>
internal static class HelpText
{
    private const int NameColumn = 30;

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Plain()
    {
        var text = new StringBuilder(
            """
            ImsSipFast: a SIP proxy and registrar over UDP. Without options: registers and connects
            any softphones on this machine at 127.0.0.1:5060.

            Usage: dotnet run -c Release --project src/Host -- [options]
                   ImsSipFast.Host [options]

            Every option is also a key of the section "Sip" in appsettings.json or the file of
            --config (--timer-c is "TimerC"), and a variable of the environment (Sip__TimerC).
            The command line wins over the environment, that over --config, that over
            appsettings.json. Lists: repeat the option, or put commas between. Octets: also as 64K,
            512M or 2G.

            """);
        foreach (var group in OptionTable.All.GroupBy(static option => option.Group))
        {
            _ = text.AppendLine().AppendLine($"{group.Key}:");
            foreach (var option in group)
            {
                Append(text, option);
            }
        }

        return text.Append(
            """

            Help:
              --help, -h                  this text
              --version                   the version

            Exit codes: 0 stopped and drained, 69 a port is in use or may not be used, or too few file
            descriptors are allowed, 70 a fault, 78 a wrong option, an address that this machine
            does not have, or a file of settings or of --secret that cannot be used, 130 and 143
            stopped at once by a second signal.

            """).ToString();
    }

    /// <summary>The rows of the options table in README.md.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| option | key | default | allowed | meaning |\n|---|---|---|---|---|\n");
        foreach (var option in OptionTable.All)
        {
            var repeatable = option.IsRepeatable ? "; repeatable" : "";
            _ = text.Append($"| `{option.CommandLineName}` | `{option.Key}` | {Cell(option.Default)} | {Cell(option.Allowed)} | {Cell(option.Meaning)}{repeatable} |\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, OptionDefinition option)
    {
        var name = $"  {option.CommandLineName} {option.ValueName}".TrimEnd();
        var indent = new string(' ', NameColumn);
        _ = name.Length < NameColumn - 1 ? text.Append(name.PadRight(NameColumn)) : text.AppendLine(name).Append(indent);
        _ = text.Append(option.Meaning).AppendLine(option.IsRepeatable ? "; repeatable" : "");
        var allowed = option.IsSwitch || option.Allowed == option.ValueName ? "" : option.Allowed + "; ";
        _ = text.Append(indent).AppendLine($"{allowed}default {option.Default}");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
