using System.CommandLine;
using System.CommandLine.Parsing;

namespace ImsSipFast.Host.Options;

/// <summary>What the command line asks for beside running.</summary>
internal enum CommandLineRequest
{
    Run,
    Help,
    HelpMarkdown,
    Version,
}

/// <summary>The command line: its grammar comes from the option table, its values are read as every other source's.</summary>
internal static class CommandLineSource
{
    private static readonly Option<bool> Help = new("--help", "-h", "-?", "/?");
    private static readonly Option<bool> Version = new("--version");
    // Prints the options table of README.md; for those who change the table.
    private static readonly Option<bool> HelpMarkdown = new("--help-markdown") { Hidden = true };

    /// <summary>Throws <see cref="OptionException"/> for a word that is no option, or an option without its value.</summary>
    public static (CommandLineRequest Request, OptionSource Source) Read(IReadOnlyList<string> arguments)
    {
        var command = new Command("ImsSipFast") { Help, Version, HelpMarkdown };
        var options = OptionTable.All.ToDictionary(static definition => definition, static definition => new Option<string[]>(definition.CommandLineName)
        {
            // How many values an option takes is checked below: the message is ours, and the same as for other sources.
            Arity = ArgumentArity.ZeroOrMore,
        });
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        // The parser takes "--log-file=" for an option without a value; an empty value is one.
        var words = arguments.SelectMany(static a => a.StartsWith("--", StringComparison.Ordinal) && a.IndexOf('=', StringComparison.Ordinal) == a.Length - 1
            ? [a[..^1], ""] : new[] { a }).ToArray();
        var result = command.Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        foreach (var (option, request) in new[] { (Help, CommandLineRequest.Help), (Version, CommandLineRequest.Version), (HelpMarkdown, CommandLineRequest.HelpMarkdown) })
        {
            if (result.GetResult(option) is { Implicit: false })
            {
                return (request, new OptionSource());
            }
        }

        RefuseUnknown(result.UnmatchedTokens);
        var source = new OptionSource();
        foreach (var (definition, option) in options)
        {
            if (result.GetResult(option) is { Implicit: false } given)
            {
                source.Add(ReadOne(definition, given));
            }
        }

        return (CommandLineRequest.Run, source);
    }

    private static GivenOption ReadOne(OptionDefinition definition, OptionResult given)
    {
        var values = given.Tokens.Select(static token => token.Value).ToList();
        if (definition.IsSwitch && values.Count == 0)
        {
            values.Add("true");
        }

        if (values.Count < given.IdentifierTokenCount)
        {
            throw OptionException.Because($"{definition.CommandLineName}: needs a value (allowed: {definition.Allowed})");
        }

        return values.Count > 1 && !definition.IsRepeatable
            ? throw OptionException.Because($"{definition.CommandLineName}: given {values.Count} times ({string.Join(", ", values)}); once is allowed")
            : GivenOption.Of(definition, definition.CommandLineName, values);
    }

    private static void RefuseUnknown(IReadOnlyList<string> words)
    {
        // An unknown option leaves its value behind as well: the option is what to talk about.
        var word = words.FirstOrDefault(static w => w.StartsWith('-')) ?? (words is [var first, ..] ? first : null);
        if (word is null)
        {
            return;
        }

        if (!word.StartsWith('-'))
        {
            throw OptionException.Because($"\"{word}\" belongs to no option; --help lists them");
        }

        var name = word.Split('=', ':')[0];
        var nearest = NearestName.Of(name, OptionTable.All.Select(static option => option.CommandLineName).Append("--help").Append("--version"));
        throw OptionException.Because($"{name}: unknown option; the nearest known one is {nearest}");
    }
}
