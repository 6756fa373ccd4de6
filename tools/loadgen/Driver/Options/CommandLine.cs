using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>How a front end reads its arguments: it answers --help, and what is wrong is one line.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 100;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="footnotes">Printed behind every help text.</param>
    /// <param name="arguments">What the user wrote.</param>
    /// <param name="output">Takes the help text.</param>
    /// <param name="error">Takes the line that says what is wrong.</param>
    public static int Invoke(RootCommand root, string footnotes, IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            var plain = (HelpAction)help.Action!;
            plain.MaxWidth = HelpWidth;
            help.Action = new HelpWithFootnotes(plain, footnotes);
        }

        var parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var first, ..])
        {
            error.WriteLine(Unknown(parsed) ?? first.Message);
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error });
    }

    private static string? Unknown(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        return parsed.UnmatchedTokens is [var word, ..] ? $"\"{word}\": unknown {(word.StartsWith('-') ? "option" : "command or value")}; {command}--help lists what there is"
            : parsed.CommandResult.Command is RootCommand ? "a command is needed, such as call; --help lists them"
            : null;
    }

    /// <summary>The library's help, and what it does not know.</summary>
    private sealed class HelpWithFootnotes(HelpAction plain, string footnotes) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var code = plain.Invoke(parsed);
            parsed.InvocationConfiguration.Output.Write(footnotes);
            return code;
        }
    }
}
