using ImsSipFast.Host.Options;

namespace ImsSipFast.Host.Tests.Options;

/// <summary>Help and README say what the option table says.</summary>
public sealed class HelpTextTests
{
    [Fact]
    public void Help_names_every_option_with_default_and_allowed_values()
    {
        var help = HelpText.Plain();
        foreach (var option in OptionTable.All)
        {
            Assert.Contains($"\n  {option.CommandLineName}", help, StringComparison.Ordinal);
            Assert.Contains(option.Meaning, help, StringComparison.Ordinal);
            Assert.Contains($"default {option.Default}\n", help, StringComparison.Ordinal);
            Assert.True(option.IsSwitch || help.Contains(option.Allowed, StringComparison.Ordinal), option.Allowed);
        }
    }

    [Fact]
    public void The_options_table_of_the_README_is_the_option_table()
    {
        const string begin = "<!-- options: written by --help-markdown -->\n";
        const string end = "<!-- /options -->";
        var readme = File.ReadAllText(Path.Combine(RepositoryRoot(), "README.md"));
        var from = readme.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, "README.md has no options table");
        var table = readme[(from + begin.Length)..readme.IndexOf(end, StringComparison.Ordinal)];
        Assert.True(
            table == HelpText.Markdown(),
            "The options table in README.md is not the option table. This writes it anew:\ndotnet run -c Release --project src/Host -- --help-markdown");
    }

    [Theory]
    [InlineData("--help", CommandLineRequest.Help)]
    [InlineData("-h", CommandLineRequest.Help)]
    [InlineData("--version", CommandLineRequest.Version)]
    [InlineData("--help-markdown", CommandLineRequest.HelpMarkdown)]
    public void A_request_for_help_wins_over_whatever_else_is_there(string word, object request) =>
        Assert.Equal(request, CommandLineSource.Read(["--nonsense", "--mode", "lan", word]).Request);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ImsSipFast.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("ImsSipFast.sln is in no folder above the tests");
        }

        return folder.FullName;
    }
}
