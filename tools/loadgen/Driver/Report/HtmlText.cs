using System.Net;
using System.Text;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>The body of a page as it grows. Text is escaped; what is markup says so.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>Text with the characters of markup escaped.</summary>
    public static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Markup as it is.</summary>
    public HtmlText Markup(string markup)
    {
        _ = _text.AppendLine(markup);
        return this;
    }

    /// <summary>The page's head: what ran, how, and how it ended.</summary>
    public void Head(string title, string subtitle, string verdict, bool isGood) => Markup($"""
        <header>
        <p class="brand">ImsSipFast load generator<button type="button" id="theme">dark</button></p>
        <h1>{Escaped(title)}</h1>
        <p class="sub">{Escaped(subtitle)}</p>
        <p class="verdict {(isGood ? "good" : "bad")}">{Escaped(verdict)}</p>
        </header>
        """);

    /// <summary>A row of figures that say most.</summary>
    public void Tiles(IEnumerable<(string Name, string Value, string Unit)> tiles)
    {
        _ = Markup("<section class=\"tiles\">");
        foreach (var (name, value, unit) in tiles)
        {
            _ = Markup($"<div><span>{Escaped(name)}</span><b>{Escaped(value)}<i>{Escaped(unit)}</i></b></div>");
        }

        _ = Markup("</section>");
    }

    /// <summary>A place for a plot; the page's script draws it from the data.</summary>
    public void Chart(string kind, int run, string title, string note) => Markup(
        $"<figure><figcaption>{Escaped(title)}<small>{Escaped(note)}</small></figcaption><div class=\"chart\" data-chart=\"{kind}\" data-run=\"{run}\"></div></figure>");

    /// <summary>A table: its first column is words, the others are numbers. A row that begins with "!" is marked as bad, with "*" as unmeasured.</summary>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, string style = "")
    {
        _ = Markup($"<div class=\"wide\"><table class=\"{style}\"><thead><tr>" + string.Concat(head.Select(static cell => $"<th>{Escaped(cell)}</th>")) + "</tr></thead><tbody>");
        foreach (var row in rows)
        {
            var mark = row[0].Length > 0 ? row[0][0] switch { '!' => " class=\"bad\"", '*' => " class=\"dim\"", _ => "" } : "";
            _ = Markup($"<tr{mark}>" + string.Concat(row.Select((cell, i) => $"<td>{Escaped(i == 0 && mark.Length > 0 ? cell[1..] : cell)}</td>")) + "</tr>");
        }

        _ = Markup("</tbody></table></div>");
    }

    /// <summary>Names with their values, those that have one.</summary>
    public void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        _ = Markup("<dl>");
        foreach (var (name, value) in facts.Where(static fact => fact.Value.Length > 0))
        {
            _ = Markup($"<div><dt>{Escaped(name)}</dt><dd>{Escaped(value)}</dd></div>");
        }

        _ = Markup("</dl>");
    }

    public override string ToString() => _text.ToString();
}
