using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>One case of PROTOS c07-sip: a strange INVITE and how it is torn down.</summary>
/// <param name="Number">Its number in the suite; 0 is the valid one.</param>
/// <param name="Invite">The INVITE, placeholders filled in.</param>
/// <param name="Cancel">The CANCEL that goes with it.</param>
/// <param name="Ack">The ACK that goes with it.</param>
internal sealed record ProtosCase(int Number, byte[] Invite, byte[] Cancel, byte[] Ack)
{
    /// <summary>The longest payload of a UDP datagram over IPv4.</summary>
    private const int MaxDatagram = 65_507;

    /// <summary>All cases of the archive.</summary>
    public static List<ProtosCase> ReadAll()
    {
        using var archive = ZipFile.OpenRead(ConformanceData.PathOf("protos/cases-every-20th.zip"));
        return [.. archive.Entries.Select(Read).OrderBy(static c => c.Number)];
    }

    private static ProtosCase Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var text = Encoding.Latin1.GetString(memory.ToArray());
        var number = int.Parse(entry.Name, CultureInfo.InvariantCulture);
        var at = 0;
        var invite = Record(text, ref at);
        var teardown = Record(text, ref at);
        return new ProtosCase(number, Fill(invite, number, ""), Fill(teardown, number, "CANCEL"), Fill(teardown, number, "ACK"));
    }

    /// <summary>A record is its length in decimal, a space, and as many octets.</summary>
    private static string Record(string text, ref int at)
    {
        var space = text.IndexOf(' ', at);
        var length = int.Parse(text[at..space], CultureInfo.InvariantCulture);
        at = space + 1 + length;
        return text[(space + 1)..at];
    }

    private static byte[] Fill(string template, int number, string method)
    {
        var text = template.Replace("<Teardown-Method>", method, StringComparison.Ordinal)
            .Replace("<To>", "victim@far.test", StringComparison.Ordinal).Replace("<From>", "tester@far.test", StringComparison.Ordinal)
            .Replace("<From-Address>", "203.0.113.2", StringComparison.Ordinal).Replace("<From-IP>", "203.0.113.2", StringComparison.Ordinal)
            .Replace("<Local-Port>", "5060", StringComparison.Ordinal).Replace("<Branch-ID>", $"{number:D6}", StringComparison.Ordinal)
            .Replace("<Call-ID>", $"{number}", StringComparison.Ordinal).Replace("<CSeq>", "1", StringComparison.Ordinal);
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        text = text.Replace("<Content-Length>", $"{(body < 0 ? 0 : text.Length - body - 4)}", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text[..Math.Min(text.Length, MaxDatagram)]);
    }
}
