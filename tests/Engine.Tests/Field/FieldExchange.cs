using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Tests.Corpora;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>
/// One folder of field reports (<c>shared/conformance/field</c>): the datagrams of one exchange by their numbers, with the
/// marks of its INDEX.md replaced. Reading one skips the test where the folder is absent.
/// </summary>
public sealed class FieldExchange(string folder)
{
    private const string Folder = "field/";

    /// <summary>How many datagrams there are.</summary>
    public int Count => ConformanceData.Files(Folder + folder).Length;

    /// <summary>Datagram <paramref name="number"/>, which has no marks but perhaps that of the round.</summary>
    public string Read(int number, int? round = null)
    {
        var path = ConformanceData.Files(Folder + folder).Single(file => Path.GetFileName(file).StartsWith($"{number}-", StringComparison.Ordinal));
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        return round is { } n ? text.Replace("{N}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) : text;
    }

    /// <summary>The same for a response to <paramref name="received"/>, the request as the callee got it.</summary>
    public string Read(int number, WireMessage received, string tag)
    {
        var text = Replace(Read(number), "{VIA-TOP}", [.. received.Lines("Via").Take(1).Select(Via)]);
        text = Replace(text, "{VIA-ALL}", [.. received.Lines("Via").Select(Via)]);
        text = Replace(text, "{RECORD-ROUTE}", [.. received.Lines("Record-Route").Select(static value => $"Record-Route: {value}")]);
        return text.Replace("{TAG}", tag, StringComparison.Ordinal);
    }

    private static string Via(string value) => $"Via: {value}";

    private static string Replace(string text, string mark, List<string> lines) =>
        text.Replace(mark + "\r\n", string.Concat(lines.Select(static line => line + "\r\n")), StringComparison.Ordinal);
}
