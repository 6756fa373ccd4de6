using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>A name that is written is the name that is read.</summary>
public sealed class HeaderSpellingTests
{
    [Fact]
    public void Every_name_that_the_engine_reads_has_its_spelling()
    {
        foreach (var name in Enum.GetValues<HeaderName>().Where(static name => name != HeaderName.Other))
        {
            Assert.Equal(name, HeaderNames.Recognise(HeaderSpelling.Of(name)));
        }
    }

    /// <summary>The registry of compact forms: a letter is read, or known as the short form of a name that is not.</summary>
    [Theory]
    [InlineData("afecbtdilmjkoryusnxv")]
    [InlineData("AFECBTDILMJKORYUSNXV")]
    public void Every_compact_form_is_known(string letters)
    {
        foreach (var letter in letters.Select(static c => (byte)c))
        {
            Assert.True((HeaderNames.Recognise([letter]) != HeaderName.Other) != (HeaderSpelling.LongForm([letter]).Length > 1), $"{(char)letter}");
        }
    }

    [Theory]
    [InlineData("z")]
    [InlineData("1")]
    [InlineData("Subject")]
    [InlineData("")]
    public void What_is_no_compact_form_stays(string name)
    {
        var octets = System.Text.Encoding.ASCII.GetBytes(name);
        Assert.Equal(octets, HeaderSpelling.LongForm(octets));
    }
}
